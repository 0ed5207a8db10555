import { type MessagePosition, type OrderedMessage } from '@polyroom/contracts';

const maxMessages = 500;
const maxBytes = 128 * 1024;

/**
 * The last messages of a room as this gateway passed them on. Many members come back at once when a process
 * fails, from nearly the same position: what they missed need not be read from the log for each of them.
 */
export class RecentMessages {
  private epoch = '';
  private messages: OrderedMessage[] = [];
  private bytes = 0;

  /** They follow what was added before. */
  add(epoch: string, messages: OrderedMessage[]): void {
    if (epoch !== this.epoch) {
      this.clear();
      this.epoch = epoch;
    }
    for (const message of messages) {
      this.messages.push(message);
      this.bytes += message.content.length;
    }
    // In larger steps, because taking from the front moves the rest.
    if (this.messages.length > 2 * maxMessages || this.bytes > 2 * maxBytes) {
      let surplus = 0;
      while (this.messages.length - surplus > maxMessages || this.bytes > maxBytes) {
        this.bytes -= this.messages[surplus++]!.content.length;
      }
      this.messages.splice(0, surplus);
    }
  }

  clear(): void {
    this.messages = [];
    this.bytes = 0;
  }

  /** Everything after a position; undefined where that reaches further back. */
  after({ epoch, seq }: MessagePosition): OrderedMessage[] | undefined {
    const first = this.messages[0];
    if (epoch !== this.epoch || first === undefined || seq < first.seq - 1) {
      return undefined;
    }
    return this.messages.slice(seq - first.seq + 1);
  }
}

import { type MessagePosition, type OrderedMessage, toDeleted } from '@polyroom/contracts';

const maxMessages = 500;
const maxBytes = 128 * 1024;

/**
 * The room's latest messages that this gateway delivered. When a process fails, many members reconnect at
 * once from nearly the same position: this cache avoids one read of the log for each of them.
 */
export class RecentMessages {
  private epoch = '';
  private messages: OrderedMessage[] = [];
  private bytes = 0;

  /** Must follow the messages added before. Deletions apply to those. */
  add(epoch: string, messages: OrderedMessage[]): void {
    if (epoch !== this.epoch) {
      this.clear();
      this.epoch = epoch;
    }
    for (const message of messages) {
      if (message.deletes !== undefined) {
        this.dropContent(message.deletes);
      }
      this.messages.push(message);
      this.bytes += message.content.length;
    }
    // In large steps, because removing from the front moves the remaining elements.
    if (this.messages.length > 2 * maxMessages || this.bytes > 2 * maxBytes) {
      let surplus = 0;
      while (this.messages.length - surplus > maxMessages || this.bytes > maxBytes) {
        this.bytes -= this.messages[surplus++]!.content.length;
      }
      this.messages.splice(0, surplus);
    }
  }

  private dropContent(messageId: number): void {
    const index = this.messages.findIndex((message) => message.messageId === messageId);
    const message = this.messages[index];
    if (message !== undefined) {
      this.bytes -= message.content.length;
      // Requests that are being answered have the old object.
      this.messages[index] = toDeleted(message);
    }
  }

  clear(): void {
    this.messages = [];
    this.bytes = 0;
  }

  /** All messages after a position; undefined if it is older than the cache. */
  after({ epoch, seq }: MessagePosition): OrderedMessage[] | undefined {
    const first = this.messages[0];
    if (epoch !== this.epoch || first === undefined || seq < first.seq - 1) {
      return undefined;
    }
    return this.messages.slice(seq - first.seq + 1);
  }
}

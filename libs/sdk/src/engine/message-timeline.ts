import {
  type ClientParams,
  type ClientResult,
  maxMessagesAtOnce,
  type MessagePosition,
  type OrderedMessage,
} from '@polyroom/contracts';

export interface MessageTimelineOptions {
  roomID: string;
  readHistory: (params: ClientParams<'message.history'>) => Promise<ClientResult<'message.history'>>;
  /** In order, each once; at most 50. */
  deliver: (messages: OrderedMessage[]) => void;
  /** Something that was missed is no longer kept. */
  onLost: () => void;
  /** Whether asking again makes sense: the room is entered and the connection stands. */
  isReachable: () => boolean;
}

const retryDelayMs = 300;

/**
 * The messages of one room in their order, over any number of connections: what is missing is read from the
 * history before anything later is passed on.
 */
export class MessageTimeline {
  private position: MessagePosition | undefined;
  private lastMessageId: number | undefined;
  /** Since when something may have been missed, in ms of `performance.now()`. */
  private awaySinceMs: number | undefined;
  private held: { epoch: string; messages: OrderedMessage[] }[] = [];
  private isReading = false;
  private isClosed = false;

  constructor(private readonly options: MessageTimelineOptions) {}

  /** The connection is gone: what comes from now on is missed until it is back. */
  handleLost(): void {
    this.awaySinceMs ??= performance.now();
    this.held = [];
  }

  /** From here on everything comes by itself. */
  handlePosition(position: MessagePosition): void {
    const known = this.position;
    if (known === undefined) {
      this.position = position;
    } else if (known.epoch !== position.epoch || known.seq < position.seq) {
      void this.catchUp();
      return;
    }
    this.awaySinceMs = undefined;
  }

  handleReceived(epoch: string, messages: OrderedMessage[]): void {
    if (this.isReading || !this.take(epoch, messages)) {
      this.held.push({ epoch, messages });
      void this.catchUp();
    }
  }

  close(): void {
    this.isClosed = true;
  }

  /** False where something before it is missing. */
  private take(epoch: string, messages: OrderedMessage[]): boolean {
    const first = messages[0];
    if (first === undefined) {
      return true;
    }
    const known = this.position ?? { epoch, seq: first.seq - 1 };
    // Numbering may begin anew while one listens: then with its first message.
    const isAnew = known.epoch !== epoch && first.prev === 0;
    if (known.epoch !== epoch && !isAnew) {
      return false;
    }
    const knownSeq = isAnew ? 0 : known.seq;
    const news = messages.filter(({ seq }) => seq > knownSeq);
    if (news[0] !== undefined && news[0].prev > knownSeq) {
      return false;
    }
    this.pass(epoch, news);
    return true;
  }

  private pass(epoch: string, messages: OrderedMessage[]): void {
    const last = messages.at(-1);
    if (last !== undefined) {
      this.position = { epoch, seq: last.seq };
      this.lastMessageId = last.messageId;
      this.options.deliver(messages);
    }
  }

  private async catchUp(): Promise<void> {
    if (this.isReading) {
      return;
    }
    this.isReading = true;
    while (!this.isClosed && this.options.isReachable()) {
      try {
        await this.readMissing();
        if (this.drain()) {
          break;
        }
      } catch {
        await new Promise((resolve) => setTimeout(resolve, retryDelayMs));
      }
    }
    this.isReading = false;
  }

  private async readMissing(): Promise<void> {
    for (;;) {
      const known = this.position ?? { epoch: '', seq: 0 };
      const awayMs = this.awaySinceMs === undefined ? 0 : performance.now() - this.awaySinceMs;
      const { position, gone, messages } = await this.options.readHistory({
        roomId: this.options.roomID,
        epoch: known.epoch,
        sinceSeq: known.seq,
        ...(this.lastMessageId === undefined ? {} : { sinceMessageId: this.lastMessageId }),
        awayMs: Math.round(awayMs),
        limit: maxMessagesAtOnce,
      });
      if (this.isClosed) {
        return;
      }
      if (gone) {
        this.options.onLost();
      }
      this.pass(position.epoch, messages);
      const last = messages.at(-1);
      if (last === undefined || last.seq >= position.seq) {
        // What lies between the last one and the position is for others.
        if (this.position?.epoch !== position.epoch || this.position.seq < position.seq || gone) {
          const seq = Math.max(position.seq, last?.seq ?? 0);
          this.position = { epoch: position.epoch, seq };
        }
        this.awaySinceMs = undefined;
        return;
      }
    }
  }

  /** Passes on what came meanwhile. False where there is still something missing. */
  private drain(): boolean {
    while (this.held.length > 0) {
      const { epoch, messages } = this.held[0]!;
      if (!this.take(epoch, messages)) {
        return false;
      }
      this.held.shift();
    }
    return true;
  }
}

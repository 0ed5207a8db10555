import {
  type ClientParams,
  type ClientResult,
  maxMessagesAtOnce,
  type MessagePosition,
  type OrderedMessage,
} from '@polyroom/contracts/client';
import { PolyroomError } from '../polyroom-error.js';

export interface MessageTimelineOptions {
  roomId: string;
  readHistory: (params: ClientParams<'message.history'>) => Promise<ClientResult<'message.history'>>;
  /** Called with new messages, in order and without duplicates; at most 50 per call. */
  deliver: (messages: OrderedMessage[]) => void;
  /** Some missed messages are no longer in the history. */
  onLost: () => void;
  /** Whether a retry can succeed: the room is entered and the connection is open. */
  isReachable: () => boolean;
}

const retryDelayMs = 300;

/**
 * Orders the messages of one room across reconnections: a gap is filled from the history before any later
 * message is delivered.
 */
export class MessageTimeline {
  private position: MessagePosition | undefined;
  private lastMessageId: number | undefined;
  /** Since when messages may have been missed, in ms of `performance.now()`. */
  private awaySinceMs: number | undefined;
  private held: { epoch: string; messages: OrderedMessage[] }[] = [];
  private isReading = false;
  private isClosed = false;

  constructor(private readonly options: MessageTimelineOptions) {}

  /** The connection is lost: messages are missed until it is restored. */
  handleLost(): void {
    this.awaySinceMs ??= performance.now();
    this.held = [];
  }

  /** Messages after this position are delivered live. */
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

  /** Returns false if an earlier message is missing. */
  private take(epoch: string, messages: OrderedMessage[]): boolean {
    const first = messages[0];
    if (first === undefined) {
      return true;
    }
    const known = this.position ?? { epoch, seq: first.seq - 1 };
    // Numbering can restart while the room is open; the first message of a new epoch has `prev` 0.
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
      } catch (error) {
        if (error instanceof PolyroomError && error.errorName === 'COMMON_APP_ACCESS_DENIED') {
          // A renewed token took the right to read away.
          this.held = [];
          break;
        }
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
        roomId: this.options.roomId,
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
        // The messages between the last received one and the position were for other users.
        if (this.position?.epoch !== position.epoch || this.position.seq < position.seq || gone) {
          const seq = Math.max(position.seq, last?.seq ?? 0);
          this.position = { epoch: position.epoch, seq };
        }
        this.awaySinceMs = undefined;
        return;
      }
    }
  }

  /** Delivers the buffered messages. Returns false if a message is still missing. */
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

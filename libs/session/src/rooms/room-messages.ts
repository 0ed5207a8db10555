import { setTimeout as sleep } from 'node:timers/promises';
import {
  type messagingRpc,
  type MessagePosition,
  type OrderedMessage,
  type ReplyOf,
  type StoredMessages,
} from '@polyroom/contracts';
import { RecentMessages } from './recent-messages.js';

export type History = ReplyOf<typeof messagingRpc.readHistory>;

/** Where to ask for what was not heard. */
export interface Known extends MessagePosition {
  messageId: number | undefined;
  awayMs: number;
}

export interface RoomMessagesHooks {
  /** Messages in their place: each follows the one before. */
  deliver: (epoch: string, messages: OrderedMessage[]) => void;
  /** Everything up to here is known or given up: what is delivered next follows it. */
  onPosition: (position: MessagePosition) => void;
  readHistory: (known: Known, limit: number) => Promise<History>;
  onGap: (from: number, to: number) => void;
}

const historyLimit = 500;
const firstRetryMs = 100;
const maxRetryMs = 2000;
/** Beyond so many waiting entries the missing ones are not waited for any longer. */
const maxHeldEntries = 2000;

/**
 * The messages of one room as this gateway hears them, in order and without gaps: what the bus lost is read
 * from the history before anything later is delivered.
 */
export class RoomMessages {
  private current: MessagePosition | undefined;
  private lastMessageId: number | undefined;
  private readonly recent = new RecentMessages();
  private held: StoredMessages[] = [];
  private isReading = false;
  private isClosed = false;
  private mustReadAgain = false;
  private awayMs = 0;

  constructor(private readonly hooks: RoomMessagesHooks) {}

  /** Undefined until it has been read where the room stands. */
  get position(): MessagePosition | undefined {
    return this.current;
  }

  /**
   * Everything after a position as far as it is known here; undefined where the history must be asked, also
   * while something is missing here too.
   */
  findAfter(position: MessagePosition): OrderedMessage[] | undefined {
    return this.isReading ? undefined : this.recent.after(position);
  }

  /** Finds out where the room stands. To be called once the room's subject is heard. */
  start(): void {
    void this.catchUp();
  }

  handle(stored: StoredMessages): void {
    if (this.isReading || !this.take(stored)) {
      this.hold(stored);
      void this.catchUp();
    }
  }

  /** The bus was away: something may have been told that was not heard here. */
  handleBusReturned(awayMs: number): void {
    this.awayMs = Math.max(this.awayMs, awayMs);
    this.mustReadAgain = true;
    void this.catchUp();
  }

  close(): void {
    this.isClosed = true;
    this.held = [];
  }

  /** Delivers what follows. False where something before it is missing. */
  private take(stored: StoredMessages): boolean {
    const { current } = this;
    if (current === undefined) {
      return false;
    }
    let { messages } = stored;
    if (stored.epoch !== current.epoch) {
      // Numbering began anew, heard from its first message on.
      if (messages[0]!.seq !== 1) {
        return false;
      }
    } else if (messages[0]!.seq <= current.seq) {
      messages = messages.filter(({ seq }) => seq > current.seq);
      if (messages.length === 0) {
        return true;
      }
    }
    const isNext = stored.epoch !== current.epoch || messages[0]!.seq === current.seq + 1;
    if (isNext) {
      this.deliver(stored.epoch, messages);
    }
    return isNext;
  }

  private deliver(epoch: string, messages: OrderedMessage[]): void {
    const last = messages.at(-1)!;
    this.current = { epoch, seq: last.seq };
    this.lastMessageId = last.messageId;
    this.recent.add(epoch, messages);
    this.hooks.deliver(epoch, messages);
  }

  private hold(stored: StoredMessages): void {
    this.held.push(stored);
    if (this.held.length > maxHeldEntries) {
      // The history cannot be read for a long time. Members see the jump and ask for themselves.
      const next = this.held[0]!;
      this.jump({ epoch: next.epoch, seq: next.messages[0]!.seq - 1 });
      this.drain();
    }
  }

  private async catchUp(): Promise<void> {
    if (this.isReading) {
      return;
    }
    this.isReading = true;
    let retryMs = firstRetryMs;
    while (!this.isClosed) {
      try {
        await this.readMissing();
        this.drain();
        if (this.held.length === 0 && !this.mustReadAgain) {
          break;
        }
      } catch {
        // Whoever cannot be asked cannot store messages either: nothing is lost by waiting.
        await sleep(retryMs, undefined, { ref: false });
        retryMs = Math.min(2 * retryMs, maxRetryMs);
      }
    }
    this.isReading = false;
  }

  private async readMissing(): Promise<void> {
    this.mustReadAgain = false;
    try {
      if (this.current === undefined) {
        const { position } = await this.hooks.readHistory(
          { epoch: '', seq: 0, messageId: undefined, awayMs: 0 },
          0,
        );
        this.jump(position);
        return;
      }
      for (;;) {
        const { current, lastMessageId } = this;
        const known = { ...current, messageId: lastMessageId, awayMs: this.awayMs };
        const { position, gone, messages } = await this.hooks.readHistory(known, historyLimit);
        const first = messages[0];
        if (gone) {
          this.hooks.onGap(current.seq + 1, (first?.seq ?? position.seq + 1) - 1);
          this.jump({ epoch: position.epoch, seq: first === undefined ? position.seq : first.seq - 1 });
        }
        if (first === undefined) {
          break;
        }
        this.deliver(position.epoch, messages);
        if (messages.at(-1)!.seq >= position.seq) {
          break;
        }
      }
      this.awayMs = 0;
    } catch (error) {
      this.mustReadAgain = true;
      throw error;
    }
  }

  private jump(position: MessagePosition): void {
    this.current = position;
    this.lastMessageId = undefined;
    this.recent.clear();
    this.hooks.onPosition(position);
  }

  /** Delivers what was held as far as it follows, and forgets what is known. */
  private drain(): void {
    const held = this.held;
    this.held = [];
    held.forEach((stored, index) => {
      if (this.held.length > 0 || !this.take(stored)) {
        this.held.push(held[index]!);
      }
    });
  }
}

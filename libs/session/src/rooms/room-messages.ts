import { retry } from '@polyroom/async';
import {
  type messagingRpc,
  type MessagePosition,
  type OrderedMessage,
  type ReplyOf,
  type StoredMessages,
} from '@polyroom/contracts';
import { RecentMessages } from './recent-messages.js';

export type History = ReplyOf<typeof messagingRpc.readHistory>;

/** A position, with details for the history request. */
export interface Known extends MessagePosition {
  messageId: number | undefined;
  awayMs: number;
}

export interface RoomMessagesHooks {
  /** Messages in order: each call follows the one before. */
  deliver: (epoch: string, messages: OrderedMessage[]) => void;
  /** Everything up to here is known or given up: later deliveries follow it. */
  onPosition: (position: MessagePosition) => void;
  readHistory: (known: Known, limit: number) => Promise<History>;
  onGap: (from: number, to: number) => void;
}

const historyLimit = 500;
const firstRetryMs = 100;
const maxRetryMs = 2000;
/** Beyond this number of held entries the missing ones are given up. */
const maxHeldEntries = 2000;

/**
 * The messages of one room as received by this gateway, in order and without gaps: a message that the bus
 * lost is read from the history before any later one is delivered.
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

  /** Undefined until the room's position has been read. */
  get position(): MessagePosition | undefined {
    return this.current;
  }

  /**
   * All known messages after a position; undefined if the history must be read, also while this gateway has a
   * gap itself.
   */
  findAfter(position: MessagePosition): OrderedMessage[] | undefined {
    return this.isReading ? undefined : this.recent.after(position);
  }

  /** Reads the room's position. Call once the room's subject is subscribed. */
  start(): void {
    void this.catchUp();
  }

  handle(stored: StoredMessages): void {
    if (this.isReading || !this.take(stored)) {
      this.hold(stored);
      void this.catchUp();
    }
  }

  /** The bus was down: messages may have been missed. */
  handleBusReturned(awayMs: number): void {
    this.awayMs = Math.max(this.awayMs, awayMs);
    this.mustReadAgain = true;
    void this.catchUp();
  }

  close(): void {
    this.isClosed = true;
    this.held = [];
  }

  /** Delivers consecutive messages. Returns false if an earlier one is missing. */
  private take(stored: StoredMessages): boolean {
    const { current } = this;
    if (current === undefined) {
      return false;
    }
    let { messages } = stored;
    if (stored.epoch !== current.epoch) {
      // Numbering restarted, and its first message was received.
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
      // The history has been unavailable for a long time. Members see the jump and request the history
      // themselves.
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
    const step = async (): Promise<void> => {
      if (!this.isClosed) {
        await this.readMissing();
        this.drain();
      }
    };
    do {
      // A messaging service that cannot be reached cannot store messages either, so waiting loses none.
      await retry(step, { firstDelayMs: firstRetryMs, maxDelayMs: maxRetryMs });
    } while (!this.isClosed && (this.held.length > 0 || this.mustReadAgain));
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
        this.jump(this.startBefore(position));
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

  /** Messages that arrived while the position was read belong to the members: it may include them. */
  private startBefore(position: MessagePosition): MessagePosition {
    const first = this.held[0];
    return first?.epoch === position.epoch
      ? { ...position, seq: Math.min(position.seq, first.messages[0]!.seq - 1) }
      : position;
  }

  private jump(position: MessagePosition): void {
    this.current = position;
    this.lastMessageId = undefined;
    this.recent.clear();
    this.hooks.onPosition(position);
  }

  /** Delivers held entries that are consecutive, and drops known ones. */
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

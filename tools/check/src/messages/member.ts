import { clientSubprotocol, type MessagePosition, type OrderedMessage } from '@polyroom/contracts';
import { type Ledger } from './ledger.js';
import { ReconnectingSocket } from './reconnecting-socket.js';

export interface MemberOptions {
  urls: string[];
  /** The gateway that it tries first. */
  place: number;
  appId: number;
  appSign: string;
  roomId: string;
  userId: string;
  ledger: Ledger;
}

interface Frame {
  id?: number | null;
  result?: Record<string, unknown>;
  error?: { code: number; retryable: boolean };
  event?: string;
  data?: { epoch: string; messages: OrderedMessage[]; position: MessagePosition };
}

interface Unsettled {
  number: number;
  content: string;
}

const answerTimeoutMs = 8000;
const retryMs = 200;
/** Well within the minute for which the cluster recognises a repeated message. */
const resendMs = 40_000;

/**
 * A member that speaks the protocol without the SDK: it logs in through another gateway whenever its socket
 * closes, catches up from the history, and sends unanswered messages again. It records everything as
 * received.
 */
export class Member {
  private readonly socket: ReconnectingSocket;
  private readonly answers = new Map<number, (frame: Frame) => void>();
  private nextId = 1;
  private isIn = false;
  private position: MessagePosition | undefined;
  /** The servers have sent the position of the room's messages since the login. */
  private isPlaced = false;
  private lastMessageId: number | undefined;
  private lostAtMs: number | undefined;
  private receivedAtMs = 0;
  private held: { epoch: string; messages: OrderedMessage[] }[] = [];
  private isReading = false;
  private isClosed = false;
  private readonly unsettled = new Set<Unsettled>();
  /** How often it had to reconnect. */
  returns = -1;

  constructor(private readonly options: MemberOptions) {
    const { urls, place } = options;
    this.socket = new ReconnectingSocket(
      urls,
      clientSubprotocol,
      {
        onOpen: () => void this.login(),
        onMessage: (text) => this.handleFrame(JSON.parse(text) as Frame),
        onLost: () => this.handleLost(),
      },
      place,
    );
  }

  /** In its room, and notified of the sequence number from which it receives every message. */
  get isReady(): boolean {
    return this.isIn && this.isPlaced && !this.isReading;
  }

  get unsettledCount(): number {
    return this.unsettled.size;
  }

  /** Sends a message, and repeats it until it is acknowledged. */
  async say(): Promise<void> {
    const { roomId, ledger } = this.options;
    const message = ledger.write(roomId);
    this.unsettled.add(message);
    const givenUpAtMs = Date.now() + resendMs;
    while (!this.isClosed && Date.now() < givenUpAtMs) {
      const { result } = this.isIn ? await this.ask('message.broadcast', this.paramsOf(message)) : {};
      if (result !== undefined) {
        ledger.handleAcknowledged(roomId, message.number);
        break;
      }
      await sleep(retryMs);
    }
    this.unsettled.delete(message);
  }

  close(): void {
    this.isClosed = true;
    this.socket.close();
    this.answers.forEach((answer) => answer({}));
  }

  private paramsOf({ number, content }: Unsettled): object {
    return { roomId: this.options.roomId, content, clientMessageId: String(number) };
  }

  private async login(): Promise<void> {
    const { appId, appSign, roomId, userId } = this.options;
    const user = { userId, userName: userId };
    const { result } = await this.ask('room.login', { appId, appSign, mode: 'multi', roomId, user });
    if (result === undefined) {
      await sleep(retryMs);
      this.socket.drop();
      return;
    }
    this.isIn = true;
    this.returns++;
  }

  private ask(method: string, params: object): Promise<Frame> {
    return new Promise((resolve) => {
      const id = this.nextId++;
      const sentAtMs = performance.now();
      const timer = setTimeout(() => {
        settle({});
        // Slow servers do not answer either: a socket that still delivers is kept.
        if (this.receivedAtMs < sentAtMs) {
          this.socket.drop();
        }
      }, answerTimeoutMs);
      const settle = (frame: Frame): void => {
        clearTimeout(timer);
        this.answers.delete(id);
        resolve(frame);
      };
      this.answers.set(id, settle);
      if (!this.socket.send(JSON.stringify({ id, method, params }))) {
        settle({});
      }
    });
  }

  private handleLost(): void {
    this.isIn = false;
    this.isPlaced = false;
    this.lostAtMs ??= Date.now();
    this.held = [];
    [...this.answers.values()].forEach((answer) => answer({}));
  }

  private handleFrame(frame: Frame): void {
    this.receivedAtMs = performance.now();
    if (typeof frame.id === 'number') {
      this.answers.get(frame.id)?.(frame);
    } else if (frame.event === 'message.position') {
      this.handlePosition(frame.data!.position);
    } else if (frame.event === 'message.received') {
      const { epoch, messages } = frame.data!;
      if (this.isReading || !this.take(epoch, messages)) {
        this.held.push({ epoch, messages });
        void this.catchUp();
      }
    } else if (frame.event === 'media.moved') {
      // It has no media to move; until it says so, the former node waits for it.
      void this.ask('media.settle', {});
    } else if (frame.event === 'room.expelled') {
      this.socket.drop();
    }
  }

  private handlePosition(position: MessagePosition): void {
    const known = this.position;
    this.isPlaced = true;
    if (known === undefined) {
      this.position = position;
    } else if (known.epoch !== position.epoch || known.seq < position.seq) {
      void this.catchUp();
      return;
    }
    this.lostAtMs = undefined;
  }

  /** False if an earlier message is missing. */
  private take(epoch: string, messages: OrderedMessage[]): boolean {
    const known = this.position;
    if (known === undefined) {
      return false;
    }
    const isAnew = known.epoch !== epoch;
    const knownSeq = isAnew ? 0 : known.seq;
    const news = messages.filter(({ seq }) => seq > knownSeq);
    if ((isAnew && messages[0]!.prev !== 0) || (news[0] !== undefined && news[0].prev > knownSeq)) {
      return false;
    }
    this.write(epoch, news);
    return true;
  }

  private write(epoch: string, messages: OrderedMessage[]): void {
    for (const { seq, messageId, content } of messages) {
      const follows = this.position!.epoch !== epoch || seq > this.position!.seq;
      this.options.ledger.handleReceived(this.options.userId, content, follows, `${epoch} ${seq}`);
      this.position = { epoch, seq };
      this.lastMessageId = messageId;
    }
  }

  private async catchUp(): Promise<void> {
    if (this.isReading) {
      return;
    }
    this.isReading = true;
    while (this.isIn && !this.isClosed) {
      const known = this.position ?? { epoch: '', seq: 0 };
      const { result } = await this.ask('message.history', {
        roomId: this.options.roomId,
        epoch: known.epoch,
        sinceSeq: known.seq,
        ...(this.lastMessageId === undefined ? {} : { sinceMessageId: this.lastMessageId }),
        awayMs: this.lostAtMs === undefined ? 0 : Math.max(0, Date.now() - this.lostAtMs),
      });
      if (result === undefined) {
        await sleep(retryMs);
        continue;
      }
      const { position, gone, messages } = result as {
        position: MessagePosition;
        gone: boolean;
        messages: OrderedMessage[];
      };
      if (gone) {
        this.options.ledger.handleGone();
      }
      this.write(position.epoch, messages);
      if (messages.length === 0 || messages.at(-1)!.seq >= position.seq) {
        this.lostAtMs = undefined;
        while (this.held.length > 0 && this.take(this.held[0]!.epoch, this.held[0]!.messages)) {
          this.held.shift();
        }
        if (this.held.length === 0) {
          break;
        }
      }
    }
    this.isReading = false;
  }
}

function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

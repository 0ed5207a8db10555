import { AppError, type messagingRpc } from '@polyroom/contracts';
import { currentTrace, inTrace, type Trace } from '@polyroom/observability';
import { type Sent } from './sent.js';

interface Waiting {
  message: messagingRpc.StoredSend;
  /** Of the request that sends it. */
  trace: Trace | undefined;
  resolve: (sent: Sent) => void;
  reject: (error: unknown) => void;
}

const maxMessages = 64;
/** Below the default maximum payload of a bus server. */
const maxBytes = 384 * 1024;
const maxInFlight = 4;

/**
 * Queues the messages of one room for the messaging service. A user's messages keep their order: while one of
 * them is pending, later ones of the same user wait.
 */
export class RoomSends {
  private waiting: Waiting[] = [];
  private readonly busyUserIds = new Set<string>();
  private inFlight = 0;
  private isScheduled = false;

  constructor(
    private readonly ask: (messages: messagingRpc.StoredSend[]) => Promise<messagingRpc.SendOutcome[]>,
    private readonly onIdle: () => void,
  ) {}

  send(message: messagingRpc.StoredSend): Promise<Sent> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ message, trace: currentTrace(), resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (!this.isScheduled) {
      this.isScheduled = true;
      // At the end of this event-loop tick, to batch messages of other sockets.
      setImmediate(() => {
        this.isScheduled = false;
        this.sendNext();
      });
    }
  }

  private sendNext(): void {
    while (this.inFlight < maxInFlight && this.waiting.length > 0) {
      const taken = this.takeNext();
      if (taken.length === 0) {
        break;
      }
      void this.deliver(taken);
    }
    if (this.inFlight === 0 && this.waiting.length === 0) {
      this.onIdle();
    }
  }

  private takeNext(): Waiting[] {
    const taken: Waiting[] = [];
    const left: Waiting[] = [];
    const passedUserIds = new Set<string>();
    let bytes = 0;
    for (const one of this.waiting) {
      const { from, content } = one.message;
      // Upper bound: UTF-8 needs at most three bytes per UTF-16 code unit.
      const size = 3 * content.length;
      const isFull = taken.length >= maxMessages || (taken.length > 0 && bytes + size > maxBytes);
      if (isFull || this.busyUserIds.has(from.userId) || passedUserIds.has(from.userId)) {
        passedUserIds.add(from.userId);
        left.push(one);
      } else {
        bytes += size;
        taken.push(one);
      }
    }
    this.waiting = left;
    return taken;
  }

  private async deliver(taken: Waiting[]): Promise<void> {
    const userIds = new Set(taken.map(({ message }) => message.from.userId));
    userIds.forEach((userId) => this.busyUserIds.add(userId));
    this.inFlight += 1;
    try {
      // Of requests that share this one, the first that is traced shows it.
      const trace = taken.find((one) => one.trace !== undefined)?.trace;
      const outcomes = await inTrace(trace, () => this.ask(taken.map(({ message }) => message)));
      taken.forEach(({ resolve, reject }, index) => {
        const outcome = outcomes[index];
        if (outcome === undefined || 'error' in outcome) {
          reject(outcome === undefined ? new AppError('ROOM_INNER_ERROR') : AppError.fromWire(outcome.error));
        } else {
          resolve(outcome.sent);
        }
      });
    } catch (error) {
      taken.forEach(({ reject }) => reject(error));
    } finally {
      this.inFlight -= 1;
      userIds.forEach((userId) => this.busyUserIds.delete(userId));
      this.schedule();
    }
  }
}

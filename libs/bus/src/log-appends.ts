import { headers, type Msg, type NatsConnection } from '@nats-io/transport-node';

/** The server's acknowledgement of a publish to a jsStream. */
interface Answer {
  seq?: number;
  error?: { err_code?: number; description?: string };
}

interface Pending {
  deadlineMs: number;
  resolve: (streamSeq: number | undefined) => void;
  reject: (error: Error) => void;
}

const wrongLastSequence = 10071;
const sweepMs = 100;

/**
 * Publishes entries to jsStreams and matches the acknowledgements. The client's own publish creates an error
 * with its stack and a timer for every request, which costs more than the request; here all share one timer.
 */
export class LogAppends {
  private readonly pending = new Map<number, Pending>();
  private timer: NodeJS.Timeout | undefined;
  private lastNumber = 0;

  constructor(
    private readonly connection: NatsConnection,
    /** Subject prefix of the acknowledgements. */
    private readonly inbox: string,
    private readonly deadlineMs: number,
  ) {
    connection.subscribe(`${inbox}.*`, {
      callback: (error, message) => {
        if (error === null) {
          this.take(message);
        }
      },
    });
  }

  /**
   * The entry's sequence in the jsStream; undefined if the subject's last entry is not at `lastStreamSeq`.
   */
  append(subject: string, entry: string, lastStreamSeq: number): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const number = (this.lastNumber += 1);
      const expected = headers();
      expected.set('Nats-Expected-Last-Subject-Sequence', String(lastStreamSeq));
      this.connection.publish(subject, entry, { reply: `${this.inbox}.${number}`, headers: expected });
      this.pending.set(number, { deadlineMs: Date.now() + this.deadlineMs, resolve, reject });
      this.watch();
    });
  }

  private take(message: Msg): void {
    const number = Number(message.subject.slice(this.inbox.length + 1));
    const pending = this.pending.get(number);
    if (pending === undefined) {
      return;
    }
    this.pending.delete(number);
    if (message.data.length === 0) {
      pending.reject(new Error('no jsStream accepts entries'));
      return;
    }
    const { seq, error } = message.json<Answer>();
    if (error === undefined) {
      pending.resolve(seq);
    } else if (error.err_code === wrongLastSequence) {
      pending.resolve(undefined);
    } else {
      pending.reject(new Error(`the jsStream rejected the entry: ${error.description} (${error.err_code})`));
    }
  }

  private watch(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const nowMs = Date.now();
      for (const [number, { deadlineMs, reject }] of this.pending) {
        // Oldest first, so the first one in time ends the sweep.
        if (deadlineMs > nowMs) {
          this.watch();
          break;
        }
        this.pending.delete(number);
        reject(new Error('the jsStream did not acknowledge in time'));
      }
    }, sweepMs);
  }
}

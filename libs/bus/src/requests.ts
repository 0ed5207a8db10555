import { headers, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { AppError, wireErrorSchema } from '@polyroom/contracts';
import { type BatchedReply, joinJson, toBatches, traceparentHeader } from './batch.js';
import { type Tick } from './tick.js';

/** Delay before the retry of a request that no instance received, as during a restart. */
const noResponderRetryMs = 150;
/** Longer than an instance that works takes, and short enough for other attempts within a deadline. */
const repeatMs = 1000;

export interface AskOptions {
  /** Signed, for a privileged contract. */
  statement?: string | undefined;
  /** Of the span of the caller, if the request is traced. */
  traceparent?: string | undefined;
  /** How often it may be sent again, beside the first, while no reply comes. */
  repeats?: number | undefined;
  /** Whether an attempt has no effect any more when it is repeated. */
  attemptsExpire?: boolean | undefined;
}

interface Pending {
  id: number;
  subject: string;
  /** What follows the ID and the deadline. */
  rest: string;
  /** As sent. */
  json: string;
  traceparent: string | undefined;
  deadlineMs: number;
  attemptsExpire: boolean;
  /** Unix ms at which the latest attempt expires. */
  attemptEndMs: number;
  isRetry: boolean;
  /** How often it may still be sent again. */
  repeatsLeft: number;
  /** An instance may have the first one. */
  isRepeated: boolean;
  /** Number of the batch that it was sent with. */
  batch: number;
  timer: NodeJS.Timeout | undefined;
  resolve: (body: unknown) => void;
  reject: (error: AppError) => void;
}

/** Sends requests and matches the replies. Uses the connection of the bus. */
export class Requests {
  private readonly pending = new Map<number, Pending>();
  /** Requests to send at the end of this event-loop tick, by subject. */
  private readonly leaving = new Map<string, Pending[]>();
  /** Batches without any reply yet, by number: the server may report that there are no responders. */
  private readonly unheard = new Map<number, Pending[]>();
  private lastId = 0;
  private lastBatch = 0;

  constructor(
    private readonly connection: NatsConnection,
    private readonly tick: Tick,
    /** Subject prefix of the replies. */
    private readonly inbox: string,
    onRefused: (error: Error) => void,
  ) {
    connection.subscribe(`${inbox}.*`, {
      callback: (error, message) => {
        if (error === null) {
          this.take(message);
        } else {
          onRefused(error);
        }
      },
    });
  }

  /** Resolves with the body of the reply. Throws the service's AppError, BUS_TIMEOUT or BUS_UNAVAILABLE. */
  ask(
    subject: string,
    body: unknown,
    timeoutMs: number,
    { statement, traceparent, repeats = 0, attemptsExpire = false }: AskOptions = {},
  ): Promise<unknown> {
    const more = statement === undefined ? '' : `,${JSON.stringify(statement)}`;
    return new Promise((resolve, reject) => {
      const id = (this.lastId += 1);
      const deadlineMs = Date.now() + timeoutMs;
      const request: Pending = {
        id,
        subject,
        rest: `${JSON.stringify(body)}${more}`,
        json: '',
        traceparent,
        deadlineMs,
        attemptsExpire,
        attemptEndMs: deadlineMs,
        isRetry: false,
        repeatsLeft: repeats,
        isRepeated: false,
        batch: 0,
        timer: undefined,
        resolve,
        reject,
      };
      this.pending.set(id, request);
      this.awaitReply(request);
      this.enqueue(request);
    });
  }

  private awaitReply(request: Pending): void {
    const nowMs = Date.now();
    const leftMs = request.deadlineMs - nowMs;
    const isToRepeat = request.repeatsLeft > 0 && leftMs > repeatMs;
    request.attemptEndMs = isToRepeat && request.attemptsExpire ? nowMs + repeatMs : request.deadlineMs;
    request.timer = setTimeout(
      // After the socket is read: if the event loop was blocked, the reply may be there already.
      () => setImmediate(() => (isToRepeat ? this.repeat(request) : this.handleSilence(request))),
      Math.max(1, isToRepeat ? repeatMs : leftMs),
    );
  }

  /** The first attempt may have gone to an instance that cannot be reached, and of which the server does not know yet. */
  private repeat(request: Pending): void {
    if (this.pending.has(request.id)) {
      request.isRepeated = true;
      request.repeatsLeft -= 1;
      this.unheard.delete(request.batch);
      this.awaitReply(request);
      this.enqueue(request);
    }
  }

  private enqueue(request: Pending): void {
    const { subject } = request;
    request.json = `[${request.id},${request.attemptEndMs},${request.rest}]`;
    const leaving = this.leaving.get(subject);
    if (leaving !== undefined) {
      leaving.push(request);
      return;
    }
    this.leaving.set(subject, [request]);
    this.tick.atEnd(() => {
      const requests = this.leaving.get(subject) ?? [];
      this.leaving.delete(subject);
      for (const batch of toBatches(requests)) {
        this.send(subject, batch);
      }
    });
  }

  private send(subject: string, batch: Pending[]): void {
    const number = (this.lastBatch += 1);
    this.unheard.set(number, batch);
    batch.forEach((request) => (request.batch = number));
    try {
      const reply = `${this.inbox}.${number}`;
      const { traceparent } = batch[0]!;
      this.connection.publish(
        subject,
        joinJson(batch),
        traceparent === undefined ? { reply } : { reply, headers: toHeaders(traceparent) },
      );
    } catch (error) {
      this.unheard.delete(number);
      for (const request of batch) {
        this.fail(request, new AppError('BUS_UNAVAILABLE', { details: { subject }, cause: error }));
      }
    }
  }

  private take(message: Msg): void {
    const number = Number(message.subject.slice(this.inbox.length + 1));
    const batch = this.unheard.get(number);
    this.unheard.delete(number);
    if (message.data.length === 0 && message.headers?.code === 503) {
      batch?.forEach((request) => this.handleNoResponders(request));
      return;
    }
    for (const [id, isError, body] of message.json<BatchedReply[]>()) {
      const request = this.pending.get(id);
      if (request === undefined) {
        continue;
      }
      if (isError === 0) {
        this.settle(request);
        request.resolve(body);
      } else {
        const wire = wireErrorSchema.safeParse(body);
        const error = wire.success ? AppError.fromWire(wire.data) : new AppError('ROOM_INNER_ERROR');
        if (error.errorName !== 'BUS_TIMEOUT' || !hasExpired(request, number)) {
          this.fail(request, error);
        }
      }
    }
  }

  /**
   * Retries once within the deadline. Safe, because no instance received the request. One that is repeated waits on: the
   * first may still be answered.
   */
  private handleNoResponders(request: Pending): void {
    if (!this.pending.has(request.id) || request.isRepeated) {
      return;
    }
    if (!request.isRetry && request.deadlineMs - Date.now() > noResponderRetryMs * 2) {
      request.isRetry = true;
      setTimeout(() => this.enqueue(request), noResponderRetryMs);
      return;
    }
    this.fail(request, new AppError('BUS_UNAVAILABLE', { details: { subject: request.subject } }));
  }

  private handleSilence(request: Pending): void {
    if (this.pending.has(request.id)) {
      this.fail(request, new AppError('BUS_TIMEOUT', { details: { subject: request.subject } }));
    }
  }

  private fail(request: Pending, error: AppError): void {
    this.settle(request);
    request.reject(error);
  }

  private settle({ id, batch, timer }: Pending): void {
    clearTimeout(timer);
    this.unheard.delete(batch);
    this.pending.delete(id);
  }
}

/** Whether the attempt of this batch has expired before the request: another attempt follows or has followed. */
function hasExpired({ attemptsExpire, attemptEndMs, deadlineMs, batch }: Pending, number: number): boolean {
  return attemptsExpire && (number !== batch || attemptEndMs < deadlineMs);
}

function toHeaders(traceparent: string): ReturnType<typeof headers> {
  const carried = headers();
  carried.set(traceparentHeader, traceparent);
  return carried;
}

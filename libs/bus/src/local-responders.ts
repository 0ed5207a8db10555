import { AppError, wireErrorSchema } from '@polyroom/contracts';

/** A request as its responder gets it. */
export interface LocalRequest {
  body: unknown;
  deadlineMs: number;
  statement: string | undefined;
  traceparent: string | undefined;
}

/** A reply as it would be sent. */
export interface LocalReply {
  isError: boolean;
  body: unknown;
}

type LocalHandler = (request: LocalRequest) => Promise<LocalReply>;

/**
 * The responders of all services in this process. Requests to them skip NATS, with the same validation, errors, deadlines
 * and traces.
 */
export class LocalResponders {
  private readonly handlers = new Map<string, Set<LocalHandler>>();

  /** Returns a function that removes the handler. */
  add(subject: string, handler: LocalHandler): () => void {
    const ofSubject = this.handlers.get(subject) ?? new Set();
    this.handlers.set(subject, ofSubject.add(handler));
    return () => {
      ofSubject.delete(handler);
      if (ofSubject.size === 0 && this.handlers.get(subject) === ofSubject) {
        this.handlers.delete(subject);
      }
    };
  }

  has(subject: string): boolean {
    return this.handlers.has(subject);
  }

  /** Resolves with the body of the reply. Throws the service's AppError or BUS_TIMEOUT, or BUS_UNAVAILABLE without a handler. */
  async ask(
    subject: string,
    body: unknown,
    timeoutMs: number,
    { statement, traceparent }: { statement?: string | undefined; traceparent?: string | undefined } = {},
  ): Promise<unknown> {
    const deadlineMs = Date.now() + timeoutMs;
    const copy = copyByJson(body);
    const [handle] = this.handlers.get(subject) ?? [];
    if (handle === undefined) {
      throw new AppError('BUS_UNAVAILABLE', { details: { subject } });
    }
    // The caller continues first, as it does over NATS.
    await Promise.resolve();
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        // A handler that ended while the event loop was blocked has replied.
        () => setImmediate(() => reject(new AppError('BUS_TIMEOUT', { details: { subject } }))),
        Math.max(1, timeoutMs),
      );
    });
    try {
      const reply = await Promise.race([handle({ body: copy, deadlineMs, statement, traceparent }), silence]);
      if (!reply.isError) {
        return copyByJson(reply.body);
      }
      const wire = wireErrorSchema.safeParse(copyByJson(reply.body));
      throw wire.success ? AppError.fromWire(wire.data) : new AppError('ROOM_INNER_ERROR');
    } finally {
      clearTimeout(timer);
    }
  }
}

/** No service sees a change that another one makes to its object, and both see what JSON makes of it. */
function copyByJson(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

import {
  AppError,
  eventSubject,
  type EventContract,
  type NodeRpcContract,
  nodeSubject,
  parseOrThrow,
  type ReplyOf,
  type RequestOf,
  type RpcContract,
  wireErrorSchema,
} from '@polyroom/contracts';
import {
  connect,
  headers,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  RequestError,
  TimeoutError,
} from '@nats-io/transport-node';
import { type Logger } from '@polyroom/observability';
import { type z } from 'zod';
import { logInnerError } from './inner-error.js';
import { Listener } from './listener.js';
import { toServerAddress } from './server-address.js';
import { writeByTurn } from './turn-writes.js';

export interface BusOptions {
  /** `nats://host:port`, with `user:password@` before the host where the server asks for it. */
  url: string;
  /** Shown in the server's list of connections. */
  name: string;
  logger?: Logger;
}

export interface BusSubscription {
  /** Hears nothing more, from now on. Idempotent. */
  close(): void;
  /** Takes nothing new, handles what has been handed over, and returns once its handlers are done. Idempotent. */
  drain(): Promise<void>;
}

/** Carries the code of an error, so that it is seen without reading the body. */
export const errorHeader = 'Polyroom-Error-Code';
/** Unix time in ms after which nobody waits for the answer any more. */
export const deadlineHeader = 'Polyroom-Deadline-Ms';

const reconnectWaitMs = 200;
/** How long `close()` waits for running handlers and for a server that may be away. */
const closeDeadlineMs = 10_000;
/** How long a request waits for a service that is just starting again. */
const noResponderRetryMs = 150;

type AnyRpc = RpcContract | NodeRpcContract;

/**
 * NATS behind the contracts: requests with a deadline, replies and events validated where they arrive, and
 * errors that keep their code. Owns its connection; `close()` drains it.
 */
export class Bus {
  private closing: Promise<void> | undefined;
  private readonly listeners = new Set<Listener>();

  private constructor(
    private readonly connection: NatsConnection,
    private readonly logger: Logger | undefined,
  ) {}

  static async connect(options: BusOptions): Promise<Bus> {
    const connection = await connect({
      ...toServerAddress(options.url),
      name: options.name,
      maxReconnectAttempts: -1,
      reconnectTimeWait: reconnectWaitMs,
      reconnectJitter: 50,
      waitOnFirstConnect: true,
      // Who asked stands in the cause of our own errors; a stack for every request costs more than asking.
      noAsyncTraces: true,
    });
    const bus = new Bus(connection, options.logger);
    writeByTurn(connection);
    bus.onReconnect(() => writeByTurn(connection));
    return bus;
  }

  /** Asks any instance of the contract's service. Throws the service's AppError, BUS_TIMEOUT or BUS_UNAVAILABLE. */
  request<C extends RpcContract>(
    contract: C,
    request: RequestOf<C>,
    options: { timeoutMs?: number } = {},
  ): Promise<ReplyOf<C>> {
    return this.ask(contract, contract.subject, request, options.timeoutMs);
  }

  /** Asks one process. */
  requestNode<C extends NodeRpcContract>(
    contract: C,
    nodeId: string,
    request: RequestOf<C>,
    options: { timeoutMs?: number } = {},
  ): Promise<ReplyOf<C>> {
    return this.ask(contract, nodeSubject(contract, nodeId), request, options.timeoutMs);
  }

  /** Tells everybody who subscribes. Not stored: who is not there does not hear it. */
  publish<P extends z.ZodType, T extends readonly string[]>(
    contract: EventContract<P, T>,
    tokens: Record<T[number], string | number>,
    payload: z.input<P>,
  ): void {
    this.connection.publish(eventSubject(contract, tokens), JSON.stringify(payload));
  }

  /** Hears an event; a variable part left out of `tokens` stands for all. A handler's failure is logged. */
  subscribe<P extends z.ZodType, T extends readonly string[]>(
    contract: EventContract<P, T>,
    tokens: Partial<Record<T[number], string | number>>,
    handler: (payload: z.output<P>) => void | Promise<void>,
    options: { queue?: string } = {},
  ): BusSubscription {
    const subject = eventSubject(contract, tokens as Record<T[number], string | number>);
    return this.listen(subject, options.queue, async (message) => {
      await handler(parseOrThrow(contract.payload, readJson(message), 'ROOM_INNER_ERROR') as z.output<P>);
    });
  }

  /** Answers requests of a contract; used by the Nest server and by tests. */
  respond<C extends AnyRpc>(
    contract: C,
    subject: string,
    queue: string | undefined,
    handler: (request: unknown) => Promise<ReplyOf<C>>,
  ): BusSubscription {
    return this.listen(subject, queue, async (message) => {
      const deadlineMs = Number(message.headers?.get(deadlineHeader) ?? Infinity);
      if (Date.now() > deadlineMs) {
        // Nobody waits for it, and doing it late could undo what came after.
        this.answerError(message, new AppError('BUS_TIMEOUT'));
        return;
      }
      try {
        const request = parseOrThrow(contract.request, readJson(message));
        const reply = parseOrThrow(contract.reply, await handler(request), 'ROOM_INNER_ERROR');
        message.respond(JSON.stringify(reply));
      } catch (error) {
        this.answerError(message, this.toAppError(error, contract));
      }
    });
  }

  /** Throws unless the server answers. */
  async ping(): Promise<void> {
    if (this.connection.isClosed()) {
      throw new Error('the connection is closed');
    }
    await this.connection.flush();
  }

  /** Returns once the server has seen everything sent so far, subscriptions included. */
  async flush(): Promise<void> {
    await this.connection.flush();
  }

  /**
   * Runs the handler whenever the connection is back after it was lost: what was published meanwhile was not
   * heard. `awayMs` is how long it was away at most.
   */
  onReconnect(handler: (awayMs: number) => void): void {
    void (async () => {
      let lostAtMs = Date.now();
      for await (const status of this.connection.status()) {
        if (status.type === 'disconnect') {
          lostAtMs = Date.now();
        } else if (status.type === 'reconnect') {
          handler(Date.now() - lostAtMs);
        }
      }
    })();
  }

  /** The connection, for the message log of this library. */
  get natsConnection(): NatsConnection {
    return this.connection;
  }

  /**
   * Takes nothing new, lets running handlers finish and their answers go out, then ends the connection.
   * Gives up waiting after 10 s, so that a process can end while the server is away. Idempotent.
   */
  close(): Promise<void> {
    this.closing ??= (async () => {
      const finished = await settlesWithin(this.finish(), closeDeadlineMs);
      if (!finished) {
        this.logger?.warn('the bus was closed with handlers still running or without its server');
      }
      await this.connection.close();
    })();
    return this.closing;
  }

  /** Handlers may still ask other services while they finish: only then is the connection drained. */
  private async finish(): Promise<void> {
    await Promise.all([...this.listeners].map((listener) => listener.drain()));
    if (!this.connection.isClosed()) {
      await this.connection.drain();
    }
  }

  private async ask<C extends AnyRpc>(
    contract: C,
    subject: string,
    request: unknown,
    timeoutMs = contract.timeoutMs,
  ): Promise<ReplyOf<C>> {
    const deadlineMs = Date.now() + timeoutMs;
    const requestHeaders = headers();
    requestHeaders.set(deadlineHeader, String(deadlineMs));
    const payload = JSON.stringify(request);
    const answer = await this.send(subject, payload, requestHeaders, deadlineMs);
    const body = readJson(answer);
    if (answer.headers?.has(errorHeader)) {
      const wire = wireErrorSchema.safeParse(body);
      throw wire.success ? AppError.fromWire(wire.data) : new AppError('ROOM_INNER_ERROR');
    }
    return parseOrThrow(contract.reply, body, 'ROOM_INNER_ERROR') as ReplyOf<C>;
  }

  /** One request; asked again within its deadline only where nobody was there to hear it. */
  private async send(
    subject: string,
    payload: string,
    requestHeaders: MsgHdrs,
    deadlineMs: number,
  ): Promise<Msg> {
    for (let attempt = 0; ; attempt++) {
      const remainingMs = Math.max(1, deadlineMs - Date.now());
      try {
        return await this.connection.request(subject, payload, {
          timeout: remainingMs,
          headers: requestHeaders,
        });
      } catch (error) {
        const nobodyThere = error instanceof RequestError && error.isNoResponders();
        if (nobodyThere && attempt === 0 && remainingMs > noResponderRetryMs * 2) {
          await new Promise((resolve) => setTimeout(resolve, noResponderRetryMs));
          continue;
        }
        if (error instanceof TimeoutError) {
          throw new AppError('BUS_TIMEOUT', { details: { subject }, cause: error });
        }
        throw new AppError('BUS_UNAVAILABLE', { details: { subject }, cause: error });
      }
    }
  }

  /** Handlers of one subscription run side by side; none of them can end the subscription. */
  private listen(
    subject: string,
    queue: string | undefined,
    handle: (message: Msg) => Promise<void>,
  ): BusSubscription {
    const listener = new Listener(
      this.connection,
      subject,
      queue,
      handle,
      (failure, failedSubject) => {
        this.logger?.error({ subject: failedSubject, err: failure }, 'handling a message failed');
      },
      () => this.listeners.delete(listener),
    );
    this.listeners.add(listener);
    return listener;
  }

  /** What the caller is told. Whatever is our fault and has no log line yet gets one that its answer names. */
  private toAppError(error: unknown, contract: AnyRpc): AppError {
    if (error instanceof AppError && (error.category !== 'internal' || error.correlationId !== undefined)) {
      if (error.cause !== undefined) {
        const { service, method } = contract;
        this.logger?.warn({ service, method, code: error.code, err: error }, 'request refused');
      }
      return error;
    }
    return logInnerError(error, this.logger, { service: contract.service, method: contract.method });
  }

  private answerError(message: Msg, error: AppError): void {
    const errorHeaders = headers();
    errorHeaders.set(errorHeader, String(error.code));
    message.respond(JSON.stringify(error.toWire()), { headers: errorHeaders });
  }
}

async function settlesWithin(work: Promise<void>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  try {
    // A connection that ends by itself meanwhile has nothing left to wait for.
    return await Promise.race([
      work.then(
        () => true,
        () => true,
      ),
      deadline,
    ]);
  } finally {
    clearTimeout(timer);
  }
}

function readJson(message: Msg): unknown {
  if (message.data.length === 0) {
    return undefined;
  }
  try {
    return message.json();
  } catch {
    throw new AppError('PROTOCOL_MALFORMED_FRAME');
  }
}

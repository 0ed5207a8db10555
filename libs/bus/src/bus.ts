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
} from '@polyroom/contracts';
import {
  AuthorizationError,
  connect,
  createInbox,
  type Msg,
  type NatsConnection,
} from '@nats-io/transport-node';
import { settlesWithin } from '@polyroom/async';
import { ConfigError, type TlsFiles } from '@polyroom/config';
import { destroyNatsSocket, FastIo } from '@polyroom/fast-io';
import { type Logger, traceCall, traceHandler } from '@polyroom/observability';
import { type z } from 'zod';
import { type BatchedRequest, traceparentHeader } from './batch.js';
import { type BusSubscription } from './bus-subscription.js';
import { Listener } from './listener.js';
import { type LocalReply, type LocalResponders } from './local-responders.js';
import { toServerOptions } from './server-address.js';
import { Replies } from './replies.js';
import { type RequestContext } from './request-context.js';
import { describeRequest } from './request-span.js';
import { type AskOptions, Requests } from './requests.js';
import { Responder } from './responder.js';
import { Tick } from './tick.js';

export interface BusOptions {
  /** `nats://[user:password@]host[:port]`, or a comma-separated list of these; `tls://` requires TLS. */
  url: string;
  /** Trusted authorities and the own certificate, with `tls://`. */
  tls?: TlsFiles | undefined;
  /** Connection name that the server shows. */
  name: string;
  logger?: Logger;
  /** Combines what the client sends in one tick by means of its socket; true by default. */
  fastIo?: boolean;
  /** On how many servers of a cluster JetStream keeps what this service stores; 1 by default. */
  streamReplicas?: number;
  /** Those of this process: a request to one of them skips NATS, unless NATS is away. */
  local?: LocalResponders | undefined;
  /** Maps an error that a library threw in a handler. Without a mapping it is an inner error. */
  nameError?: (error: unknown) => AppError | undefined;
}

const reconnectWaitMs = 200;
/** Of one attempt. After a cut of the network, the next one finds the server sooner than TCP repeats an old one. */
const connectTimeoutMs = 4000;
/**
 * A connection on which the server leaves two of these unanswered is given up after 6 s. Without them a cut of the network
 * would be noticed after minutes, and TCP itself waits after it for as long as it lasted.
 */
const liveness = { pingInterval: 2000, maxPingOut: 2 };
/** How long `close()` waits for running handlers and for a server that may be down. */
const closeDeadlineMs = 10_000;

type AnyRpc = RpcContract | NodeRpcContract;

/**
 * Typed requests and events over NATS. The receiver validates requests and events, the responder validates
 * replies, and errors keep their code. Owns its connection; `close()` drains it.
 */
export class Bus {
  private closing: Promise<void> | undefined;
  private readonly listeners = new Set<Listener>();
  private readonly tick: Tick;
  private readonly requests: Requests;
  private readonly replies: Replies;
  private readonly responder: Responder;
  /** Set if the server denies this user its inbox subscription. */
  private inboxRefusal: Error | undefined;
  private isConnected = true;
  private readonly logger: Logger | undefined;
  private readonly local: LocalResponders | undefined;
  /** The `num_replicas` of jsStreams that are opened on this bus. */
  readonly streamReplicas: number;

  private constructor(
    private readonly connection: NatsConnection,
    private readonly inboxPrefix: string | undefined,
    { logger, nameError, local, fastIo = true, streamReplicas = 1 }: BusOptions,
  ) {
    this.logger = logger;
    this.local = local;
    this.streamReplicas = streamReplicas;
    const io = new FastIo(fastIo);
    this.tick = new Tick(connection, io);
    this.requests = new Requests(connection, this.tick, this.createInbox(), (error) =>
      this.takeInboxRefusal(error),
    );
    this.replies = new Replies(connection, this.tick);
    this.responder = new Responder(logger, nameError);
  }

  /**
   * Throws if no server replies, or one rejects the credentials. Reconnects if the connection is lost later.
   */
  static async connect(options: BusOptions): Promise<Bus> {
    const server = toServerOptions(options.url, options.tls);
    const connection = await connect({
      ...server,
      name: options.name,
      maxReconnectAttempts: -1,
      reconnectTimeWait: reconnectWaitMs,
      reconnectJitter: 50,
      timeout: connectTimeoutMs,
      ...liveness,
      // Capturing a stack for every request costs more than the request; our own errors name the subject.
      noAsyncTraces: true,
    });
    // The client drops servers that did not reply to its first attempt.
    const known = connection.getServers().map(({ listen }) => listen);
    connection.setServers([...new Set([...server.servers, ...known])]);
    const bus = new Bus(connection, server.inboxPrefix, options);
    bus.onReconnect(() => bus.tick.handleReconnect());
    void bus.watchConnection();
    try {
      // Otherwise the service would start, and every request would time out or nothing could be stored.
      await bus.ping();
      assertHoldsReplicas(connection, bus.streamReplicas);
    } catch (error) {
      await connection.close();
      throw error;
    }
    return bus;
  }

  /**
   * Sends a request to any instance of the contract's service, or to the named one. Throws the service's
   * AppError, BUS_TIMEOUT, or BUS_UNAVAILABLE if no instance received it. A privileged contract demands a
   * signed statement. After each second of silence the request is sent again, to any instance, as often as the contract
   * says.
   */
  request<C extends RpcContract>(
    contract: C,
    request: RequestOf<C>,
    {
      instanceId,
      timeoutMs,
      statement,
    }: { instanceId?: string; timeoutMs?: number; statement?: string } = {},
  ): Promise<ReplyOf<C>> {
    const subject = instanceId === undefined ? contract.subject : nodeSubject(contract, instanceId);
    // The named instance is the only one that can answer.
    const repeats = instanceId === undefined ? contract.repeats : 0;
    const { attemptsExpire } = contract;
    return this.ask(contract, subject, request, timeoutMs, { statement, repeats, attemptsExpire });
  }

  /** Sends a request to one process. */
  requestNode<C extends NodeRpcContract>(
    contract: C,
    nodeId: string,
    request: RequestOf<C>,
    { timeoutMs, statement }: { timeoutMs?: number; statement?: string } = {},
  ): Promise<ReplyOf<C>> {
    return this.ask(contract, nodeSubject(contract, nodeId), request, timeoutMs, { statement });
  }

  /** Publishes an event to all current subscribers, at most once. Not stored. */
  publish<P extends z.ZodType, T extends readonly string[]>(
    contract: EventContract<P, T>,
    tokens: Record<T[number], string | number>,
    payload: z.input<P>,
  ): void {
    this.connection.publish(eventSubject(contract, tokens), JSON.stringify(payload));
  }

  /** Subscribes to an event; a token left out of `tokens` matches all. A handler's failure is logged. */
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

  /** Handles the requests of a contract; used by the Nest server and by tests. */
  respond<C extends AnyRpc>(
    contract: C,
    subject: string,
    queue: string | undefined,
    handler: (request: unknown, context: RequestContext) => Promise<ReplyOf<C>>,
  ): BusSubscription {
    const listener = this.listen(subject, queue, async (message) => {
      const { reply } = message;
      if (reply === undefined) {
        throw new Error('a request without a reply subject');
      }
      // `get` returns '' without the header.
      const traceparent = message.headers?.get(traceparentHeader) || undefined;
      await Promise.all(
        message.json<BatchedRequest[]>().map((batched) =>
          traceHandler(
            traceparent,
            () => ({ ...describeRequest(contract, batched[2], this.connection.getServer()), kind: 'server' }),
            (span) => {
              const send = (isError: boolean, body: unknown): void =>
                this.replies.add(reply, batched[0], isError, body);
              return this.responder.answer(contract, send, batched, handler, span);
            },
          ),
        ),
      );
    });
    if (this.local !== undefined) {
      this.respondLocally(this.local, listener, contract, subject, handler);
    }
    return listener;
  }

  /** Throws if the server does not reply, or denies this user its inboxes. */
  async ping(): Promise<void> {
    if (this.connection.isClosed()) {
      throw new Error('the connection is closed');
    }
    await this.connection.flush();
    if (this.inboxRefusal !== undefined) {
      throw this.inboxRefusal;
    }
  }

  /** Resolves when the server has processed everything sent so far, subscriptions included. */
  async flush(): Promise<void> {
    this.tick.flush();
    await this.connection.flush();
  }

  /**
   * Runs the handler after every reconnection; events published meanwhile were missed. `awayMs` is an upper
   * bound of the outage.
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

  /** Creates a reply subject that no other user of the server may subscribe to. */
  createInbox(): string {
    return createInbox(this.inboxPrefix);
  }

  /** For JetStream on the connection of the bus: key-value buckets and the room log of messaging. */
  get natsConnection(): NatsConnection {
    return this.connection;
  }

  /**
   * Stops receiving, waits for running handlers and their replies, then closes the connection. Stops waiting
   * after 10 s, so that a process can exit while the server is down. Idempotent.
   */
  close(): Promise<void> {
    this.closing ??= (async () => {
      // If the connection closes meanwhile, there is nothing left to wait for.
      const finished = await settlesWithin(this.finish(), closeDeadlineMs);
      if (!finished) {
        this.logger?.warn('the bus was closed with handlers still running or without its server');
      }
      await this.connection.close();
    })();
    return this.closing;
  }

  private takeInboxRefusal(cause: Error): void {
    const subject = `${this.inboxPrefix ?? '_INBOX'}.>`;
    const fix = 'allow it in the permissions of this user, as deploy/nats/nats.conf does';
    const message = `NATS does not let this user subscribe to ${subject}, where its replies arrive: ${fix}`;
    this.inboxRefusal = new AuthorizationError(message, { cause });
    this.logger?.error({ err: this.inboxRefusal }, 'replies cannot be received');
  }

  /**
   * Drains the connection only after the handlers, which may send requests of their own while they finish.
   */
  private async finish(): Promise<void> {
    await Promise.all([...this.listeners].map((listener) => listener.drain()));
    this.tick.flush();
    if (!this.connection.isClosed()) {
      await this.connection.drain();
    }
  }

  private async ask<C extends AnyRpc>(
    contract: C,
    subject: string,
    request: unknown,
    timeoutMs = contract.timeoutMs,
    options: Omit<AskOptions, 'traceparent'>,
  ): Promise<ReplyOf<C>> {
    const isLocal = this.isConnected && this.local?.has(subject) === true && !this.connection.isClosed();
    const responders = isLocal ? this.local! : this.requests;
    const reply = await traceCall(
      () => ({ ...describeRequest(contract, request, this.connection.getServer()), kind: 'client' }),
      ({ traceparent }) => responders.ask(subject, request, timeoutMs, { ...options, traceparent }),
    );
    // The responder has validated it.
    return reply as ReplyOf<C>;
  }

  private respondLocally<C extends AnyRpc>(
    local: LocalResponders,
    listener: Listener,
    contract: C,
    subject: string,
    handler: (request: unknown, context: RequestContext) => Promise<ReplyOf<C>>,
  ): void {
    const remove = local.add(subject, ({ body, deadlineMs, statement, traceparent }) => {
      const work = traceHandler(
        traceparent,
        () => ({ ...describeRequest(contract, body, this.connection.getServer()), kind: 'server' }),
        async (span): Promise<LocalReply> => {
          let reply: LocalReply | undefined;
          const send = (isError: boolean, sent: unknown): void => void (reply = { isError, body: sent });
          await this.responder.answer(contract, send, [0, deadlineMs, body, statement], handler, span);
          return reply!;
        },
      );
      listener.track(work);
      return work;
    });
    listener.onEnding(remove);
  }

  /** While NATS is away, local requests fail like all others: what they change could not be reported. */
  private async watchConnection(): Promise<void> {
    for await (const { type } of this.connection.status()) {
      if (type === 'disconnect') {
        this.isConnected = false;
      } else if (type === 'reconnect') {
        this.isConnected = true;
      } else if (type === 'staleConnection') {
        destroyNatsSocket(this.connection);
      }
    }
  }

  /** Handlers of one subscription run concurrently; a failing handler does not end the subscription. */
  private listen(
    subject: string,
    queue: string | undefined,
    handle: (message: Msg) => Promise<void>,
  ): Listener {
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
}

function assertHoldsReplicas({ info }: NatsConnection, replicas: number): void {
  if (replicas > 1 && info?.cluster === undefined) {
    throw new ConfigError(
      `POLYROOM_NATS_REPLICAS is ${replicas}, but this NATS server belongs to no cluster: set it to 1`,
    );
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

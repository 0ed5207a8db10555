import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import {
  AppError,
  type ClientMethod,
  clientMethods,
  type ClientParams,
  type ClientResult,
  newId,
  parseOrThrow,
} from '@polyroom/contracts';
import { LOGGER } from '@polyroom/nest-service';
import {
  outcomeOf,
  readCaller,
  readSubject,
  RefusalLog,
  secondsSince,
  traceRequest,
} from '@polyroom/observability';
import { type Logger } from 'pino';
import { type Caller, describeCaller } from '../session/caller.js';
import { sessionMetrics } from '../session-metrics.js';
import { clientMethodHandler, type ClientMethodOptions } from './handles-client-method.js';
import { type MethodHandler } from './method-handler.js';

interface Entry extends ClientMethodOptions {
  handler: MethodHandler;
}

interface ClientRequest {
  id: number;
  method: ClientMethod;
  params?: unknown;
}

/** Runs the methods of the client protocol: validates parameters, calls the handler, counts the outcome. */
@Injectable()
export class ClientMethods implements OnModuleInit {
  private readonly entries = new Map<string, Entry>();
  private readonly refusals: RefusalLog;
  /** Request IDs for callers without a socket, which send none. */
  private calls = 0;

  constructor(
    private readonly discovery: DiscoveryService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.refusals = new RefusalLog(logger);
  }

  /** @throws where a method of the protocol has no handler, or more than one */
  onModuleInit(): void {
    for (const wrapper of this.discovery.getProviders({ metadataKey: clientMethodHandler.KEY })) {
      const options = this.discovery.getMetadataByDecorator(clientMethodHandler, wrapper);
      if (options === undefined) {
        continue;
      }
      if (this.entries.has(options.method)) {
        throw new Error(`the client method ${options.method} has two handlers`);
      }
      // Prometheus sees no increase in a series that begins with its first error.
      sessionMetrics.requests.inc({ method: options.method, outcome: 'server_error' }, 0);
      this.entries.set(options.method, { ...options, handler: wrapper.instance as MethodHandler });
    }
    const missing = Object.keys(clientMethods).filter((method) => !this.entries.has(method));
    if (missing.length > 0) {
      throw new Error(`client methods without a handler: ${missing.join(', ')}`);
    }
  }

  has(method: string): method is ClientMethod {
    return this.entries.has(method);
  }

  /** Runs a method for a caller without a socket. Same checks and same path as `run`; returns the result. */
  async call<M extends ClientMethod>(
    caller: Caller,
    method: M,
    params: ClientParams<M>,
  ): Promise<ClientResult<M>> {
    this.calls += 1;
    let result: unknown;
    await this.run(caller, { id: this.calls, method, params }, (value) => (result = value));
    return result as ClientResult<M>;
  }

  /**
   * Runs one request of a client and passes its result to `reply`; work that must follow the reply runs after it.
   *
   * @throws only AppError
   */
  run(caller: Caller, request: ClientRequest, reply: (result: unknown) => void): Promise<void> {
    const { method, params } = request;
    return traceRequest(
      () => ({
        name: method,
        kind: 'server',
        attributes: {
          'rpc.system.name': 'polyroom',
          'rpc.method': method,
          ...readSubject(caller.slot.session?.ref),
          ...readSubject(params),
        },
      }),
      () => this.answer(caller, request, reply),
    );
  }

  private async answer(
    caller: Caller,
    { id, method, params }: ClientRequest,
    reply: (result: unknown) => void,
  ): Promise<void> {
    const entry = this.entries.get(method)!;
    const followUps: Array<() => void> = [];
    const startMs = performance.now();
    try {
      const { connection, slot } = caller;
      const request = { id, connection, slot, afterReply: (work: () => void) => void followUps.push(work) };
      reply(await entry.handler.handle(request, parseParams(method, entry, params)));
      sessionMetrics.requests.inc({ method, outcome: 'ok' });
      sessionMetrics.requestSeconds.observe({ method }, secondsSince(startMs));
    } catch (error) {
      const appError = this.toAppError(error, method, caller);
      sessionMetrics.requests.inc({ method, outcome: outcomeOf(appError) });
      if (appError.fault === 'client') {
        this.refusals.refused(appError, { method, ...readCaller(params), ...describeCaller(caller) });
      }
      throw appError;
    }
    for (const work of followUps) {
      work();
    }
  }

  private toAppError(error: unknown, method: string, { connection }: Caller): AppError {
    if (error instanceof AppError) {
      return error;
    }
    const correlationId = newId('correlation');
    this.logger.error(
      { err: error, correlationId, method, connectionId: connection.connectionId },
      'request failed',
    );
    return new AppError('ROOM_INNER_ERROR', { correlationId });
  }
}

function parseParams(
  method: ClientMethod,
  { emptyRoomIdError }: ClientMethodOptions,
  params: unknown,
): ClientParams<ClientMethod> {
  try {
    return parseOrThrow(clientMethods[method].params, params) as ClientParams<ClientMethod>;
  } catch (error) {
    const isRoomIdEmpty = AppError.is(error, 'ROOM_ROOMID_NULL') && error.details?.path === 'roomId';
    if (emptyRoomIdError !== undefined && isRoomIdEmpty) {
      throw new AppError(emptyRoomIdError, { details: { path: 'roomId' } });
    }
    throw error;
  }
}

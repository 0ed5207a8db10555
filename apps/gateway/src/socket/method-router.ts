import { Inject, Injectable } from '@nestjs/common';
import {
  AppError,
  type ClientMethod,
  clientMethods,
  type ClientParams,
  type ClientResult,
  type ClientRequest,
  newId,
  parseOrThrow,
} from '@polyroom/contracts';
import { cutText, outcomeOf, readCaller, RefusalLog } from '@polyroom/observability';
import { type Logger } from 'pino';
import { gatewayMetrics } from '../gateway-metrics.js';
import { LOGGER } from '../gateway-tokens.js';
import { METHOD_HANDLERS, type MethodHandler } from '../methods/method-handler.js';
import { type SessionConnection } from '../session/session-connection.js';
import { type ClientConnection } from './client-connection.js';
import { parseClientFrame } from './client-frame.js';
import { socketLimits } from './socket-limits.js';

/** From a frame to its answer. */
@Injectable()
export class MethodRouter {
  private readonly handlers: ReadonlyMap<string, MethodHandler>;
  /** Of clients without a socket, which number no requests of their own. */
  private calls = 0;
  private readonly refusals: RefusalLog;

  constructor(
    @Inject(METHOD_HANDLERS) handlers: readonly MethodHandler[],
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.refusals = new RefusalLog(logger);
    this.handlers = new Map(handlers.map((handler) => [handler.method, handler]));
  }

  /** Never throws: whatever a client sends, it costs nobody but itself. */
  handleFrame(connection: ClientConnection, data: Buffer, isBinary: boolean): void {
    connection.takeFrame(() => this.handle(connection, data, isBinary));
  }

  private handle(connection: ClientConnection, data: Buffer, isBinary: boolean): void {
    if (!connection.isOpen) {
      // What was still on its way, or in the same packet, when the socket was closed.
      return;
    }
    const frame = parseClientFrame(data, isBinary);
    if (!frame.ok) {
      connection.countMalformedFrame();
      this.refuse(connection, frame.id, frame.error, 'none');
      return;
    }
    const { request } = frame;
    const handler = this.handlers.get(request.method);
    if (handler === undefined) {
      const error = new AppError('PROTOCOL_UNKNOWN_METHOD');
      this.refuse(connection, request.id, error, 'none', { asked: cutText(request.method) });
      return;
    }
    if (connection.requestsInFlight >= socketLimits.maxRequestsInFlight) {
      this.refuse(connection, request.id, new AppError('PROTOCOL_TOO_MANY_REQUESTS'), handler.method);
      return;
    }
    connection.track(this.answer(connection, handler, request));
  }

  /** One method for a client without a socket: the same checks and the same path, the answer as a value. */
  async call<M extends ClientMethod>(
    connection: SessionConnection,
    method: M,
    params: ClientParams<M>,
  ): Promise<ClientResult<M>> {
    this.calls += 1;
    let result: unknown;
    const request = { id: this.calls, method, params };
    await this.run(connection, this.handlers.get(method)!, request, (value) => (result = value));
    return result as ClientResult<M>;
  }

  /** Answers a frame that reaches no handler. */
  private refuse(
    connection: ClientConnection,
    id: number | null,
    error: AppError,
    method: string,
    more: Record<string, unknown> = {},
  ): void {
    gatewayMetrics.requests.inc({ method, outcome: outcomeOf(error) });
    this.refusals.refused(error, { method, ...more, ...describeConnection(connection) });
    connection.sendError(id, error);
  }

  private async answer(
    connection: ClientConnection,
    handler: MethodHandler,
    request: ClientRequest,
  ): Promise<void> {
    try {
      await this.run(connection, handler, request, (result) => connection.sendResult(request.id, result));
    } catch (error) {
      connection.sendError(request.id, error as AppError);
    }
  }

  /** Rejects with an AppError only. */
  private async run(
    connection: SessionConnection,
    handler: MethodHandler,
    request: ClientRequest,
    reply: (result: unknown) => void,
  ): Promise<void> {
    const { method } = handler;
    const followUps: Array<() => void> = [];
    try {
      const params = parseParams(handler, request.params);
      const result = await handler.handle(
        { id: request.id, connection, afterReply: (work) => followUps.push(work) },
        params,
      );
      reply(result);
      gatewayMetrics.requests.inc({ method, outcome: 'ok' });
    } catch (error) {
      const appError = this.toAppError(error, method, connection);
      gatewayMetrics.requests.inc({ method, outcome: outcomeOf(appError) });
      if (appError.fault === 'client') {
        this.refusals.refused(appError, {
          method,
          ...readCaller(request.params),
          ...describeConnection(connection),
        });
      }
      throw appError;
    }
    for (const work of followUps) {
      work();
    }
  }

  private toAppError(error: unknown, method: string, connection: SessionConnection): AppError {
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

/** Who is at the other end, as far as it is known: without a session only from where. */
export function describeConnection({ slot, clientAddress, connectionId }: SessionConnection) {
  return { ...readCaller(slot.session?.ref), address: clientAddress, connectionId };
}

function parseParams<M extends ClientMethod>(handler: MethodHandler<M>, params: unknown): ClientParams<M> {
  try {
    return parseOrThrow(clientMethods[handler.method].params, params) as ClientParams<M>;
  } catch (error) {
    const { emptyRoomIdError } = handler;
    const isRoomIdEmpty = AppError.is(error, 'ROOM_ROOMID_NULL') && error.details?.path === 'roomId';
    if (emptyRoomIdError !== undefined && isRoomIdEmpty) {
      throw new AppError(emptyRoomIdError, { details: { path: 'roomId' } });
    }
    throw error;
  }
}

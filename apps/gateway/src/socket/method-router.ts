import { Inject, Injectable } from '@nestjs/common';
import { AppError, socketLimits } from '@polyroom/contracts';
import { LOGGER } from '@polyroom/nest-service';
import { cutText, outcomeOf, RefusalLog } from '@polyroom/observability';
import { ClientMethods, describeCaller, sessionMetrics } from '@polyroom/session';
import { type Logger } from 'pino';
import { gatewayMetrics } from '../gateway-metrics.js';
import { type ClientConnection } from './client-connection.js';
import { parseClientFrame } from './client-frame.js';

/** Parses a frame, runs its handler and sends the response. */
@Injectable()
export class MethodRouter {
  private readonly refusals: RefusalLog;

  constructor(
    private readonly methods: ClientMethods,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.refusals = new RefusalLog(logger);
  }

  /** Never throws: a bad frame affects only the socket that sent it. */
  handleFrame(connection: ClientConnection, data: Buffer, isBinary: boolean): void {
    connection.takeFrame(() => this.handle(connection, data, isBinary));
  }

  private handle(connection: ClientConnection, data: Buffer, isBinary: boolean): void {
    if (!connection.isOpen) {
      // The frame was buffered, or in the same packet, when the socket was closed.
      return;
    }
    const frame = parseClientFrame(data, isBinary);
    if (!frame.ok) {
      connection.countMalformedFrame();
      this.noteRefusal(connection, frame.error, 'none');
      connection.sendError(frame.id, frame.error);
      return;
    }
    const { id, method, params } = frame.request;
    if (!this.methods.has(method)) {
      const asked = cutText(method);
      const error = new AppError('PROTOCOL_UNKNOWN_METHOD', { details: { method: asked } });
      this.refuse(connection, id, error, 'none', { asked });
      return;
    }
    if (connection.requestsInFlight >= socketLimits.maxRequestsInFlight) {
      this.refuse(connection, id, new AppError('PROTOCOL_TOO_MANY_REQUESTS'), method);
      return;
    }
    const waitMs = connection.readBudget.take(method);
    if (waitMs === undefined) {
      gatewayMetrics.limitedReads.inc({ effect: 'refused' });
      this.refuse(connection, id, new AppError('PROTOCOL_TOO_MANY_REQUESTS'), method);
      return;
    }
    connection.track(this.answer(connection, { id, method, params }, waitMs));
  }

  /** Answers a frame for which there is no handler. */
  private refuse(
    connection: ClientConnection,
    id: number,
    error: AppError,
    method: string,
    more: Record<string, unknown> = {},
  ): void {
    this.noteRefusal(connection, error, method, more);
    connection.sendRefusal(id, error);
  }

  private noteRefusal(
    connection: ClientConnection,
    error: AppError,
    method: string,
    more: Record<string, unknown> = {},
  ): void {
    sessionMetrics.requests.inc({ method, outcome: outcomeOf(error) });
    this.refusals.refused(error, { method, ...more, ...describeCaller(connection.caller) });
  }

  private async answer(
    connection: ClientConnection,
    request: Parameters<ClientMethods['run']>[1],
    waitMs: number,
  ): Promise<void> {
    if (waitMs > 0) {
      gatewayMetrics.limitedReads.inc({ effect: 'delayed' });
      await connection.pause(waitMs);
      if (!connection.isOpen) {
        return;
      }
    }
    try {
      await this.methods.run(connection.caller, request, (result) =>
        connection.sendResult(request.id, result),
      );
    } catch (error) {
      const refusal = error as AppError;
      if (refusal.category === 'resource_exhausted' && connection.slot.session === undefined) {
        // Otherwise its client could try again at once over a new socket, while the quota is still used up.
        await connection.pause(socketLimits.quotaRefusalDelayMs);
      }
      connection.sendRefusal(request.id, refusal);
    }
  }
}

import {
  AppError,
  type NodeRpcContract,
  parseOrThrow,
  type ReplyOf,
  type RpcContract,
  statementSchema,
} from '@polyroom/contracts';
import {
  logInnerError,
  type Logger,
  outcomeOf,
  readCaller,
  RefusalLog,
  requestMetrics,
  type RequestOutcome,
  type RunningSpan,
  secondsSince,
} from '@polyroom/observability';
import { type BatchedRequest } from './batch.js';
import { RequestContext } from './request-context.js';

type AnyRpc = RpcContract | NodeRpcContract;

/** Runs the handlers of requests: validates requests and replies, and counts and logs errors. */
export class Responder {
  private readonly refusals: RefusalLog;

  constructor(
    private readonly logger: Logger | undefined,
    /** Maps an error that a library threw. */
    private readonly nameError: ((error: unknown) => AppError | undefined) | undefined,
  ) {
    this.refusals = new RefusalLog(logger);
  }

  /** Calls `send` once with the reply, or with an error for the caller. */
  async answer<C extends AnyRpc>(
    contract: C,
    /** Throws if the reply cannot be sent: the caller then gets an inner error. */
    send: (isError: boolean, body: unknown) => void,
    [, deadlineMs, body, statement]: BatchedRequest,
    handler: (request: unknown, context: RequestContext) => Promise<ReplyOf<C>>,
    span: RunningSpan,
  ): Promise<void> {
    const startMs = performance.now();
    let outcome: RequestOutcome = 'ok';
    try {
      const context = new RequestContext(deadlineMs, readStatement(statement));
      // A late write could undo a later one.
      context.throwIfLate();
      const request = parseOrThrow(contract.request, body);
      const reply = parseOrThrow(contract.reply, await handler(request, context), 'ROOM_INNER_ERROR');
      send(false, reply);
    } catch (thrown) {
      const error = this.toAppError(thrown, contract, body);
      outcome = outcomeOf(error);
      span.fail(error);
      send(true, error.toWire());
    }
    const { service, method } = contract;
    requestMetrics.bus.inc({ service, method, outcome });
    if (outcome === 'ok') {
      requestMetrics.busSeconds.observe({ service, method }, secondsSince(startMs));
    }
  }

  /**
   * Returns the error for the caller. A client fault is only refused; a server fault that is not logged yet
   * is logged under a correlation ID that the reply carries.
   */
  private toAppError(thrown: unknown, { service, method }: AnyRpc, request: unknown): AppError {
    const error = this.nameError?.(thrown) ?? thrown;
    if (
      !(error instanceof AppError) ||
      (error.category === 'internal' && error.correlationId === undefined)
    ) {
      return logInnerError(error, this.logger, { service, method });
    }
    if (error.fault === 'client') {
      this.refusals.refused(error, { method, ...readCaller(request) });
    } else if (error.cause !== undefined) {
      this.logger?.warn({ service, method, code: error.code, err: error }, 'request failed');
    }
    return error;
  }
}

/** Undefined if the request carries none; a statement of another type or size is refused as forged. */
function readStatement(statement: unknown): string | undefined {
  return statement === undefined ? undefined : parseOrThrow(statementSchema, statement, 'AUTHORITY_INVALID');
}

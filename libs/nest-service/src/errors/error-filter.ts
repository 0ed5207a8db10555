import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { clientAddressOf } from '@polyroom/addresses';
import { AppError, type ErrorName, httpStatusOf } from '@polyroom/contracts';
import { type Logger, outcomeOf, readCaller, RefusalLog, type RequestOutcome } from '@polyroom/observability';
import { type Observable, throwError } from 'rxjs';
import { logInnerError } from '@polyroom/bus';

interface HttpReply {
  statusCode: number;
  status(code: number): { send(body: unknown): unknown };
}

/** As much as is used of Fastify's request. */
interface HttpRequest {
  method: string;
  ip: string;
  socket: { remoteAddress?: string | undefined };
  params: unknown;
  routeOptions: { url?: string | undefined };
  /** The operator, where a guard has found out. */
  actor?: string;
}

/** Errors that Nest and Fastify raise themselves, by their HTTP status; all others are a wrong argument. */
const nestErrors: Record<number, ErrorName> = { 401: 'ADMIN_UNAUTHENTICATED' };

/** What was answered with an error: whose fault it was is not always in the status. */
const outcomes = new WeakMap<object, RequestOutcome>();

/** How a request over HTTP ended, once its answer has been sent. */
export function outcomeOfReply(reply: Pick<HttpReply, 'statusCode'>): RequestOutcome {
  const byStatus = reply.statusCode >= 500 ? 'server_error' : reply.statusCode >= 400 ? 'client_error' : 'ok';
  return outcomes.get(reply) ?? byStatus;
}

/**
 * Nest's own filters throw codes away. This one hands an RPC's error to the bus as it is, and answers HTTP
 * with the registry's form: `{ error: WireError }` under the status of its category.
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly refusals: RefusalLog;

  constructor(private readonly logger: Logger) {
    this.refusals = new RefusalLog(logger);
  }

  catch(error: unknown, host: ArgumentsHost): Observable<never> | void {
    if (host.getType() === 'rpc') {
      return throwError(() => error);
    }
    const http = host.switchToHttp();
    const { status, appError } = this.describe(error);
    if (appError.fault === 'client') {
      this.refusals.refused(appError, { ...contextOf(http.getRequest<HttpRequest>()), status });
    }
    const reply = http.getResponse<HttpReply>();
    outcomes.set(reply, outcomeOf(appError));
    reply.status(status).send({ error: appError.toWire() });
  }

  private describe(error: unknown): { status: number; appError: AppError } {
    if (error instanceof AppError) {
      const status = httpStatusOf(error.category);
      if (error.category === 'internal' && error.correlationId === undefined) {
        return { status, appError: logInnerError(error, this.logger) };
      }
      // One with a correlation ID has its line where it happened.
      if (error.fault === 'server' && error.correlationId === undefined) {
        this.logger.error({ err: error }, 'request failed');
      }
      return { status, appError: error };
    }
    const status = statusOf(error);
    if (status !== undefined && status < 500) {
      return {
        status,
        appError: new AppError(nestErrors[status] ?? 'COMMON_ILLEGAL_PARAM', { details: { status } }),
      };
    }
    return { status: 500, appError: logInnerError(error, this.logger) };
  }
}

function contextOf({ method, ip, socket, params, routeOptions, actor }: HttpRequest) {
  const address = clientAddressOf(ip, socket.remoteAddress);
  return { method, route: routeOptions.url, actor, ...readCaller(params), address };
}

/** The status of an error of Nest's, or of Fastify's (a body that is too large or no JSON). */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) {
    return error.getStatus();
  }
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
}

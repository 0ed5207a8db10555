import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { AppError, type ErrorName, httpStatusOf, isOurFault } from '@polyroom/contracts';
import { type Logger } from '@polyroom/observability';
import { type Observable, throwError } from 'rxjs';
import { logInnerError } from './inner-error.js';

interface HttpReply {
  status(code: number): { send(body: unknown): unknown };
}

/** Errors that Nest and Fastify raise themselves, by their HTTP status; all others are a wrong argument. */
const nestErrors: Record<number, ErrorName> = { 401: 'ADMIN_UNAUTHENTICATED' };

/**
 * Nest's own filters throw codes away. This one hands an RPC's error to the bus as it is, and answers HTTP
 * with the registry's form: `{ error: WireError }` under the status of its category.
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> | void {
    if (host.getType() === 'rpc') {
      return throwError(() => error);
    }
    const { status, appError } = this.describe(error);
    host.switchToHttp().getResponse<HttpReply>().status(status).send({ error: appError.toWire() });
  }

  private describe(error: unknown): { status: number; appError: AppError } {
    if (error instanceof AppError) {
      const status = httpStatusOf(error.category);
      if (error.category === 'internal' && error.correlationId === undefined) {
        return { status, appError: logInnerError(error, this.logger) };
      }
      if (isOurFault(error.category)) {
        this.logger.error({ err: error, correlationId: error.correlationId }, 'request failed');
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

/** The status of an error of Nest's, or of Fastify's (a body that is too large or no JSON). */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) {
    return error.getStatus();
  }
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
}

import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { clientAddressOf } from '@polyroom/addresses';
import {
  AppError,
  describeArgument,
  httpBodyMaxBytes,
  httpStatusOf,
  problemContentType,
  toProblem,
} from '@polyroom/contracts';
import {
  logInnerError,
  type Logger,
  outcomeOf,
  readCaller,
  RefusalLog,
  type RequestOutcome,
} from '@polyroom/observability';
import { type Observable, throwError } from 'rxjs';

interface HttpReply {
  statusCode: number;
  header(name: string, value: string): HttpReply;
  status(code: number): { send(body: unknown): unknown };
}

interface FastifyError extends Error {
  statusCode?: number | undefined;
}

/** The used part of Fastify's request. */
interface HttpRequest {
  id: string;
  method: string;
  url: string;
  ip: string;
  socket: { remoteAddress?: string | undefined };
  params: unknown;
  routeOptions: { url?: string | undefined };
  /** The operator, if a guard has authenticated one. */
  actor?: string;
}

/** Invalid arguments that Fastify refuses, by its error code. */
const fastifyErrors: Record<string, { path: string; problem: string }> = {
  FST_ERR_BAD_URL: { path: 'url', problem: 'not a valid path' },
  FST_ERR_CTP_BODY_TOO_LARGE: { path: 'body', problem: `larger than ${httpBodyMaxBytes} bytes` },
  FST_ERR_CTP_EMPTY_JSON_BODY: { path: 'body', problem: 'empty' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { path: 'content-length', problem: 'not the length of the body' },
  FST_ERR_CTP_INVALID_JSON_BODY: { path: 'body', problem: 'not valid JSON' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { path: 'content-type', problem: 'not supported by this route' },
};

/** Of every response over HTTP. */
export const requestIdHeader = 'x-request-id';

const maxUrlChars = 200;
/** Rates are counted by the second, and a service that restarts is back soon. */
const defaultRetryAfterSeconds = 1;

/** Outcomes of error replies: the status alone does not always tell client from server faults. */
const outcomes = new WeakMap<object, RequestOutcome>();

/** Replies to errors that Fastify raises before routing, which reach no filter. */
export function answerFrameworkError(error: FastifyError, request: HttpRequest, reply: unknown): void {
  const { statusCode = 400 } = error;
  // Fastify types the body of a reply by its route, and here there is none.
  const untyped = (reply as HttpReply).header(requestIdHeader, request.id);
  sendProblem(untyped, statusCode, toAppError(statusCode, error, request), request.id);
}

function sendProblem(reply: HttpReply, status: number, error: AppError, requestId: string): void {
  const { retryAfterSeconds } = error.details ?? {};
  if (typeof retryAfterSeconds === 'number') {
    reply.header('retry-after', String(retryAfterSeconds));
  } else if (error.retryable && (status === 429 || status === 503)) {
    reply.header('retry-after', String(defaultRetryAfterSeconds));
  }
  reply
    .header('content-type', problemContentType)
    .status(status)
    .send(toProblem(error, status, requestId));
}

/** The outcome of an HTTP request after its reply is sent. */
export function outcomeOfReply(reply: Pick<HttpReply, 'statusCode'>): RequestOutcome {
  const byStatus = reply.statusCode >= 500 ? 'server_error' : reply.statusCode >= 400 ? 'client_error' : 'ok';
  return outcomes.get(reply) ?? byStatus;
}

/**
 * Nest's own filters drop error codes. This one passes errors of RPCs to the bus unchanged, and replies to
 * HTTP as RFC 9457, under the status of the error's category.
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
    const { status, appError } = this.describe(error, http.getRequest<HttpRequest>());
    if (appError.fault === 'client') {
      this.refusals.refused(appError, { ...contextOf(http.getRequest<HttpRequest>()), status });
    }
    const reply = http.getResponse<HttpReply>();
    outcomes.set(reply, outcomeOf(appError));
    sendProblem(reply, status, appError, http.getRequest<HttpRequest>().id);
  }

  private describe(error: unknown, request: HttpRequest): { status: number; appError: AppError } {
    if (error instanceof AppError) {
      const status = httpStatusOf(error.category);
      if (error.category === 'internal' && error.correlationId === undefined) {
        return { status, appError: logInnerError(error, this.logger) };
      }
      // An error with a correlation ID was logged at its origin.
      if (error.fault === 'server' && error.correlationId === undefined) {
        this.logger.error({ err: error }, 'request failed');
      }
      return { status, appError: error };
    }
    const status = statusOf(error);
    if (status !== undefined && status < 500) {
      return { status, appError: toAppError(status, error, request) };
    }
    return { status: 500, appError: logInnerError(error, this.logger) };
  }
}

/** Replaces errors of Nest and Fastify, whose own messages may quote the request. */
function toAppError(status: number, error: unknown, { method, url }: HttpRequest): AppError {
  if (status === 401) {
    return new AppError('ADMIN_UNAUTHENTICATED', { details: { status } });
  }
  if (status === 404) {
    // Without the query: it may hold a token.
    const path = url.split('?', 1)[0]!.slice(0, maxUrlChars);
    return new AppError('REST_ROUTE_NOT_FOUND', {
      message: `There is no route ${method} ${path}.`,
      details: { method, url: path },
    });
  }
  // Nest wraps errors of Fastify as the cause.
  const { cause } = error as { cause?: unknown };
  const { code } = Object(cause ?? error) as { code?: unknown };
  const argument = fastifyErrors[String(code)];
  return new AppError('COMMON_ILLEGAL_PARAM', {
    ...(argument === undefined ? {} : { message: describeArgument(argument.path, argument.problem) }),
    details: { status, ...argument },
  });
}

function contextOf({ id, method, ip, socket, params, routeOptions, actor }: HttpRequest) {
  const address = clientAddressOf(ip, socket.remoteAddress);
  return { requestId: id, method, route: routeOptions.url, actor, ...readCaller(params), address };
}

/** The status of an error of Nest or Fastify (such as a body that is too large or not JSON). */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) {
    return error.getStatus();
  }
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
}

import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Bus } from '@polyroom/bus';
import { AppError, describeArgument, idempotencyRpc, newId } from '@polyroom/contracts';
import { LOGGER } from '@polyroom/nest-service';
import { Inject } from '@nestjs/common';
import { type Logger } from 'pino';
import { catchError, from, mergeMap, type Observable, of, throwError } from 'rxjs';
import { credentialOf, type GuardedRequest } from '../authority/authority.guard.js';
import { appPath } from '../rest-params.js';
import { keepFailure, readFailure, tooLargeAnswer } from './kept-failure.js';
import { RepeatsSafely } from './repeats-safely.decorator.js';
import { hash, SealedAnswer } from './sealed-answer.js';

type Request = GuardedRequest & {
  url: string;
  headers: Record<string, string | undefined>;
  body: unknown;
};

interface Reply {
  header(name: string, value: string): unknown;
}

const headerName = 'idempotency-key';
/** Set on an answer that was given before. */
const replayedHeader = 'idempotency-replayed';

/**
 * Carries out a POST with an Idempotency-Key once: a repeated one gets the stored answer, or the error after which the
 * outcome is unknown. A request that was refused may be repeated with the same key. Runs before the audit, which has
 * acts and no repeats.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    // Requests of other gateways come over the bus.
    if (context.getType() !== 'http') {
      return next.handle();
    }
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const key = request.headers[headerName];
    if (key === undefined || request.method !== 'POST' || request.statement === undefined) {
      return next.handle();
    }
    const sealed = new SealedAnswer(credentialOf(request), parseKey(key));
    const holder = newId('request');
    const repeatsSafely = this.reflector.get(
      RepeatsSafely,
      context.getHandler(),
    )?.((request.body ?? {}) as Record<string, unknown>);
    return from(this.open(sealed, holder, request)).pipe(
      mergeMap((answer) => {
        if (answer !== undefined) {
          http.getResponse<Reply>().header(replayedHeader, 'true');
          const failure = readFailure(answer);
          return failure === undefined ? of(sealed.open(answer)) : throwError(() => failure);
        }
        return next.handle().pipe(
          mergeMap(async (reply: unknown) => {
            await this.close(sealed, holder, sealed.seal(reply));
            return reply;
          }),
          catchError(async (error: unknown) => {
            await this.close(sealed, holder, repeatsSafely === true ? undefined : keepFailure(error));
            throw error;
          }),
        );
      }),
    );
  }

  private async open(
    sealed: SealedAnswer,
    holder: string,
    { method, url, body, params }: Request,
  ): Promise<string | undefined> {
    const { answer } = await this.bus.request(idempotencyRpc.openIdempotent, {
      appId: appPath.safeParse(params).data?.appId ?? 0,
      key: sealed.id,
      request: hash(`${method} ${url}\0${JSON.stringify(body ?? null)}`),
      holder,
    });
    return answer;
  }

  /** The act is done or has failed already: a failure here must not change its answer. */
  private async close(sealed: SealedAnswer, holder: string, answer: string | undefined): Promise<void> {
    const isTooLarge = answer !== undefined && answer.length > idempotencyRpc.idempotentAnswerMaxChars;
    try {
      await this.bus.request(idempotencyRpc.closeIdempotent, {
        key: sealed.id,
        holder,
        ...(answer === undefined ? {} : { answer: isTooLarge ? tooLargeAnswer : answer }),
      });
    } catch (error) {
      this.logger.warn({ err: error }, 'answer not stored under its Idempotency-Key');
    }
  }
}

function parseKey(text: string): string {
  const parsed = idempotencyRpc.idempotencyKeySchema.safeParse(text);
  if (!parsed.success) {
    throw new AppError('COMMON_ILLEGAL_PARAM', {
      message: describeArgument(headerName, 'not 1 to 128 visible ASCII characters'),
      details: { path: headerName },
    });
  }
  return parsed.data;
}

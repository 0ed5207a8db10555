import { setTimeout as delay } from 'node:timers/promises';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AppError, type auditRpc, newId } from '@polyroom/contracts';
import { catchError, mergeMap, type Observable } from 'rxjs';
import { type GuardedRequest, originOf, statementOf } from '../authority/authority.guard.js';
import { mayHaveHappened } from '../may-have-happened.js';
import { ActReports } from './act-reports.js';
import { type AuditedAct, auditedKey } from './audited.decorator.js';

type Request = GuardedRequest & { params: Record<string, string | undefined>; body: unknown };

/** How long a reply waits until its act is stored. An act is not refused because the audit is late. */
const waitMs = 2000;

/**
 * Reports what operators did, after the outcome is known: a row says what happened, not what was attempted. An act
 * that was refused has no row. One without an answer has the outcome `unknown`.
 */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly reports: ActReports,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const act = this.reflector.get<AuditedAct | 'owner' | undefined>(auditedKey, context.getHandler());
    if (act === undefined || act === 'owner') {
      return next.handle();
    }
    const request = context.switchToHttp().getRequest<Request>();
    return next.handle().pipe(
      mergeMap(async (reply: unknown) => {
        await this.report(act, request, 'done', reply);
        return reply;
      }),
      catchError(async (error: unknown) => {
        if (mayHaveHappened(error)) {
          await this.report(act, request, 'unknown', undefined, error);
        }
        throw error;
      }),
    );
  }

  private async report(
    act: AuditedAct,
    request: Request,
    outcome: auditRpc.ReportedAct['outcome'],
    reply: unknown,
    error?: unknown,
  ): Promise<void> {
    const { params } = request;
    const body = (request.body ?? {}) as Record<string, unknown>;
    const described = { params, body, reply: reply as Record<string, unknown> | undefined };
    const code = error instanceof AppError ? { code: error.code } : {};
    const stored = this.reports.add({
      reportId: newId('report'),
      // Not the end of an act that takes long: the statement is valid for 30 s.
      atMs: request.authorizedAtMs!,
      statement: statementOf(request),
      ...originOf(request),
      action: act.action,
      appId: Number(params['appId']),
      subject: act.subject(described),
      // Through JSON, which drops members that are undefined.
      after: JSON.parse(JSON.stringify({ ...act.after?.(described), ...code })) as never,
      outcome,
    });
    if (act.waits !== false) {
      await Promise.race([stored, delay(waitMs, undefined, { ref: false })]);
    }
  }
}

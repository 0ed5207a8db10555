import { randomBytes } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { AppError, type ParsedRequestOf, type ReplyOf, webhooksRpc } from '@polyroom/contracts';
import { LOGGER, RpcHandler } from '@polyroom/nest-service';
import { type Logger } from '@polyroom/observability';
import { z } from 'zod';
import { signStandard } from '../send/format-standard.js';
import { HttpSender } from '../send/http-sender.js';
import { LoginHooks } from './login-hooks.js';

/** The answer of an application. Not strict: it may say more. */
const answerSchema = z.discriminatedUnion('action', [
  z.object({ action: z.literal('allow'), ...webhooksRpc.decideLogin.reply.shape }),
  z.object({ action: z.literal('deny'), reason: z.string().max(256).optional() }),
]);

/** Asks applications whether a user may log in. */
@Controller()
export class LoginDecisionHandler {
  constructor(
    private readonly hooks: LoginHooks,
    private readonly http: HttpSender,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @RpcHandler(webhooksRpc.decideLogin)
  async decide(
    request: ParsedRequestOf<typeof webhooksRpc.decideLogin>,
  ): Promise<ReplyOf<typeof webhooksRpc.decideLogin>> {
    const { appId } = request;
    const hook = await this.hooks.get(appId);
    if (hook === undefined) {
      // Removed a moment ago.
      return {};
    }
    const at = new Date();
    const body = JSON.stringify({ type: 'login.decide', timestamp: at.toISOString(), data: request });
    const signed = signStandard(`login_${randomBytes(12).toString('hex')}`, body, [hook.secret], at);
    const { ok, error, answer } = await this.http.send(hook.url, signed, hook.deadlineMs);
    const parsed = ok ? parseAnswer(answer) : undefined;
    if (parsed === undefined) {
      this.logger.warn({ appId, error: error ?? 'invalid answer' }, 'login hook failed');
      throw new AppError('LOGIN_HOOK_FAILED', {
        fault: 'client',
        details: { reason: error ?? 'invalid answer' },
      });
    }
    if (parsed.action === 'deny') {
      const details = parsed.reason === undefined ? {} : { details: { reason: parsed.reason } };
      throw new AppError('LOGIN_REFUSED_BY_APP', details);
    }
    const { rights, streams } = parsed;
    return {
      ...(rights === undefined ? {} : { rights }),
      ...(streams === undefined ? {} : { streams }),
    };
  }
}

function parseAnswer(text: string | undefined): z.output<typeof answerSchema> | undefined {
  try {
    return answerSchema.parse(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}

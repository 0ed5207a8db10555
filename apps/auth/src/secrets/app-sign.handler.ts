import { Controller, Inject } from '@nestjs/common';
import { Bus, type RequestContext } from '@polyroom/bus';
import {
  AppError,
  appSecretsRpc,
  entitlementsChanged,
  type ParsedRequestOf,
  type ReplyOf,
} from '@polyroom/contracts';
import { Ctx, LOGGER, Payload, RpcHandler } from '@polyroom/nest-service';
import { Database } from '@polyroom/persistence';
import { type Logger } from 'pino';
import { hashAppSign } from '../authenticate/app-sign.js';
import { newAppSign } from './new-credentials.js';

/** Replaces the AppSign of an AppID. */
@Controller()
export class AppSignHandler {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The reply is the only place where the AppSign is shown. */
  @RpcHandler(appSecretsRpc.replaceAppSign)
  async replace(
    @Payload()
    {
      appId,
      appSign = newAppSign(),
      oldValidUntilMs,
      ...origin
    }: ParsedRequestOf<typeof appSecretsRpc.replaceAppSign>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof appSecretsRpc.replaceAppSign>> {
    if (oldValidUntilMs !== undefined && oldValidUntilMs <= Date.now()) {
      throw new AppError('COMMON_ILLEGAL_PARAM', {
        message: 'oldValidUntilMs: is in the past. Omit it to refuse the old AppSign at once.',
        details: { path: 'oldValidUntilMs' },
      });
    }
    const oldValidUntil = oldValidUntilMs === undefined ? undefined : new Date(oldValidUntilMs);
    const version = await this.database.apps.replaceAppSign(appId, hashAppSign(appSign), oldValidUntil, {
      ...origin,
      actor,
    });
    this.bus.publish(entitlementsChanged, {}, { appId, version });
    this.logger.info({ actor, appId, oldValidUntilMs }, 'app sign replaced');
    return { appSign, ...(oldValidUntilMs === undefined ? {} : { oldValidUntilMs }) };
  }
}

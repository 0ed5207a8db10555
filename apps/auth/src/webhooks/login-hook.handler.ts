import { Controller, Inject } from '@nestjs/common';
import { Bus, type RequestContext } from '@polyroom/bus';
import {
  entitlementsChanged,
  type ParsedRequestOf,
  type ReplyOf,
  webhooksChanged,
  webhooksRpc,
} from '@polyroom/contracts';
import { Ctx, LOGGER, Payload, RpcHandler } from '@polyroom/nest-service';
import { Database } from '@polyroom/persistence';
import { type Logger } from 'pino';
import { webhookSecretFor } from './webhook-secret.js';

const { deleteLoginHook, getLoginHook, readLoginHook, setLoginHook } = webhooksRpc;

/** The hook by which an application decides logins. */
@Controller()
export class LoginHookHandler {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @RpcHandler(getLoginHook)
  async get({ appId }: ParsedRequestOf<typeof getLoginHook>): Promise<ReplyOf<typeof getLoginHook>> {
    const loginHook = await this.database.loginHooks.find(appId);
    return loginHook === undefined ? {} : { loginHook };
  }

  @RpcHandler(readLoginHook)
  async read({ appId }: ParsedRequestOf<typeof readLoginHook>): Promise<ReplyOf<typeof readLoginHook>> {
    const loginHook = await this.database.loginHooks.findWithSecret(appId);
    return loginHook === undefined ? {} : { loginHook };
  }

  /** The reply is the only place where a new secret is shown. */
  @RpcHandler(setLoginHook)
  async set(
    @Payload()
    { appId, secret: given, url, deadlineMs, onFailure, ...origin }: ParsedRequestOf<typeof setLoginHook>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof setLoginHook>> {
    const secret = webhookSecretFor('standard', given);
    const loginHook = { url, deadlineMs, onFailure };
    const { version, isSecretStored } = await this.database.loginHooks.set(
      appId,
      loginHook,
      { secret, keepsSecret: given === undefined },
      { ...origin, actor },
    );
    this.announce(appId, version, { actor }, 'login hook set');
    return { loginHook, ...(isSecretStored ? { secret } : {}) };
  }

  @RpcHandler(deleteLoginHook)
  async delete(
    @Payload() { appId, ...origin }: ParsedRequestOf<typeof deleteLoginHook>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof deleteLoginHook>> {
    const { version } = await this.database.loginHooks.delete(appId, { ...origin, actor });
    this.announce(appId, version, { actor }, 'login hook deleted');
    return {};
  }

  /** After the commit. Instances of auth and gateways forget what they know of the AppID. */
  private announce(appId: number, version: number, fields: object, event: string): void {
    this.bus.publish(entitlementsChanged, {}, { appId, version });
    this.bus.publish(webhooksChanged, {}, { appId });
    this.logger.info({ appId, ...fields }, event);
  }
}

import { Controller, Inject } from '@nestjs/common';
import { Bus, type RequestContext } from '@polyroom/bus';
import { Ctx, Payload, RpcHandler } from '@polyroom/nest-service';
import {
  appDisabled,
  authRpc,
  entitlementsChanged,
  type ParsedRequestOf,
  type ReplyOf,
  webhooksChanged,
} from '@polyroom/contracts';
import { Database } from '@polyroom/persistence';
import { secretIdOf } from '@polyroom/tokens';
import { type Logger } from 'pino';
import { hashAppSign } from '../authenticate/app-sign.js';
import { LOGGER } from '@polyroom/nest-service';
import { newAppSign, newServerSecret } from '../secrets/new-credentials.js';

/** Administration of AppIDs. */
@Controller()
export class AppsHandler {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @RpcHandler(authRpc.listApps)
  async list(): Promise<ReplyOf<typeof authRpc.listApps>> {
    return { apps: await this.database.apps.list() };
  }

  @RpcHandler(authRpc.getApp)
  async get({ appId }: ParsedRequestOf<typeof authRpc.getApp>): Promise<ReplyOf<typeof authRpc.getApp>> {
    return { app: await this.database.apps.find(appId) };
  }

  /** The reply is the only place where AppSign and ServerSecret are shown. */
  @RpcHandler(authRpc.createApp)
  async create(
    @Payload()
    {
      appId,
      name,
      appSign = newAppSign(),
      serverSecret = newServerSecret(),
      credentialKinds,
      ...origin
    }: ParsedRequestOf<typeof authRpc.createApp>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof authRpc.createApp>> {
    const app = await this.database.apps.create({
      appId,
      name,
      appSignHash: hashAppSign(appSign),
      secret: { secretId: secretIdOf(serverSecret), value: serverSecret },
      credentialKinds,
      ...origin,
      actor,
    });
    // Every instance of auth reads it, and knows it if the database becomes unavailable.
    this.bus.publish(entitlementsChanged, {}, { appId, version: 0 });
    this.logger.info({ actor, appId }, 'app created');
    return { app, appSign, serverSecret };
  }

  /** A disabled AppID refuses logins, and its sessions end within 2 s. */
  @RpcHandler(authRpc.setAppEnabled)
  async setEnabled(
    @Payload() { appId, enabled, ...origin }: ParsedRequestOf<typeof authRpc.setAppEnabled>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof authRpc.setAppEnabled>> {
    const { app, version } = await this.database.apps.setEnabled(appId, enabled, { ...origin, actor });
    // First: a login that begins later must not be answered from a cache.
    this.bus.publish(entitlementsChanged, {}, { appId, version });
    if (!enabled) {
      this.bus.publish(appDisabled, {}, { appId });
    }
    this.bus.publish(webhooksChanged, {}, { appId });
    this.logger.info({ actor, appId, enabled }, 'app switched');
    return { app };
  }

  /** For later logins: the caches of credentials in auth and at the gateways drop their entry. */
  @RpcHandler(authRpc.setAppCredentials)
  async setCredentials(
    @Payload()
    { appId, credentialKinds, maxTokenSeconds, ...origin }: ParsedRequestOf<typeof authRpc.setAppCredentials>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof authRpc.setAppCredentials>> {
    const policy = { credentialKinds, maxTokenSeconds };
    const { app, version } = await this.database.apps.setCredentials(appId, policy, { ...origin, actor });
    this.bus.publish(entitlementsChanged, {}, { appId, version });
    this.logger.info({ actor, appId, ...policy }, 'accepted credentials changed');
    return { app };
  }
}

import { Controller, Inject } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { RpcHandler } from '@polyroom/nest-service';
import { authRpc, entitlementsChanged, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
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

  /** The reply is the only place where AppSign and ServerSecret are shown. */
  @RpcHandler(authRpc.createApp)
  async create({
    actor,
    appId,
    name,
    appSign = newAppSign(),
    serverSecret = newServerSecret(),
  }: ParsedRequestOf<typeof authRpc.createApp>): Promise<ReplyOf<typeof authRpc.createApp>> {
    const app = await this.database.apps.create({
      appId,
      name,
      appSignHash: hashAppSign(appSign),
      secret: { secretId: secretIdOf(serverSecret), value: serverSecret },
      actor,
    });
    this.logger.info({ actor, appId }, 'app created');
    return { app, appSign, serverSecret };
  }

  /** A disabled AppID refuses logins; current sessions stay until they leave. */
  @RpcHandler(authRpc.setAppEnabled)
  async setEnabled({
    actor,
    appId,
    enabled,
  }: ParsedRequestOf<typeof authRpc.setAppEnabled>): Promise<ReplyOf<typeof authRpc.setAppEnabled>> {
    const { app, version } = await this.database.apps.setEnabled(appId, enabled, actor);
    this.bus.publish(entitlementsChanged, {}, { appId, version });
    this.logger.info({ actor, appId, enabled }, 'app switched');
    return { app };
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Inject } from '@nestjs/common';
import { Bus, type RequestContext } from '@polyroom/bus';
import {
  AppError,
  appDisabled,
  authRpc,
  entitlementsChanged,
  messagingRpc,
  type ParsedRequestOf,
  type ReplyOf,
  roomAdminRpc,
  webhooksChanged,
} from '@polyroom/contracts';
import { Ctx, LOGGER, Payload, RpcHandler } from '@polyroom/nest-service';
import { Database } from '@polyroom/persistence';
import { type Logger } from 'pino';
import { StatementKeys } from '../authority/statement-keys.js';

/** Within this time every cache refuses logins of a disabled AppID, and a login that was accepted before has ended. */
const lastLoginMs = 2000;

/** Deletes an AppID with everything that belongs to it. */
@Controller()
export class DeleteAppHandler {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Bus) private readonly bus: Bus,
    private readonly keys: StatementKeys,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Each step may be repeated: after a failure the AppID stays disabled, and another request continues. */
  @RpcHandler(authRpc.deleteApp)
  async delete(
    @Payload() { appId, confirm, ...origin }: ParsedRequestOf<typeof authRpc.deleteApp>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof authRpc.deleteApp>> {
    const { name, enabled } = await this.database.apps.find(appId);
    if (confirm !== name) {
      throw new AppError('ADMIN_APP_CONFIRMATION_WRONG', { details: { path: 'confirm' } });
    }
    if (enabled) {
      const { version } = await this.database.apps.setEnabled(appId, false, { ...origin, actor });
      this.bus.publish(entitlementsChanged, {}, { appId, version });
      this.bus.publish(appDisabled, {}, { appId });
      this.bus.publish(webhooksChanged, {}, { appId });
    }
    await this.closeRooms(appId, actor);
    await sleep(lastLoginMs);
    await this.closeRooms(appId, actor);
    await this.bus.request(messagingRpc.purgeApp, { appId }, { statement: await this.state(actor, appId) });
    const version = await this.database.apps.delete(appId, { ...origin, actor });
    this.bus.publish(entitlementsChanged, {}, { appId, version });
    this.bus.publish(webhooksChanged, {}, { appId });
    this.logger.info({ actor, appId }, 'app deleted');
    return {};
  }

  /** A new statement for each request: together they may take longer than one is valid. */
  private state(actor: string, appId: number): Promise<string> {
    return this.keys.sign({ actor, kind: 'operator', permission: 'apps:delete', appId });
  }

  private async closeRooms(appId: number, actor: string): Promise<void> {
    for (let isComplete = false; !isComplete;) {
      ({ isComplete } = await this.bus.request(
        roomAdminRpc.closeApp,
        { appId },
        { statement: await this.state(actor, appId) },
      ));
    }
  }
}

import { Controller, Inject } from '@nestjs/common';
import { Bus, type RequestContext } from '@polyroom/bus';
import { appSecretsRpc, entitlementsChanged, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { Ctx, LOGGER, Payload, RpcHandler } from '@polyroom/nest-service';
import { Database, type SecretChange } from '@polyroom/persistence';
import { secretIdOf } from '@polyroom/tokens';
import { type Logger } from 'pino';
import { newServerSecret } from './new-credentials.js';

type Secrets = ReplyOf<typeof appSecretsRpc.listSecrets>;

/** Rotation of the ServerSecrets of an AppID. */
@Controller()
export class SecretsHandler {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @RpcHandler(appSecretsRpc.listSecrets)
  async list({ appId }: ParsedRequestOf<typeof appSecretsRpc.listSecrets>): Promise<Secrets> {
    return { secrets: await this.database.secrets.list(appId) };
  }

  /** The reply is the only place where the secret is shown. */
  @RpcHandler(appSecretsRpc.addSecret)
  async add(
    @Payload()
    { appId, serverSecret = newServerSecret(), ...origin }: ParsedRequestOf<typeof appSecretsRpc.addSecret>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof appSecretsRpc.addSecret>> {
    const secretId = secretIdOf(serverSecret);
    const secret = { secretId, value: serverSecret };
    const change = await this.database.secrets.add(appId, secret, { ...origin, actor });
    const { secrets } = this.announce({ actor, appId, secretId }, change, 'secret added');
    return { secret: secrets.find((added) => added.secretId === secretId)!, serverSecret };
  }

  @RpcHandler(appSecretsRpc.promoteSecret)
  async promote(
    @Payload() { appId, secretId, ...origin }: ParsedRequestOf<typeof appSecretsRpc.promoteSecret>,
    @Ctx() { actor }: RequestContext,
  ): Promise<Secrets> {
    const change = await this.database.secrets.promote(appId, secretId, { ...origin, actor });
    return this.announce({ actor, appId, secretId }, change, 'secret promoted');
  }

  @RpcHandler(appSecretsRpc.retireSecret)
  async retire(
    @Payload() { appId, secretId, ...origin }: ParsedRequestOf<typeof appSecretsRpc.retireSecret>,
    @Ctx() { actor }: RequestContext,
  ): Promise<Secrets> {
    const change = await this.database.secrets.retire(appId, secretId, { ...origin, actor });
    return this.announce({ actor, appId, secretId }, change, 'secret retired');
  }

  /** After the commit: an instance that reads because of the event must find the change. */
  private announce(
    fields: { actor: string; appId: number; secretId: string },
    { secrets, version }: SecretChange,
    event: string,
  ): Secrets {
    this.bus.publish(entitlementsChanged, {}, { appId: fields.appId, version });
    this.logger.info(fields, event);
    return { secrets };
  }
}

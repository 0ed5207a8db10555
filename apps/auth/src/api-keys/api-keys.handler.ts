import { Controller, Inject } from '@nestjs/common';
import { Bus, type RequestContext } from '@polyroom/bus';
import { apiKeyChanged, AppError, authRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { Ctx, LOGGER, Payload, RpcHandler } from '@polyroom/nest-service';
import { Database } from '@polyroom/persistence';
import { type Logger } from 'pino';
import { createKey } from './api-key.js';

/** Administration of API keys. */
@Controller()
export class ApiKeysHandler {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The reply is the only place where the key is shown. */
  @RpcHandler(authRpc.createApiKey)
  async create(
    @Payload()
    { appId, name, permissions, expiresInMs, ...origin }: ParsedRequestOf<typeof authRpc.createApiKey>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof authRpc.createApiKey>> {
    const { keyId, key, secretHash } = createKey();
    const apiKey = await this.database.apiKeys.create({
      ...{ ...origin, appId, keyId, name, secretHash, permissions, actor },
      expiresAtMs: Date.now() + expiresInMs,
      maxKeys: authRpc.apiKeyMaxCount,
    });
    this.logger.info({ actor, appId, keyId, permissions }, 'API key created');
    return { apiKey, key };
  }

  @RpcHandler(authRpc.listApiKeys)
  async list({
    appId,
  }: ParsedRequestOf<typeof authRpc.listApiKeys>): Promise<ReplyOf<typeof authRpc.listApiKeys>> {
    const apiKeys = await this.database.apiKeys.list(appId);
    if (apiKeys === undefined) {
      throw new AppError('ADMIN_APP_NOT_FOUND');
    }
    return { apiKeys };
  }

  @RpcHandler(authRpc.setApiKeyExpiry)
  async setExpiry(
    @Payload() { appId, keyId, expiresInMs, ...origin }: ParsedRequestOf<typeof authRpc.setApiKeyExpiry>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof authRpc.setApiKeyExpiry>> {
    const expiresAtMs = Date.now() + expiresInMs;
    const apiKey = await this.database.apiKeys.setExpiry({ ...origin, appId, keyId, actor }, expiresAtMs);
    this.bus.publish(apiKeyChanged, {}, { appId, keyId });
    this.logger.info({ actor, appId, keyId, expiresAtMs }, 'expiry of an API key changed');
    return { apiKey };
  }

  @RpcHandler(authRpc.revokeApiKey)
  async revoke(
    @Payload() { appId, keyId, ...origin }: ParsedRequestOf<typeof authRpc.revokeApiKey>,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReplyOf<typeof authRpc.revokeApiKey>> {
    const apiKey = await this.database.apiKeys.revoke({ ...origin, appId, keyId, actor });
    this.bus.publish(apiKeyChanged, {}, { appId, keyId });
    this.logger.info({ actor, appId, keyId }, 'API key revoked');
    return { apiKey };
  }
}

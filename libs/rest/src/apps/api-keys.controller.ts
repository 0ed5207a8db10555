import { Body, Controller, Delete, Get, Param, Post, Put, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { auditRpc, authRpc, type ReplyOf } from '@polyroom/contracts';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { type z } from 'zod';
import { AuditedByOwner } from '../audit/audited.decorator.js';
import { type ActOrigin, AuthorityGuard, Origin, Statement } from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';
import { apiKeyPath, type ApiKeyPath, appPath, type AppPath } from '../rest-params.js';

const createBody = authRpc.createApiKey.request.omit({ appId: true, ...auditRpc.originKeys });
const expiryBody = authRpc.setApiKeyExpiry.request.pick({ expiresInMs: true });

/** Credentials of application servers, managed by operators. */
@Controller('v1/apps/:appId/api-keys')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class ApiKeysController {
  constructor(private readonly bus: Bus) {}

  @Post()
  @Requires('apiKeys:write')
  @AuditedByOwner()
  @ApiRoute('Creates an API key; the only reply with the key.', authRpc.createApiKey, 201)
  create(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: createBody }) body: z.output<typeof createBody>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof authRpc.createApiKey>> {
    return this.bus.request(authRpc.createApiKey, { ...origin, ...body, appId }, { statement });
  }

  @Get()
  @Requires('apiKeys:read')
  @ApiRoute('Lists the API keys of an AppID, without their secrets.', authRpc.listApiKeys)
  list(
    @Statement() statement: string,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof authRpc.listApiKeys>> {
    return this.bus.request(authRpc.listApiKeys, { appId }, { statement });
  }

  @Put(':keyId/expiry')
  @Requires('apiKeys:write')
  @AuditedByOwner()
  @ApiRoute('Sets the expiry of an API key, from now.', authRpc.setApiKeyExpiry)
  setExpiry(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: expiryBody }) { expiresInMs }: z.output<typeof expiryBody>,
    @Param({ schema: apiKeyPath }) key: ApiKeyPath,
  ): Promise<ReplyOf<typeof authRpc.setApiKeyExpiry>> {
    return this.bus.request(authRpc.setApiKeyExpiry, { ...origin, ...key, expiresInMs }, { statement });
  }

  @Delete(':keyId')
  @Requires('apiKeys:write')
  @AuditedByOwner()
  @ApiRoute('Revokes an API key for good.', authRpc.revokeApiKey)
  revoke(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Param({ schema: apiKeyPath }) key: ApiKeyPath,
  ): Promise<ReplyOf<typeof authRpc.revokeApiKey>> {
    return this.bus.request(authRpc.revokeApiKey, { ...origin, ...key }, { statement });
  }
}

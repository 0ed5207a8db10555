import { Body, Controller, Delete, Get, Param, Post, Put, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { appSecretsRpc, type ReplyOf } from '@polyroom/contracts';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { z } from 'zod';
import { AuditedByOwner } from '../audit/audited.decorator.js';
import { type ActOrigin, AuthorityGuard, Origin, Statement } from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';
import { appPath, type AppPath, secretPath, type SecretPath } from '../rest-params.js';

const addBody = appSecretsRpc.addSecret.request
  .pick({ serverSecret: true })
  .nullish()
  .transform((body) => body ?? {});
const appSignBody = appSecretsRpc.replaceAppSign.request
  .pick({ appSign: true, oldValidUntilMs: true })
  .nullish()
  .transform((body) => body ?? {});

type Secrets = ReplyOf<typeof appSecretsRpc.listSecrets>;

/** ServerSecrets and the AppSign of an AppID. */
@Controller('v1/apps/:appId')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class SecretsController {
  constructor(private readonly bus: Bus) {}

  @Get('secrets')
  @Requires('secrets:read')
  @ApiRoute('Lists the ServerSecrets of an AppID, without their values.', appSecretsRpc.listSecrets)
  list(@Statement() statement: string, @Param({ schema: appPath }) { appId }: AppPath): Promise<Secrets> {
    return this.bus.request(appSecretsRpc.listSecrets, { appId }, { statement });
  }

  @Post('secrets')
  @Requires('secrets:write')
  @AuditedByOwner()
  @ApiRoute('Adds a ServerSecret; the only reply with its value.', appSecretsRpc.addSecret, 201)
  add(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: addBody }) body: z.output<typeof addBody>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof appSecretsRpc.addSecret>> {
    return this.bus.request(appSecretsRpc.addSecret, { ...origin, ...body, appId }, { statement });
  }

  @Put('secrets/:secretId/primary')
  @Requires('secrets:write')
  @AuditedByOwner()
  @ApiRoute('Makes a ServerSecret the one that new tokens should use.', appSecretsRpc.promoteSecret)
  promote(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Param({ schema: secretPath }) secret: SecretPath,
  ): Promise<Secrets> {
    return this.bus.request(appSecretsRpc.promoteSecret, { ...origin, ...secret }, { statement });
  }

  /** Its tokens are refused from now on (1002033); current members stay in their rooms. */
  @Delete('secrets/:secretId')
  @Requires('secrets:write')
  @AuditedByOwner()
  @ApiRoute('Retires a ServerSecret: its tokens are refused.', appSecretsRpc.retireSecret)
  retire(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Param({ schema: secretPath }) secret: SecretPath,
  ): Promise<Secrets> {
    return this.bus.request(appSecretsRpc.retireSecret, { ...origin, ...secret }, { statement });
  }

  @Put('app-sign')
  @Requires('secrets:write')
  @AuditedByOwner()
  @ApiRoute('Replaces the AppSign; the only reply with the new one.', appSecretsRpc.replaceAppSign)
  replaceAppSign(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: appSignBody }) body: z.output<typeof appSignBody>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof appSecretsRpc.replaceAppSign>> {
    return this.bus.request(appSecretsRpc.replaceAppSign, { ...origin, ...body, appId }, { statement });
  }
}

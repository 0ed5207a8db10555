import { Body, Controller, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { authRpc, type ReplyOf } from '@polyroom/contracts';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { type z } from 'zod';
import { AuditedByOwner } from '../audit/audited.decorator.js';
import { type ActOrigin, AuthorityGuard, Origin, Statement } from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';
import { appPath, type AppPath } from '../rest-params.js';

/** Tokens that are no longer accepted. */
@Controller('v1/apps/:appId/revocations')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class RevocationsController {
  constructor(private readonly bus: Bus) {}

  @Post()
  @Requires('tokens:revoke')
  @AuditedByOwner()
  @ApiRoute(
    'Revokes a token, all tokens of a user, or all that were issued before a time.',
    authRpc.revokeTokens,
    201,
  )
  revoke(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: authRpc.revokeSchema }) body: z.output<typeof authRpc.revokeSchema>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof authRpc.revokeTokens>> {
    return this.bus.request(authRpc.revokeTokens, { ...origin, ...body, appId }, { statement });
  }
}

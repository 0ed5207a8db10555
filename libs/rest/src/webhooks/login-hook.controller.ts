import { Body, Controller, Delete, Get, Param, Put, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { auditRpc, type ReplyOf, webhooksRpc } from '@polyroom/contracts';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { type z } from 'zod';
import { AuditedByOwner } from '../audit/audited.decorator.js';
import { type ActOrigin, AuthorityGuard, Origin, Statement } from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';
import { appPath, type AppPath } from '../rest-params.js';

const { deleteLoginHook, getLoginHook, setLoginHook } = webhooksRpc;
const setBody = setLoginHook.request.omit({ appId: true, ...auditRpc.originKeys });

/** The hook by which an application decides logins. */
@Controller('v1/apps/:appId/login-hook')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class LoginHookController {
  constructor(private readonly bus: Bus) {}

  @Get()
  @Requires('webhooks:read')
  @ApiRoute('Reads the login hook, without its secret.', getLoginHook)
  get(
    @Statement() statement: string,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof getLoginHook>> {
    return this.bus.request(getLoginHook, { appId }, { statement });
  }

  @Put()
  @Requires('webhooks:write')
  @AuditedByOwner()
  @ApiRoute('Sets the login hook; a new secret is shown only in this reply.', setLoginHook)
  set(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: setBody }) body: z.output<typeof setBody>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof setLoginHook>> {
    return this.bus.request(setLoginHook, { ...origin, ...body, appId }, { statement });
  }

  @Delete()
  @Requires('webhooks:write')
  @AuditedByOwner()
  @ApiRoute('Removes the login hook: the token alone decides.', deleteLoginHook)
  delete(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof deleteLoginHook>> {
    return this.bus.request(deleteLoginHook, { ...origin, appId }, { statement });
  }
}

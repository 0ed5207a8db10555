import { Body, Controller, Get, Param, Put, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { AppError, auditRpc, authRpc, type ReplyOf, roomAdminRpc } from '@polyroom/contracts';
import { failsWith } from '@polyroom/nest-service';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { type z } from 'zod';
import { AuditedByOwner } from '../audit/audited.decorator.js';
import { type ActOrigin, AuthorityGuard, Origin, Statement } from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';
import { ApiEtag, ApiIfMatch, IfMatch, type Reply, setEtag } from '../etag.js';
import {
  appPath,
  type AppPath,
  entitlementPath,
  type EntitlementPath,
  userEntitlementPath,
  type UserEntitlementPath,
  userPath,
  type UserPath,
} from '../rest-params.js';

type SetReply = ReplyOf<typeof authRpc.setEntitlement>;

const setBody = failsWith(
  'ADMIN_ENTITLEMENT_VALUE_INVALID',
  authRpc.setEntitlement.request.omit({ appId: true, name: true, ifVersion: true, ...auditRpc.originKeys }),
);
type SetBody = z.output<typeof setBody>;

/** The entitlements of an AppID and its users, and what is used of its quotas. */
@Controller('v1/apps/:appId')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class EntitlementsController {
  constructor(private readonly bus: Bus) {}

  @Get('entitlements')
  @Requires('entitlements:read')
  @ApiRoute('Lists the entitlements of an AppID.', authRpc.listEntitlements)
  list(
    @Statement() statement: string,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof authRpc.listEntitlements>> {
    return this.bus.request(authRpc.listEntitlements, { appId }, { statement });
  }

  @Get('entitlements/:name')
  @Requires('entitlements:read')
  @ApiRoute('Reads an entitlement.', {
    reply: authRpc.setEntitlement.reply,
    errors: ['ADMIN_APP_NOT_FOUND', 'ADMIN_ENTITLEMENT_UNKNOWN', 'AUTHORITY_INVALID'],
  })
  @ApiEtag()
  async get(
    @Statement() statement: string,
    @Res({ passthrough: true }) response: Reply,
    @Param({ schema: entitlementPath }) { appId, name }: EntitlementPath,
  ): Promise<SetReply> {
    const { entitlements, version } = await this.list(statement, { appId });
    const entitlement = entitlements.find((row) => row.name === name);
    if (entitlement === undefined) {
      throw new AppError('ADMIN_ENTITLEMENT_UNKNOWN');
    }
    setEtag(response, String(version));
    return { entitlement, version };
  }

  @Put('entitlements/:name')
  @Requires('entitlements:write')
  @AuditedByOwner()
  @ApiRoute('Sets an entitlement; null restores the default.', authRpc.setEntitlement)
  @ApiEtag()
  @ApiIfMatch()
  async set(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) response: Reply,
    @Body({ schema: setBody }) body: SetBody,
    @Param({ schema: entitlementPath }) { appId, name }: EntitlementPath,
  ): Promise<SetReply> {
    const request = { ...origin, appId, name, ...body, ...toExpectedVersion(ifMatch) };
    const reply = await this.bus.request(authRpc.setEntitlement, request, { statement });
    setEtag(response, String(reply.version));
    return reply;
  }

  @Get('users/:userId/entitlements')
  @Requires('entitlements:read')
  @ApiRoute('Lists the entitlements that can be set for a user.', authRpc.listUserEntitlements)
  listOfUser(
    @Statement() statement: string,
    @Param({ schema: userPath }) { appId, userId }: UserPath,
  ): Promise<ReplyOf<typeof authRpc.listUserEntitlements>> {
    return this.bus.request(authRpc.listUserEntitlements, { appId, userId }, { statement });
  }

  @Put('users/:userId/entitlements/:name')
  @Requires('entitlements:write')
  @AuditedByOwner()
  @ApiRoute('Sets an entitlement of a user; null restores that of the AppID.', authRpc.setUserEntitlement)
  @ApiEtag()
  @ApiIfMatch()
  async setOfUser(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) response: Reply,
    @Body({ schema: setBody }) body: SetBody,
    @Param({ schema: userEntitlementPath }) { appId, userId, name }: UserEntitlementPath,
  ): Promise<SetReply> {
    const request = { ...origin, appId, userId, name, ...body, ...toExpectedVersion(ifMatch) };
    const reply = await this.bus.request(authRpc.setUserEntitlement, request, { statement });
    setEtag(response, String(reply.version));
    return reply;
  }

  @Get('quotas')
  @Requires('entitlements:read')
  @ApiRoute('Lists the quotas of an AppID, and what is used of them.', roomAdminRpc.readQuotas)
  readQuotas(
    @Statement() statement: string,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.readQuotas>> {
    return this.bus.request(roomAdminRpc.readQuotas, { appId }, { statement });
  }
}

/** An ETag that is no version is that of no state. */
function toExpectedVersion(ifMatch: string | undefined): { ifVersion?: number } {
  if (ifMatch === undefined || ifMatch === '') {
    return {};
  }
  if (!/^\d{1,15}$/.test(ifMatch)) {
    throw new AppError('REST_PRECONDITION_FAILED');
  }
  return { ifVersion: Number(ifMatch) };
}

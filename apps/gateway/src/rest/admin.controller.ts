import { Body, Controller, Delete, Get, Param, Post, Put, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { AppError, auditRpc, authRpc, type ReplyOf } from '@polyroom/contracts';
import { failsWith } from '@polyroom/nest-service';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { type z } from 'zod';
import { AuditedByOwner } from './audit/audited.decorator.js';
import { type ActOrigin, AuthorityGuard, Origin, Statement } from './authority/authority.guard.js';
import { Requires } from './authority/requires.decorator.js';
import {
  appPath,
  type AppPath,
  entitlementPath,
  type EntitlementPath,
  userEntitlementPath,
  type UserEntitlementPath,
  userPath,
  type UserPath,
} from './rest-params.js';

const createAppBody = authRpc.createApp.request.omit(auditRpc.originKeys);
const setEntitlementBody = failsWith(
  'ADMIN_ENTITLEMENT_VALUE_INVALID',
  authRpc.setEntitlement.request.omit({ appId: true, name: true, ...auditRpc.originKeys }),
);
const setEnabledBody = authRpc.setAppEnabled.request.pick({ enabled: true });
const setCredentialsBody = authRpc.setAppCredentials.request.omit({ appId: true, ...auditRpc.originKeys });
const deleteAppBody = authRpc.deleteApp.request.pick({ confirm: true });

/** AppIDs and their entitlements. */
@Controller('v1/apps')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class AdminController {
  constructor(private readonly bus: Bus) {}

  @Post()
  @Requires('apps:create')
  @AuditedByOwner()
  @ApiRoute('Creates an AppID; the only reply with its secrets.', authRpc.createApp, 201)
  createApp(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: createAppBody }) body: z.output<typeof createAppBody>,
  ): Promise<ReplyOf<typeof authRpc.createApp>> {
    return this.bus.request(authRpc.createApp, { ...origin, ...body }, { statement });
  }

  @Get()
  @Requires('apps:read')
  @ApiRoute('Lists the AppIDs.', authRpc.listApps)
  listApps(@Statement() statement: string): Promise<ReplyOf<typeof authRpc.listApps>> {
    return this.bus.request(authRpc.listApps, {}, { statement });
  }

  /** Ends its sessions, closes its rooms, and deletes everything except its audit. */
  @Delete(':appId')
  @Requires('apps:delete')
  @AuditedByOwner()
  @ApiRoute('Deletes an AppID; `confirm` is its name.', authRpc.deleteApp)
  deleteApp(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: deleteAppBody }) { confirm }: z.output<typeof deleteAppBody>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof authRpc.deleteApp>> {
    return this.bus.request(authRpc.deleteApp, { ...origin, appId, confirm }, { statement });
  }

  @Get(':appId/entitlements')
  @Requires('entitlements:read')
  @ApiRoute('Lists the entitlements of an AppID.', authRpc.listEntitlements)
  listEntitlements(
    @Statement() statement: string,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof authRpc.listEntitlements>> {
    return this.bus.request(authRpc.listEntitlements, { appId }, { statement });
  }

  @Get(':appId/entitlements/:name')
  @Requires('entitlements:read')
  @ApiRoute('Reads an entitlement.', authRpc.setEntitlement)
  async getEntitlement(
    @Statement() statement: string,
    @Param({ schema: entitlementPath }) { appId, name }: EntitlementPath,
  ): Promise<ReplyOf<typeof authRpc.setEntitlement>> {
    const { entitlements } = await this.listEntitlements(statement, { appId });
    const entitlement = entitlements.find((row) => row.name === name);
    if (entitlement === undefined) {
      throw new AppError('ADMIN_ENTITLEMENT_UNKNOWN');
    }
    return { entitlement };
  }

  @Put(':appId/entitlements/:name')
  @Requires('entitlements:write')
  @AuditedByOwner()
  @ApiRoute('Sets an entitlement; null restores the default.', authRpc.setEntitlement)
  setEntitlement(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: setEntitlementBody }) body: z.output<typeof setEntitlementBody>,
    @Param({ schema: entitlementPath }) { appId, name }: EntitlementPath,
  ): Promise<ReplyOf<typeof authRpc.setEntitlement>> {
    return this.bus.request(authRpc.setEntitlement, { ...origin, appId, name, ...body }, { statement });
  }

  @Get(':appId/users/:userId/entitlements')
  @Requires('entitlements:read')
  @ApiRoute('Lists the entitlements that can be set for a user.', authRpc.listUserEntitlements)
  listUserEntitlements(
    @Statement() statement: string,
    @Param({ schema: userPath }) { appId, userId }: UserPath,
  ): Promise<ReplyOf<typeof authRpc.listUserEntitlements>> {
    return this.bus.request(authRpc.listUserEntitlements, { appId, userId }, { statement });
  }

  @Put(':appId/users/:userId/entitlements/:name')
  @Requires('entitlements:write')
  @AuditedByOwner()
  @ApiRoute('Sets an entitlement of a user; null restores that of the AppID.', authRpc.setUserEntitlement)
  setUserEntitlement(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: setEntitlementBody }) body: z.output<typeof setEntitlementBody>,
    @Param({ schema: userEntitlementPath }) { appId, userId, name }: UserEntitlementPath,
  ): Promise<ReplyOf<typeof authRpc.setUserEntitlement>> {
    return this.bus.request(
      authRpc.setUserEntitlement,
      { ...origin, appId, userId, name, ...body },
      { statement },
    );
  }

  /** A disabled AppID refuses logins and resumes (1000037), and its sessions end within 2 s. */
  @Put(':appId/enabled')
  @Requires('apps:write')
  @AuditedByOwner()
  @ApiRoute('Disables an AppID and ends its sessions, or enables it.', authRpc.setAppEnabled)
  setEnabled(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: setEnabledBody }) { enabled }: z.output<typeof setEnabledBody>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof authRpc.setAppEnabled>> {
    return this.bus.request(authRpc.setAppEnabled, { ...origin, appId, enabled }, { statement });
  }

  /** For every later login, within 2 s. A session that is open keeps what it has. */
  @Put(':appId/credentials')
  @Requires('apps:write')
  @AuditedByOwner()
  @ApiRoute('Sets the credentials that an AppID accepts.', authRpc.setAppCredentials)
  setCredentials(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: setCredentialsBody }) body: z.output<typeof setCredentialsBody>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof authRpc.setAppCredentials>> {
    return this.bus.request(authRpc.setAppCredentials, { ...origin, ...body, appId }, { statement });
  }
}

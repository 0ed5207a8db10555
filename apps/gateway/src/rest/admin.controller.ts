import { Body, Controller, Delete, Get, Param, Post, Put, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { AppError, authRpc, type ReplyOf } from '@polyroom/contracts';
import { failsWith } from '@polyroom/nest-service';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { z } from 'zod';
import { Actor, AdminGuard } from './admin.guard.js';
import { appPath, type AppPath, entitlementPath, type EntitlementPath } from './rest-params.js';

const createAppBody = authRpc.createApp.request.omit({ actor: true });
const setEntitlementBody = failsWith(
  'ADMIN_ENTITLEMENT_VALUE_INVALID',
  authRpc.setEntitlement.request.pick({ value: true }),
);
const setEnabledBody = authRpc.setAppEnabled.request.pick({ enabled: true });
const deleteAppBody = authRpc.deleteApp.request.pick({ confirm: true });
const auditQuery = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) });

/** AppIDs, their entitlements and their audit. */
@Controller('v1/admin/apps')
@UseGuards(AdminGuard)
@ApiBearerAuth('operator')
export class AdminController {
  constructor(private readonly bus: Bus) {}

  @Post()
  @ApiRoute('Creates an AppID; the only reply with its secrets.', authRpc.createApp, 201)
  createApp(
    @Actor() actor: string,
    @Body({ schema: createAppBody }) body: z.output<typeof createAppBody>,
  ): Promise<ReplyOf<typeof authRpc.createApp>> {
    return this.bus.request(authRpc.createApp, { ...body, actor });
  }

  @Get()
  @ApiRoute('Lists the AppIDs.', authRpc.listApps)
  listApps(): Promise<ReplyOf<typeof authRpc.listApps>> {
    return this.bus.request(authRpc.listApps, {});
  }

  /** Ends its sessions, closes its rooms, and deletes everything except its audit. */
  @Delete(':appId')
  @ApiRoute('Deletes an AppID; `confirm` is its name.', authRpc.deleteApp)
  deleteApp(
    @Actor() actor: string,
    @Body({ schema: deleteAppBody }) { confirm }: z.output<typeof deleteAppBody>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof authRpc.deleteApp>> {
    return this.bus.request(authRpc.deleteApp, { actor, appId, confirm });
  }

  @Get(':appId/entitlements')
  @ApiRoute('Lists the entitlements of an AppID.', authRpc.listEntitlements)
  listEntitlements(
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof authRpc.listEntitlements>> {
    return this.bus.request(authRpc.listEntitlements, { appId });
  }

  @Get(':appId/entitlements/:name')
  @ApiRoute('Reads an entitlement.', authRpc.setEntitlement)
  async getEntitlement(
    @Param({ schema: entitlementPath }) { appId, name }: EntitlementPath,
  ): Promise<ReplyOf<typeof authRpc.setEntitlement>> {
    const { entitlements } = await this.listEntitlements({ appId });
    const entitlement = entitlements.find((row) => row.name === name);
    if (entitlement === undefined) {
      throw new AppError('ADMIN_ENTITLEMENT_UNKNOWN');
    }
    return { entitlement };
  }

  @Put(':appId/entitlements/:name')
  @ApiRoute('Sets an entitlement; null restores the default.', authRpc.setEntitlement)
  setEntitlement(
    @Actor() actor: string,
    @Body({ schema: setEntitlementBody }) { value }: z.output<typeof setEntitlementBody>,
    @Param({ schema: entitlementPath }) { appId, name }: EntitlementPath,
  ): Promise<ReplyOf<typeof authRpc.setEntitlement>> {
    return this.bus.request(authRpc.setEntitlement, { actor, appId, name, value });
  }

  @Get(':appId/audit')
  @ApiRoute('Lists changes with their operators, newest first.', authRpc.listAudit)
  listAudit(
    @Query({ schema: auditQuery }) { limit }: z.output<typeof auditQuery>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof authRpc.listAudit>> {
    return this.bus.request(authRpc.listAudit, { appId, limit });
  }

  /** A disabled AppID refuses every new login (1000037); members stay in their rooms. */
  @Put(':appId/enabled')
  @ApiRoute('Disables an AppID for every new login, or enables it.', authRpc.setAppEnabled)
  setEnabled(
    @Actor() actor: string,
    @Body({ schema: setEnabledBody }) { enabled }: z.output<typeof setEnabledBody>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof authRpc.setAppEnabled>> {
    return this.bus.request(authRpc.setAppEnabled, { actor, appId, enabled });
  }
}

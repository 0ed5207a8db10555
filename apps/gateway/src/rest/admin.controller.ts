import { Body, Controller, Get, Param, Post, Put, Query, UseGuards } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { AppError, authRpc, type ReplyOf } from '@polyroom/contracts';
import { failsWith } from '@polyroom/nest-service';
import { z } from 'zod';
import { Actor, AdminGuard } from './admin.guard.js';
import { appPath, type AppPath, entitlementPath, type EntitlementPath } from './rest-params.js';

const createAppBody = authRpc.createApp.request.omit({ actor: true });
const setEntitlementBody = failsWith(
  'ADMIN_ENTITLEMENT_VALUE_INVALID',
  authRpc.setEntitlement.request.pick({ value: true }),
);
const setEnabledBody = authRpc.setAppEnabled.request.pick({ enabled: true });
const auditQuery = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) });

/** AppIDs, their entitlements and their audit. */
@Controller('v1/admin/apps')
@UseGuards(AdminGuard)
export class AdminController {
  constructor(private readonly bus: Bus) {}

  @Post()
  createApp(
    @Actor() actor: string,
    @Body({ schema: createAppBody }) body: z.output<typeof createAppBody>,
  ): Promise<ReplyOf<typeof authRpc.createApp>> {
    return this.bus.request(authRpc.createApp, { ...body, actor });
  }

  @Get()
  listApps(): Promise<ReplyOf<typeof authRpc.listApps>> {
    return this.bus.request(authRpc.listApps, {});
  }

  @Get(':appId/entitlements')
  listEntitlements(
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof authRpc.listEntitlements>> {
    return this.bus.request(authRpc.listEntitlements, { appId });
  }

  @Get(':appId/entitlements/:name')
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
  setEntitlement(
    @Actor() actor: string,
    @Body({ schema: setEntitlementBody }) { value }: z.output<typeof setEntitlementBody>,
    @Param({ schema: entitlementPath }) { appId, name }: EntitlementPath,
  ): Promise<ReplyOf<typeof authRpc.setEntitlement>> {
    return this.bus.request(authRpc.setEntitlement, { actor, appId, name, value });
  }

  @Get(':appId/audit')
  listAudit(
    @Query({ schema: auditQuery }) { limit }: z.output<typeof auditQuery>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof authRpc.listAudit>> {
    return this.bus.request(authRpc.listAudit, { appId, limit });
  }

  /** A disabled AppID refuses every new login (1000037); members stay in their rooms. */
  @Put(':appId/enabled')
  setEnabled(
    @Actor() actor: string,
    @Body({ schema: setEnabledBody }) { enabled }: z.output<typeof setEnabledBody>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof authRpc.setAppEnabled>> {
    return this.bus.request(authRpc.setAppEnabled, { actor, appId, enabled });
  }
}

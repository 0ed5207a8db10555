import { Body, Controller, Get, Param, Post, Put, Query, Req, UseGuards } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import {
  AppError,
  appIdSchema,
  authRpc,
  parseArgument,
  parseOrThrow,
  type ReplyOf,
} from '@polyroom/contracts';
import { z } from 'zod';
import { AdminGuard, type AdminRequest } from './admin.guard.js';

const appIdText = z.coerce.number().pipe(appIdSchema);
const createAppBody = authRpc.createApp.request.omit({ actor: true });
const setEntitlementBody = authRpc.setEntitlement.request.pick({ value: true });
const setEnabledBody = authRpc.setAppEnabled.request.pick({ enabled: true });
const auditLimit = z.coerce.number().int().min(1).max(1000).default(100);

/** What operators do with AppIDs. */
@Controller('v1/admin/apps')
@UseGuards(AdminGuard)
export class AdminController {
  constructor(private readonly bus: Bus) {}

  @Post()
  createApp(@Req() request: AdminRequest, @Body() body: unknown): Promise<ReplyOf<typeof authRpc.createApp>> {
    return this.bus.request(authRpc.createApp, {
      ...parseOrThrow(createAppBody, body),
      actor: actorOf(request),
    });
  }

  @Get()
  listApps(): Promise<ReplyOf<typeof authRpc.listApps>> {
    return this.bus.request(authRpc.listApps, {});
  }

  @Get(':appId/entitlements')
  listEntitlements(@Param('appId') appId: string): Promise<ReplyOf<typeof authRpc.listEntitlements>> {
    return this.bus.request(authRpc.listEntitlements, { appId: parseArgument('appId', appIdText, appId) });
  }

  @Get(':appId/entitlements/:name')
  async getEntitlement(
    @Param('appId') appId: string,
    @Param('name') name: string,
  ): Promise<ReplyOf<typeof authRpc.setEntitlement>> {
    const { entitlements } = await this.listEntitlements(appId);
    const entitlement = entitlements.find((row) => row.name === name);
    if (entitlement === undefined) {
      throw new AppError('ADMIN_ENTITLEMENT_UNKNOWN');
    }
    return { entitlement };
  }

  @Put(':appId/entitlements/:name')
  setEntitlement(
    @Req() request: AdminRequest,
    @Param('appId') appId: string,
    @Param('name') name: string,
    @Body() body: unknown,
  ): Promise<ReplyOf<typeof authRpc.setEntitlement>> {
    return this.bus.request(authRpc.setEntitlement, {
      actor: actorOf(request),
      appId: parseArgument('appId', appIdText, appId),
      name,
      value: parseOrThrow(setEntitlementBody, body, 'ADMIN_ENTITLEMENT_VALUE_INVALID').value,
    });
  }

  @Get(':appId/audit')
  listAudit(
    @Param('appId') appId: string,
    @Query('limit') limit: string | undefined,
  ): Promise<ReplyOf<typeof authRpc.listAudit>> {
    return this.bus.request(authRpc.listAudit, {
      appId: parseArgument('appId', appIdText, appId),
      limit: parseArgument('limit', auditLimit, limit),
    });
  }

  /** Off refuses every new login (1000037); who is in stays in. */
  @Put(':appId/enabled')
  setEnabled(
    @Req() request: AdminRequest,
    @Param('appId') appId: string,
    @Body() body: unknown,
  ): Promise<ReplyOf<typeof authRpc.setAppEnabled>> {
    return this.bus.request(authRpc.setAppEnabled, {
      actor: actorOf(request),
      appId: parseArgument('appId', appIdText, appId),
      ...parseOrThrow(setEnabledBody, body),
    });
  }
}

function actorOf(request: AdminRequest): string {
  if (request.actor === undefined) {
    throw new AppError('ADMIN_UNAUTHENTICATED');
  }
  return request.actor;
}

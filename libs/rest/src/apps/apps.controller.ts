import { Body, Controller, Delete, Get, Param, Post, Put, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { auditRpc, authRpc, type ReplyOf } from '@polyroom/contracts';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { type z } from 'zod';
import { AuditedByOwner } from '../audit/audited.decorator.js';
import { type ActOrigin, AuthorityGuard, Origin, Statement } from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';
import { appPath, type AppPath } from '../rest-params.js';

const createAppBody = authRpc.createApp.request.omit(auditRpc.originKeys);
const setEnabledBody = authRpc.setAppEnabled.request.pick({ enabled: true });
const setCredentialsBody = authRpc.setAppCredentials.request.omit({ appId: true, ...auditRpc.originKeys });
const deleteAppBody = authRpc.deleteApp.request.pick({ confirm: true });

/** AppIDs. */
@Controller('v1/apps')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class AppsController {
  constructor(private readonly bus: Bus) {}

  @Post()
  @Requires('apps:create')
  @AuditedByOwner()
  @ApiRoute('Creates an AppID; the only reply with its secrets.', authRpc.createApp, 201)
  create(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: createAppBody }) body: z.output<typeof createAppBody>,
  ): Promise<ReplyOf<typeof authRpc.createApp>> {
    return this.bus.request(authRpc.createApp, { ...origin, ...body }, { statement });
  }

  @Get()
  @Requires('apps:read')
  @ApiRoute('Lists the AppIDs.', authRpc.listApps)
  list(@Statement() statement: string): Promise<ReplyOf<typeof authRpc.listApps>> {
    return this.bus.request(authRpc.listApps, {}, { statement });
  }

  @Get(':appId')
  @Requires('entitlements:read')
  @ApiRoute('Reads an AppID.', authRpc.getApp)
  get(
    @Statement() statement: string,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof authRpc.getApp>> {
    return this.bus.request(authRpc.getApp, { appId }, { statement });
  }

  /** Ends its sessions, closes its rooms, and deletes everything except its audit. */
  @Delete(':appId')
  @Requires('apps:delete')
  @AuditedByOwner()
  @ApiRoute('Deletes an AppID; `confirm` is its name.', authRpc.deleteApp)
  delete(
    @Statement() statement: string,
    @Origin() origin: ActOrigin,
    @Body({ schema: deleteAppBody }) { confirm }: z.output<typeof deleteAppBody>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof authRpc.deleteApp>> {
    return this.bus.request(authRpc.deleteApp, { ...origin, appId, confirm }, { statement });
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

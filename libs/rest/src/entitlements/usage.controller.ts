import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { type ReplyOf, usageRpc } from '@polyroom/contracts';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { z } from 'zod';
import { AuthorityGuard, Statement } from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';
import { appPath, type AppPath } from '../rest-params.js';

const { shape } = usageRpc.getUsage.request;
/** Unix time in ms, or a time such as 2026-11-01T00:00:00Z. */
const timeText = z
  .union([z.string().regex(/^\d{1,16}$/), z.iso.datetime({ offset: true })])
  .transform((text) => (/^\d+$/.test(text) ? Number(text) : Date.parse(text)))
  .pipe(shape.fromMs)
  .meta({ type: 'string' });

const usageQuery = z.object({
  from: timeText,
  to: timeText,
  by: shape.by,
  cursor: shape.cursor,
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** Usage: minutes, messages and bytes. */
@Controller('v1/apps/:appId/usage')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class UsageController {
  constructor(private readonly bus: Bus) {}

  @Get()
  @Requires('usage:read')
  @ApiRoute('Reads the usage in the hours that begin in a period, summed.', usageRpc.getUsage)
  get(
    @Statement() statement: string,
    @Query({ schema: usageQuery }) { from, to, ...query }: z.output<typeof usageQuery>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof usageRpc.getUsage>> {
    return this.bus.request(usageRpc.getUsage, { ...query, appId, fromMs: from, toMs: to }, { statement });
  }
}

import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { type ReplyOf, webhooksRpc } from '@polyroom/contracts';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { type z } from 'zod';
import { AuthorityGuard, Statement } from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';
import { appPath, type AppPath } from '../rest-params.js';

const eventsQuery = webhooksRpc.readEvents.request.omit({ appId: true });

/** The event log, for those who prefer to pull. */
@Controller('v1/apps/:appId/events')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class EventsController {
  constructor(private readonly bus: Bus) {}

  @Get()
  @Requires('events:read')
  @ApiRoute('Reads the event log from a position on, oldest first.', webhooksRpc.readEvents)
  read(
    @Statement() statement: string,
    @Query({ schema: eventsQuery }) query: z.output<typeof eventsQuery>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof webhooksRpc.readEvents>> {
    return this.bus.request(webhooksRpc.readEvents, { ...query, appId }, { statement });
  }
}

import { Controller, Delete, Get, Param, Put, UseGuards } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import {
  appIdSchema,
  mediaKindSchema,
  parseArgument,
  type ReplyOf,
  roomAdminRpc,
  roomIdSchema,
  streamIdSchema,
} from '@polyroom/contracts';
import { z } from 'zod';
import { AdminGuard } from './admin.guard.js';

const appIdText = z.coerce.number().pipe(appIdSchema);

interface Place {
  appId: string;
  roomId: string;
  streamId: string;
}

/** What operators keep from a room: the sound or the picture of a stream. */
@Controller('v1/admin/apps/:appId/rooms/:roomId/streams/:streamId/mutes')
@UseGuards(AdminGuard)
export class MutesController {
  constructor(private readonly bus: Bus) {}

  @Get()
  read(@Param() place: Place): Promise<ReplyOf<typeof roomAdminRpc.readStreamMutes>> {
    return this.bus.request(roomAdminRpc.readStreamMutes, toStream(place));
  }

  @Put(':kind')
  mute(
    @Param() place: Place,
    @Param('kind') kind: string,
  ): Promise<ReplyOf<typeof roomAdminRpc.setStreamMute>> {
    return this.set(place, kind, true);
  }

  @Delete(':kind')
  unmute(
    @Param() place: Place,
    @Param('kind') kind: string,
  ): Promise<ReplyOf<typeof roomAdminRpc.setStreamMute>> {
    return this.set(place, kind, false);
  }

  private set(
    place: Place,
    kind: string,
    muted: boolean,
  ): Promise<ReplyOf<typeof roomAdminRpc.setStreamMute>> {
    const parsed = parseArgument('kind', mediaKindSchema, kind);
    return this.bus.request(roomAdminRpc.setStreamMute, { ...toStream(place), kind: parsed, muted });
  }
}

function toStream({ appId, roomId, streamId }: Place) {
  return {
    appId: parseArgument('appId', appIdText, appId),
    roomId: parseArgument('roomId', roomIdSchema, roomId),
    streamId: parseArgument('streamId', streamIdSchema, streamId),
  };
}

import { Controller, Delete, Get, Param, Put, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { type ReplyOf, roomAdminRpc } from '@polyroom/contracts';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { AuthorityGuard, Statement } from './authority/authority.guard.js';
import { Requires } from './authority/requires.decorator.js';
import { mutePath, type MutePath, roomStreamPath, type RoomStreamPath } from './rest-params.js';

type Muted = ReplyOf<typeof roomAdminRpc.setStreamMute>;

/** Mutes of a stream's audio or video in a room, set by operators. */
@Controller('v1/admin/apps/:appId/rooms/:roomId/streams/:streamId/mutes')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class MutesController {
  constructor(private readonly bus: Bus) {}

  @Get()
  @Requires('streams:read')
  @ApiRoute('Reads the muted kinds of a stream.', roomAdminRpc.readStreamMutes)
  read(
    @Param({ schema: roomStreamPath }) stream: RoomStreamPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.readStreamMutes>> {
    return this.bus.request(roomAdminRpc.readStreamMutes, stream);
  }

  @Put(':kind')
  @Requires('streams:mute')
  @ApiRoute('Mutes the audio or video of a stream in a room.', roomAdminRpc.setStreamMute)
  mute(@Statement() statement: string, @Param({ schema: mutePath }) kindOfStream: MutePath): Promise<Muted> {
    return this.bus.request(roomAdminRpc.setStreamMute, { ...kindOfStream, muted: true }, { statement });
  }

  @Delete(':kind')
  @Requires('streams:mute')
  @ApiRoute('Lifts the mute.', roomAdminRpc.setStreamMute)
  unmute(
    @Statement() statement: string,
    @Param({ schema: mutePath }) kindOfStream: MutePath,
  ): Promise<Muted> {
    return this.bus.request(roomAdminRpc.setStreamMute, { ...kindOfStream, muted: false }, { statement });
  }
}

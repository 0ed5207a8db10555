import { Controller, Delete, Get, Param, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { type ReplyOf, roomAdminRpc } from '@polyroom/contracts';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { Audited } from '../audit/audited.decorator.js';
import { AuthorityGuard, Statement } from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';
import {
  roomPath,
  type RoomPath,
  streamPath,
  type StreamPath,
  userPath,
  type UserPath,
} from '../rest-params.js';

/** Streams, for operators and application servers. */
@Controller('v1/apps/:appId')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class StreamsController {
  constructor(private readonly bus: Bus) {}

  @Get('rooms/:roomId/streams')
  @Requires('streams:read')
  @ApiRoute('Lists the streams of a room, with what is muted.', roomAdminRpc.listRoomStreams)
  listOfRoom(
    @Statement() statement: string,
    @Param({ schema: roomPath }) room: RoomPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.listRoomStreams>> {
    return this.bus.request(roomAdminRpc.listRoomStreams, room, { statement });
  }

  @Get('users/:userId/streams')
  @Requires('streams:read')
  @ApiRoute('Lists the streams of a user, with their rooms.', roomAdminRpc.listUserStreams)
  listOfUser(
    @Statement() statement: string,
    @Param({ schema: userPath }) user: UserPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.listUserStreams>> {
    return this.bus.request(roomAdminRpc.listUserStreams, user, { statement });
  }

  @Delete('streams/:streamId')
  @Requires('streams:stop')
  @Audited({
    action: 'stream.stop',
    subject: ({ params }) => `stream:${params['streamId']}`,
    after: ({ reply }) => ({ roomIds: reply?.['roomIds'] }),
  })
  @ApiRoute('Stops a stream in all its rooms.', roomAdminRpc.stopStream)
  stop(
    @Statement() statement: string,
    @Param({ schema: streamPath }) stream: StreamPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.stopStream>> {
    return this.bus.request(roomAdminRpc.stopStream, stream, { statement });
  }
}

import { Body, Controller, Delete, Get, Param, Put, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { type ReplyOf, roomAdminRpc } from '@polyroom/contracts';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { type z } from 'zod';
import { AdminGuard } from './admin.guard.js';
import {
  memberMutePath,
  type MemberMutePath,
  memberPath,
  type MemberPath,
  mutePath,
  type MutePath,
  roomStreamPath,
  type RoomStreamPath,
} from './rest-params.js';

const muteBody = roomAdminRpc.setMemberMute.request
  .pick({ forSeconds: true })
  .partial()
  .nullish()
  .transform((body) => body ?? {});
type MuteBody = z.output<typeof muteBody>;
type Muted = ReplyOf<typeof roomAdminRpc.setMemberMute>;

/** Mutes of a user's audio or video in a room, set by operators; a stream stands for its user. */
@Controller('v1/admin/apps/:appId/rooms/:roomId')
@UseGuards(AdminGuard)
@ApiBearerAuth('operator')
export class MutesController {
  constructor(private readonly bus: Bus) {}

  @Get('members/:userId/mutes')
  @ApiRoute('Reads the muted kinds of a user in a room.', roomAdminRpc.readMemberMutes)
  readOfMember(@Param({ schema: memberPath }) member: MemberPath): Promise<Muted> {
    return this.bus.request(roomAdminRpc.readMemberMutes, member);
  }

  @Put('members/:userId/mutes/:kind')
  @ApiRoute('Mutes the audio or video of a user in a room, whatever the stream.', roomAdminRpc.setMemberMute)
  muteMember(
    @Body({ schema: muteBody }) body: MuteBody,
    @Param({ schema: memberMutePath }) kindOfMember: MemberMutePath,
  ): Promise<Muted> {
    return this.bus.request(roomAdminRpc.setMemberMute, { ...body, ...kindOfMember, muted: true });
  }

  @Delete('members/:userId/mutes/:kind')
  @ApiRoute('Lifts the mute of a user.', roomAdminRpc.setMemberMute)
  unmuteMember(@Param({ schema: memberMutePath }) kindOfMember: MemberMutePath): Promise<Muted> {
    return this.bus.request(roomAdminRpc.setMemberMute, { ...kindOfMember, muted: false });
  }

  @Get('streams/:streamId/mutes')
  @ApiRoute('Reads the muted kinds of a stream.', roomAdminRpc.readStreamMutes)
  readOfStream(@Param({ schema: roomStreamPath }) stream: RoomStreamPath): Promise<Muted> {
    return this.bus.request(roomAdminRpc.readStreamMutes, stream);
  }

  @Put('streams/:streamId/mutes/:kind')
  @ApiRoute("Mutes the audio or video of a stream's user in a room.", roomAdminRpc.setStreamMute)
  muteStream(
    @Body({ schema: muteBody }) body: MuteBody,
    @Param({ schema: mutePath }) kindOfStream: MutePath,
  ): Promise<Muted> {
    return this.bus.request(roomAdminRpc.setStreamMute, { ...body, ...kindOfStream, muted: true });
  }

  @Delete('streams/:streamId/mutes/:kind')
  @ApiRoute("Lifts the mute of a stream's user.", roomAdminRpc.setStreamMute)
  unmuteStream(@Param({ schema: mutePath }) kindOfStream: MutePath): Promise<Muted> {
    return this.bus.request(roomAdminRpc.setStreamMute, { ...kindOfStream, muted: false });
  }
}

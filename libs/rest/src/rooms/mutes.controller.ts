import { Body, Controller, Delete, Get, Param, Put, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { type ReplyOf, roomAdminRpc } from '@polyroom/contracts';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { type z } from 'zod';
import { Audited } from '../audit/audited.decorator.js';
import { AuthorityGuard, Statement } from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';
import {
  memberMutePath,
  type MemberMutePath,
  memberPath,
  type MemberPath,
  mutePath,
  type MutePath,
  roomStreamPath,
  type RoomStreamPath,
} from '../rest-params.js';

const muteBody = roomAdminRpc.setMemberMute.request
  .pick({ forSeconds: true })
  .partial()
  .nullish()
  .transform((body) => body ?? {});
type MuteBody = z.output<typeof muteBody>;
type Muted = ReplyOf<typeof roomAdminRpc.setMemberMute>;

const audited = (action: 'member.mute' | 'member.unmute' | 'stream.mute' | 'stream.unmute') =>
  Audited({
    action,
    subject: ({ params: { userId, streamId } }) =>
      userId === undefined ? `stream:${streamId}` : `user:${userId}`,
    after: ({ params: { roomId, kind }, body, reply }) => ({
      roomId,
      kind,
      forSeconds: body['forSeconds'],
      mutedKinds: reply?.['kinds'],
    }),
  });

/** Mutes of a user's audio or video in a room, set by operators; a stream stands for its user. */
@Controller('v1/apps/:appId/rooms/:roomId')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class MutesController {
  constructor(private readonly bus: Bus) {}

  @Get('members/:userId/mutes')
  @Requires('streams:read')
  @ApiRoute('Reads the muted kinds of a user in a room.', roomAdminRpc.readMemberMutes)
  readOfMember(
    @Statement() statement: string,
    @Param({ schema: memberPath }) member: MemberPath,
  ): Promise<Muted> {
    return this.bus.request(roomAdminRpc.readMemberMutes, member, { statement });
  }

  @Put('members/:userId/mutes/:kind')
  @Requires('streams:mute')
  @audited('member.mute')
  @ApiRoute('Mutes the audio or video of a user in a room, whatever the stream.', roomAdminRpc.setMemberMute)
  muteMember(
    @Statement() statement: string,
    @Body({ schema: muteBody }) body: MuteBody,
    @Param({ schema: memberMutePath }) kindOfMember: MemberMutePath,
  ): Promise<Muted> {
    return this.bus.request(
      roomAdminRpc.setMemberMute,
      { ...body, ...kindOfMember, muted: true },
      { statement },
    );
  }

  @Delete('members/:userId/mutes/:kind')
  @Requires('streams:mute')
  @audited('member.unmute')
  @ApiRoute('Lifts the mute of a user.', roomAdminRpc.setMemberMute)
  unmuteMember(
    @Statement() statement: string,
    @Param({ schema: memberMutePath }) kindOfMember: MemberMutePath,
  ): Promise<Muted> {
    return this.bus.request(roomAdminRpc.setMemberMute, { ...kindOfMember, muted: false }, { statement });
  }

  @Get('streams/:streamId/mutes')
  @Requires('streams:read')
  @ApiRoute('Reads the muted kinds of a stream.', roomAdminRpc.readStreamMutes)
  readOfStream(
    @Statement() statement: string,
    @Param({ schema: roomStreamPath }) stream: RoomStreamPath,
  ): Promise<Muted> {
    return this.bus.request(roomAdminRpc.readStreamMutes, stream, { statement });
  }

  @Put('streams/:streamId/mutes/:kind')
  @Requires('streams:mute')
  @audited('stream.mute')
  @ApiRoute("Mutes the audio or video of a stream's user in a room.", roomAdminRpc.setStreamMute)
  muteStream(
    @Statement() statement: string,
    @Body({ schema: muteBody }) body: MuteBody,
    @Param({ schema: mutePath }) kindOfStream: MutePath,
  ): Promise<Muted> {
    return this.bus.request(
      roomAdminRpc.setStreamMute,
      { ...body, ...kindOfStream, muted: true },
      { statement },
    );
  }

  @Delete('streams/:streamId/mutes/:kind')
  @Requires('streams:mute')
  @audited('stream.unmute')
  @ApiRoute("Lifts the mute of a stream's user.", roomAdminRpc.setStreamMute)
  unmuteStream(
    @Statement() statement: string,
    @Param({ schema: mutePath }) kindOfStream: MutePath,
  ): Promise<Muted> {
    return this.bus.request(roomAdminRpc.setStreamMute, { ...kindOfStream, muted: false }, { statement });
  }
}

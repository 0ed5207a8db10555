import { Body, Controller, Delete, Get, Param, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { type ReplyOf, roomAdminRpc } from '@polyroom/contracts';
import { ApiRoute } from '@polyroom/nest-service/open-api';
import { z } from 'zod';
import { type ActArguments, Audited } from '../audit/audited.decorator.js';
import { AuthorityGuard, Statement } from '../authority/authority.guard.js';
import { Requires } from '../authority/requires.decorator.js';
import {
  memberPath,
  type MemberPath,
  roomPath,
  type RoomPath,
  userPath,
  type UserPath,
} from '../rest-params.js';

const kickBody = roomAdminRpc.kickUser.request
  .pick({ reason: true, blockSeconds: true })
  .nullish()
  .transform((body) => body ?? {});
type KickBody = z.output<typeof kickBody>;

const membersQuery = roomAdminRpc.listMembers.request.pick({ cursor: true }).strip();
const membersReply = z.strictObject({
  members: roomAdminRpc.listMembers.reply.shape.members,
  /** Omitted on the last page. A page may be empty. */
  next: z.string().optional(),
});

const userSubject = ({ params }: ActArguments): string => `user:${params['userId']}`;

/** Users in rooms, for operators and application servers. */
@Controller('v1/apps/:appId')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class MembersController {
  constructor(private readonly bus: Bus) {}

  @Get('rooms/:roomId/members')
  @Requires('rooms:read')
  @ApiRoute('Lists the members of a room, page by page.', {
    reply: membersReply,
    errors: roomAdminRpc.listMembers.errors,
  })
  async list(
    @Query({ schema: membersQuery }) query: z.output<typeof membersQuery>,
    @Param({ schema: roomPath }) room: RoomPath,
  ): Promise<z.output<typeof membersReply>> {
    const { members, cursor } = await this.bus.request(roomAdminRpc.listMembers, { ...query, ...room });
    return { members, ...(cursor === '0' ? {} : { next: cursor }) };
  }

  @Delete('rooms/:roomId/members/:userId')
  @Requires('users:kick')
  @Audited({
    action: 'user.kick',
    subject: userSubject,
    after: ({ params, body, reply }) => ({
      roomId: params['roomId'],
      reason: body['reason'],
      blockSeconds: body['blockSeconds'],
      roomIds: reply?.['roomIds'],
    }),
  })
  @ApiRoute('Removes a user from the room, and keeps it out for a time.', roomAdminRpc.kickUser)
  kick(
    @Statement() statement: string,
    @Body({ schema: kickBody }) body: KickBody,
    @Param({ schema: memberPath }) member: MemberPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.kickUser>> {
    return this.bus.request(roomAdminRpc.kickUser, { ...member, ...body }, { statement });
  }

  @Get('users/:userId/rooms')
  @Requires('rooms:read')
  @ApiRoute('Lists the rooms of a user.', roomAdminRpc.listUserRooms)
  listRooms(
    @Statement() statement: string,
    @Param({ schema: userPath }) user: UserPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.listUserRooms>> {
    return this.bus.request(roomAdminRpc.listUserRooms, user, { statement });
  }

  @Delete('users/:userId/rooms')
  @Requires('users:kick')
  @Audited({
    action: 'user.kick',
    subject: userSubject,
    after: ({ body, reply }) => ({
      reason: body['reason'],
      blockSeconds: body['blockSeconds'],
      roomIds: reply?.['roomIds'],
    }),
  })
  @ApiRoute('Removes a user from all rooms, and keeps it out for a time.', roomAdminRpc.kickUser)
  kickFromAll(
    @Statement() statement: string,
    @Body({ schema: kickBody }) body: KickBody,
    @Param({ schema: userPath }) user: UserPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.kickUser>> {
    return this.bus.request(roomAdminRpc.kickUser, { ...user, ...body }, { statement });
  }

  @Get('users/:userId/sessions')
  @Requires('rooms:read')
  @ApiRoute('Lists the sessions of a user.', roomAdminRpc.listUserSessions)
  listSessions(
    @Statement() statement: string,
    @Param({ schema: userPath }) user: UserPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.listUserSessions>> {
    return this.bus.request(roomAdminRpc.listUserSessions, user, { statement });
  }
}

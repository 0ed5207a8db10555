import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Bus } from '@polyroom/bus';
import { messagingRpc, type ReplyOf, roomAdminRpc, roomRpc } from '@polyroom/contracts';
import { ApiRoute, type RouteContract } from '@polyroom/nest-service/open-api';
import { z } from 'zod';
import { MessagingInstances, toAttributeUpdate, withValues } from '@polyroom/session';
import { type ActArguments, Audited } from './audit/audited.decorator.js';
import { AuthorityGuard, Statement } from './authority/authority.guard.js';
import { Requires } from './authority/requires.decorator.js';
import {
  appPath,
  type AppPath,
  memberPath,
  type MemberPath,
  roomPath,
  type RoomPath,
  userPath,
  type UserPath,
} from './rest-params.js';
import { systemUser } from './system-user.js';

const createBody = roomAdminRpc.createRoom.request.pick({ maxMemberCount: true, keepMs: true });
const reasonBody = roomAdminRpc.closeRoom.request
  .pick({ reason: true })
  .nullish()
  .transform((body) => body ?? {});
const kickBody = roomAdminRpc.kickUser.request
  .pick({ reason: true, blockSeconds: true })
  .nullish()
  .transform((body) => body ?? {});
const attributesBody = roomAdminRpc.setRoomAttributes.request.pick({ changes: true });
const membersQuery = roomAdminRpc.listMembers.request.pick({ cursor: true }).strip();

const setAttributesRoute: RouteContract = {
  reply: roomAdminRpc.setRoomAttributes.reply,
  errors: [
    ...roomAdminRpc.setRoomAttributes.errors,
    ...messagingRpc.permitUpdate.errors,
    'ROOM_EXTRA_INFO_KEY_EMPTY',
    'ROOM_EXTRA_INFO_KEY_TOO_LONG',
    'ROOM_EXTRA_INFO_VALUE_TOO_LONG',
  ],
};

const roomSubject = ({ params }: ActArguments): string => `room:${params['roomId']}`;
const userSubject = ({ params }: ActArguments): string => `user:${params['userId']}`;

function banSubject({ body }: ActArguments): string {
  const { userId, roomId, address } = body as { userId?: string; roomId?: string; address?: string };
  if (address !== undefined) {
    return `address:${address}`;
  }
  return userId === undefined ? `room:${roomId}` : `user:${userId}`;
}

type ReasonBody = z.output<typeof reasonBody>;
type KickBody = z.output<typeof kickBody>;

/** Rooms and their members, for operators and application servers. */
@Controller('v1/apps/:appId')
@UseGuards(AuthorityGuard)
@ApiBearerAuth('operator')
export class RoomsController {
  constructor(
    private readonly bus: Bus,
    private readonly instances: MessagingInstances,
  ) {}

  @Get('users/:userId/rooms')
  @Requires('rooms:read')
  @ApiRoute('Lists the rooms of a user.', roomAdminRpc.listUserRooms)
  listUserRooms(
    @Statement() statement: string,
    @Param({ schema: userPath }) user: UserPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.listUserRooms>> {
    return this.bus.request(roomAdminRpc.listUserRooms, user, { statement });
  }

  /** Kicks a user from all rooms. */
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
  @ApiRoute('Removes a user from all rooms.', roomAdminRpc.kickUser)
  kickFromAll(
    @Statement() statement: string,
    @Body({ schema: kickBody }) body: KickBody,
    @Param({ schema: userPath }) user: UserPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.kickUser>> {
    return this.bus.request(roomAdminRpc.kickUser, { ...user, ...body }, { statement });
  }

  @Get('rooms/:roomId')
  @Requires('rooms:read')
  @ApiRoute('Reads the current state of a room.', roomRpc.getSnapshot)
  get(@Param({ schema: roomPath }) room: RoomPath): Promise<ReplyOf<typeof roomRpc.getSnapshot>> {
    return this.bus.request(roomRpc.getSnapshot, room);
  }

  @Put('rooms/:roomId')
  @Requires('rooms:write')
  @Audited({
    action: 'room.create',
    subject: roomSubject,
    after: ({ body: { maxMemberCount, keepMs }, reply }) => ({
      maxMemberCount,
      keepMs,
      created: reply?.['created'],
    }),
  })
  @ApiRoute('Creates a room in advance, or changes its settings.', roomAdminRpc.createRoom)
  create(
    @Statement() statement: string,
    @Body({ schema: createBody }) body: z.output<typeof createBody>,
    @Param({ schema: roomPath }) room: RoomPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.createRoom>> {
    return this.bus.request(roomAdminRpc.createRoom, { ...room, ...body }, { statement });
  }

  @Delete('rooms/:roomId')
  @Requires('rooms:write')
  @Audited({
    action: 'room.close',
    subject: roomSubject,
    after: ({ body, reply }) => ({ reason: body['reason'], members: reply?.['members'] }),
  })
  @ApiRoute('Removes all members and ends the room.', roomAdminRpc.closeRoom)
  close(
    @Statement() statement: string,
    @Body({ schema: reasonBody }) body: ReasonBody,
    @Param({ schema: roomPath }) room: RoomPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.closeRoom>> {
    return this.bus.request(roomAdminRpc.closeRoom, { ...room, ...body }, { statement });
  }

  @Get('rooms/:roomId/members')
  @Requires('rooms:read')
  @ApiRoute('Lists the members of a room, page by page.', roomAdminRpc.listMembers)
  listMembers(
    @Query({ schema: membersQuery }) { cursor }: z.output<typeof membersQuery>,
    @Param({ schema: roomPath }) room: RoomPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.listMembers>> {
    return this.bus.request(roomAdminRpc.listMembers, { ...room, cursor });
  }

  /** Kicks a user from one room. */
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
  @ApiRoute('Removes a user from the room.', roomAdminRpc.kickUser)
  kick(
    @Statement() statement: string,
    @Body({ schema: kickBody }) body: KickBody,
    @Param({ schema: memberPath }) member: MemberPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.kickUser>> {
    return this.bus.request(roomAdminRpc.kickUser, { ...member, ...body }, { statement });
  }

  @Put('rooms/:roomId/attributes')
  @Requires('rooms:write')
  @Audited({
    action: 'room.setAttributes',
    subject: roomSubject,
    // Not the values, which are content of the application.
    after: ({ body }) => ({
      keys: (body['changes'] as { key: string }[] | undefined)?.map(({ key }) => key),
    }),
    waits: false,
  })
  @ApiRoute('Changes attributes of a room.', setAttributesRoute)
  async setAttributes(
    @Statement() statement: string,
    @Body({ schema: attributesBody }) { changes }: z.output<typeof attributesBody>,
    @Param({ schema: roomPath }) room: RoomPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.setRoomAttributes>> {
    const { contents } = await this.instances.ask(
      messagingRpc.permitUpdate,
      { appId: room.appId },
      { ...room, ...toAttributeUpdate(systemUser, changes) },
      { statement },
    );
    return this.bus.request(
      roomAdminRpc.setRoomAttributes,
      { ...room, changes: withValues(changes, contents) },
      { statement },
    );
  }

  /** Bans `{userId}`, `{roomId}`, both, or `{address}`, each with `forMs`; 0 lifts the ban. */
  @Post('bans')
  @Requires('users:ban')
  @Audited({
    action: 'ban.set',
    subject: banSubject,
    after: ({ body: { roomId, forMs } }) => ({ roomId, forMs, banned: forMs !== 0 }),
  })
  @HttpCode(200)
  @ApiRoute(
    'Bans a user, a room, a user in a room, or an address or network; 0 lifts the ban.',
    roomAdminRpc.setBan,
  )
  ban(
    @Statement() statement: string,
    @Body({ schema: roomAdminRpc.banSchema }) body: z.output<typeof roomAdminRpc.banSchema>,
    @Param({ schema: appPath }) { appId }: AppPath,
  ): Promise<ReplyOf<typeof roomAdminRpc.setBan>> {
    return this.bus.request(roomAdminRpc.setBan, { ...body, appId }, { statement });
  }
}

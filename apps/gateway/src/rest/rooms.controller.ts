import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, UseGuards } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import {
  appIdSchema,
  messagingRpc,
  parseArgument,
  parseOrThrow,
  type ReplyOf,
  roomAdminRpc,
  roomIdSchema,
  roomRpc,
  userIdSchema,
} from '@polyroom/contracts';
import { z } from 'zod';
import { MessagingInstances, toAttributeUpdate, withValues } from '@polyroom/session';
import { AdminGuard } from './admin.guard.js';
import { systemUser } from './system-user.js';

const appIdText = z.coerce.number().pipe(appIdSchema);
const createBody = roomAdminRpc.createRoom.request.pick({ maxMemberCount: true, keepMs: true });
const reasonBody = roomAdminRpc.closeRoom.request.pick({ reason: true });
const attributesBody = roomAdminRpc.setRoomAttributes.request.pick({ changes: true });
const cursorQuery = roomAdminRpc.listMembers.request.shape.cursor;

/** What an operator, or an app's server in its name, does with rooms and the people in them. */
@Controller('v1/admin/apps/:appId')
@UseGuards(AdminGuard)
export class RoomsController {
  constructor(
    private readonly bus: Bus,
    private readonly instances: MessagingInstances,
  ) {}

  @Get('users/:userId/rooms')
  listUserRooms(
    @Param('appId') appId: string,
    @Param('userId') userId: string,
  ): Promise<ReplyOf<typeof roomAdminRpc.listUserRooms>> {
    return this.bus.request(roomAdminRpc.listUserRooms, {
      appId: parseArgument('appId', appIdText, appId),
      userId: parseArgument('userId', userIdSchema, userId),
    });
  }

  /** Out of all rooms; out of one: the same below that room. */
  @Delete('users/:userId/rooms')
  kickFromAll(
    @Param('appId') appId: string,
    @Param('userId') userId: string,
    @Body() body: unknown,
  ): Promise<ReplyOf<typeof roomAdminRpc.kickUser>> {
    return this.bus.request(roomAdminRpc.kickUser, {
      appId: parseArgument('appId', appIdText, appId),
      userId: parseArgument('userId', userIdSchema, userId),
      ...parseOrThrow(reasonBody, body ?? {}),
    });
  }

  @Get('rooms/:roomId')
  get(
    @Param('appId') appId: string,
    @Param('roomId') roomId: string,
  ): Promise<ReplyOf<typeof roomRpc.getSnapshot>> {
    return this.bus.request(roomRpc.getSnapshot, toRoom(appId, roomId));
  }

  @Put('rooms/:roomId')
  create(
    @Param('appId') appId: string,
    @Param('roomId') roomId: string,
    @Body() body: unknown,
  ): Promise<ReplyOf<typeof roomAdminRpc.createRoom>> {
    return this.bus.request(roomAdminRpc.createRoom, {
      ...toRoom(appId, roomId),
      ...parseOrThrow(createBody, body),
    });
  }

  @Delete('rooms/:roomId')
  close(
    @Param('appId') appId: string,
    @Param('roomId') roomId: string,
    @Body() body: unknown,
  ): Promise<ReplyOf<typeof roomAdminRpc.closeRoom>> {
    return this.bus.request(roomAdminRpc.closeRoom, {
      ...toRoom(appId, roomId),
      ...parseOrThrow(reasonBody, body ?? {}),
    });
  }

  @Get('rooms/:roomId/members')
  listMembers(
    @Param('appId') appId: string,
    @Param('roomId') roomId: string,
    @Query('cursor') cursor: string | undefined,
  ): Promise<ReplyOf<typeof roomAdminRpc.listMembers>> {
    return this.bus.request(roomAdminRpc.listMembers, {
      ...toRoom(appId, roomId),
      cursor: parseArgument('cursor', cursorQuery, cursor),
    });
  }

  @Delete('rooms/:roomId/members/:userId')
  kick(
    @Param('appId') appId: string,
    @Param('roomId') roomId: string,
    @Param('userId') userId: string,
    @Body() body: unknown,
  ): Promise<ReplyOf<typeof roomAdminRpc.kickUser>> {
    return this.bus.request(roomAdminRpc.kickUser, {
      ...toRoom(appId, roomId),
      userId: parseArgument('userId', userIdSchema, userId),
      ...parseOrThrow(reasonBody, body ?? {}),
    });
  }

  @Put('rooms/:roomId/attributes')
  async setAttributes(
    @Param('appId') appIdText: string,
    @Param('roomId') roomIdText: string,
    @Body() body: unknown,
  ): Promise<ReplyOf<typeof roomAdminRpc.setRoomAttributes>> {
    const room = toRoom(appIdText, roomIdText);
    const { changes } = parseOrThrow(attributesBody, body);
    const { contents } = await this.instances.ask(
      messagingRpc.permitUpdate,
      { appId: room.appId },
      { ...room, ...toAttributeUpdate(systemUser, changes), viaServer: true },
    );
    return this.bus.request(roomAdminRpc.setRoomAttributes, {
      ...room,
      changes: withValues(changes, contents),
    });
  }

  /** `{userId}`, `{roomId}`, both, or `{address}`, each with `forMs`; 0 lifts the ban. */
  @Post('bans')
  @HttpCode(200)
  ban(@Param('appId') appId: string, @Body() body: unknown): Promise<ReplyOf<typeof roomAdminRpc.setBan>> {
    const request = {
      ...(typeof body === 'object' ? body : {}),
      appId: parseArgument('appId', appIdText, appId),
    };
    return this.bus.request(roomAdminRpc.setBan, parseOrThrow(roomAdminRpc.setBan.request, request));
  }
}

function toRoom(appId: string, roomId: string): { appId: number; roomId: string } {
  return {
    appId: parseArgument('appId', appIdText, appId),
    roomId: parseArgument('roomId', roomIdSchema, roomId),
  };
}

import { roomAdminRpc, roomDirectoryRpc } from '@polyroom/contracts';
import { z } from 'zod';
import { defineAction, type ZegoAction } from './zego-action.js';
import { zegoCodes, ZegoFailure } from './zego-codes.js';
import { integer, limitBytes, limitList, roomId, roomIds, text, userIds } from './zego-params.js';

const reasonMaxBytes = 256;
/** ZEGO: an anchor, 1, or an audience member, 2, only for its LiveRoom service. */
const userRole = 2;

const customReason = text.optional();

/** Rooms and their members. */
export const roomActions: Record<string, ZegoAction> = {
  KickoutUser: defineAction({
    permissions: ['users:kick'],
    perSecond: 50,
    params: z.object({ RoomId: roomId, UserId: userIds, CustomReason: customReason }),
    async run({ appId, bus, statementFor, step }, { RoomId, UserId, CustomReason }) {
      limitList(UserId, 'UserId', 5, zegoCodes.userListTooLong);
      limitBytes(CustomReason, 'CustomReason', reasonMaxBytes, zegoCodes.tooLong);
      const statement = statementFor('users:kick');
      const reason = CustomReason === undefined ? {} : { reason: CustomReason };
      await Promise.all(
        UserId.map((userId) =>
          step(
            {
              action: 'user.kick',
              subject: `user:${userId}`,
              after: { roomId: RoomId, reason: CustomReason },
            },
            () =>
              bus.request(roomAdminRpc.kickUser, { appId, roomId: RoomId, userId, ...reason }, { statement }),
          ),
        ),
      );
      return undefined;
    },
  }),

  CloseRoom: defineAction({
    permissions: ['rooms:read', 'rooms:write'],
    perSecond: 1,
    params: z.object({ RoomId: roomId, CustomReason: customReason }),
    async run({ appId, bus, statementFor, step }, { RoomId, CustomReason }) {
      limitBytes(CustomReason, 'CustomReason', reasonMaxBytes, zegoCodes.tooLong);
      const { rooms } = await bus.request(
        roomDirectoryRpc.countMembers,
        { appId, roomIds: [RoomId] },
        { statement: statementFor('rooms:read') },
      );
      if (rooms[0]?.exists !== true) {
        throw new ZegoFailure(zegoCodes.noRoom, 'RoomId: there is no such room');
      }
      const reason = CustomReason === undefined ? {} : { reason: CustomReason };
      await step({ action: 'room.close', subject: `room:${RoomId}`, after: { reason: CustomReason } }, () =>
        bus.request(
          roomAdminRpc.closeRoom,
          { appId, roomId: RoomId, ...reason },
          { statement: statementFor('rooms:write') },
        ),
      );
      return undefined;
    },
  }),

  DescribeUserNum: defineAction({
    permissions: ['rooms:read'],
    perSecond: 10,
    params: z.object({ RoomId: roomIds }),
    async run({ appId, bus, statementFor }, { RoomId }) {
      limitList(RoomId, 'RoomId', 10, zegoCodes.illegalParameter);
      const { rooms } = await bus.request(
        roomDirectoryRpc.countMembers,
        { appId, roomIds: RoomId },
        { statement: statementFor('rooms:read') },
      );
      return {
        UserCountList: rooms.map((room) => ({
          RoomId: room.roomId,
          UserCount: room.members,
          AdminUserCount: 0,
        })),
      };
    },
  }),

  DescribeUserList: defineAction({
    permissions: ['rooms:read'],
    perSecond: 200,
    perSecondOfRoom: 1,
    params: z.object({
      RoomId: roomId,
      Mode: integer.min(0).max(1).default(0),
      Limit: integer.min(0).max(200).default(200),
      Marker: text.default(''),
    }),
    async run({ appId, bus, statementFor }, { RoomId, Mode, Limit, Marker }) {
      const after = readMarker(Marker);
      const { isLast, members } = await bus.request(
        roomDirectoryRpc.listMembersInOrder,
        {
          appId,
          roomId: RoomId,
          order: Mode === 0 ? 'oldest' : 'newest',
          // ZEGO's documentation gives no meaning to 0.
          limit: Limit === 0 ? 200 : Limit,
          ...(after === undefined ? {} : { after }),
        },
        { statement: statementFor('rooms:read') },
      );
      const last = members.at(-1);
      return {
        Marker: isLast || last === undefined ? '' : `${last.enteredAtMs}-${last.userId}`,
        UserList: members.map(({ userId, userName }) => ({
          UserId: userId,
          UserName: userName,
          UserRole: userRole,
        })),
      };
    },
  }),

  DescribeUsers: defineAction({
    permissions: ['rooms:read'],
    perSecond: 10,
    params: z.object({ RoomId: roomId, UserId: userIds }),
    async run({ appId, bus, statementFor }, { RoomId, UserId }) {
      limitList(UserId, 'UserId', 10, zegoCodes.illegalParameter);
      const { exists, members } = await bus.request(
        roomDirectoryRpc.findMembers,
        { appId, roomId: RoomId, userIds: UserId },
        { statement: statementFor('rooms:read') },
      );
      if (!exists) {
        throw new ZegoFailure(50_001, 'RoomId: there is no such room');
      }
      return {
        UserStatusList: UserId.map((userId) => {
          const member = members.find((candidate) => candidate.userId === userId);
          return {
            UserId: userId,
            Status: member === undefined ? 0 : 1,
            LoginTime: member?.enteredAtMs ?? 0,
            UserRole: member === undefined ? 0 : userRole,
          };
        }),
      };
    },
  }),
};

/** A user ID may contain hyphens; the time has none. */
function readMarker(marker: string): { enteredAtMs: number; userId: string } | undefined {
  if (marker === '') {
    return undefined;
  }
  const [, time, userId] = /^(\d{1,16})-(.+)$/.exec(marker) ?? [];
  if (time === undefined || userId === undefined) {
    throw new ZegoFailure(zegoCodes.illegalParameter, 'Marker is not that of a reply');
  }
  return { enteredAtMs: Number(time), userId };
}

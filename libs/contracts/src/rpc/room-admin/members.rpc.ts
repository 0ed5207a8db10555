import { z } from 'zod';
import { defineRpc, persistentRead } from '../../define.js';
import {
  appIdSchema,
  gatewayIdSchema,
  roomIdSchema,
  roomModeSchema,
  sessionIdSchema,
  userIdSchema,
  userSchema,
} from '../../ids.js';
import { cursorSchema } from './cursor.js';

/** Sent to kicked users. ZEGO, `KickoutUser` and `CloseRoom`: 256 bytes. */
export const kickReasonSchema = z
  .string()
  .refine((text) => new TextEncoder().encode(text).length <= 256, 'COMMON_ILLEGAL_PARAM');

/** How long a kicked user is refused (1002066). */
const blockSecondsSchema = z.number().int().min(1).max(86_400);

/**
 * Kicks a user from one room, or from all if `roomId` is omitted (1002055). An absent user is not an error. With
 * `blockSeconds` the user is banned there for that time; a ban that lasts longer stays.
 */
export const kickUser = defineRpc('room', 'kickUser', {
  authority: 'users:kick',
  request: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema.optional(),
    userId: userIdSchema,
    reason: kickReasonSchema.optional(),
    blockSeconds: blockSecondsSchema.optional(),
  }),
  reply: z.strictObject({ roomIds: z.array(roomIdSchema) }),
  errors: ['APP_EXCEED_MAXIMUM_BAN_COUNT', 'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE', 'COMMON_APP_OFFLINE'],
});

/**
 * Members of a room, page by page. A member that joins or leaves meanwhile may be missing or listed twice.
 */
export const listMembers = defineRpc('room', 'listMembers', {
  ...persistentRead,
  request: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema,
    /** Omitted or '0' = from the beginning. */
    cursor: cursorSchema.default('0'),
  }),
  reply: z.strictObject({
    /** '0' = last page. */
    cursor: z.string(),
    members: z.array(userSchema),
  }),
  errors: [],
});

/** Rooms of a user, over all sessions. */
export const listUserRooms = defineRpc('room', 'listUserRooms', {
  ...persistentRead,
  authority: 'rooms:read',
  request: z.strictObject({ appId: appIdSchema, userId: userIdSchema }),
  reply: z.strictObject({
    rooms: z.array(
      z.strictObject({ roomId: roomIdSchema, sessionId: sessionIdSchema, epoch: z.number().int() }),
    ),
  }),
  errors: [],
});

/** Sessions of a user: live ones, and those that may still be resumed. */
export const listUserSessions = defineRpc('room', 'listUserSessions', {
  authority: 'rooms:read',
  request: z.strictObject({ appId: appIdSchema, userId: userIdSchema }),
  reply: z.strictObject({
    sessions: z.array(
      z.strictObject({
        sessionId: sessionIdSchema,
        state: z.enum(['live', 'suspended']),
        mode: roomModeSchema.optional(),
        gatewayId: gatewayIdSchema,
        clientAddress: z.string().optional(),
        /** Of a suspended session: when it ends. */
        graceEndMs: z.number().int().optional(),
        roomIds: z.array(roomIdSchema),
      }),
    ),
  }),
  errors: [],
});

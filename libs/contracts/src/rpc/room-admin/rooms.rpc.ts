import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { appIdSchema, roomIdSchema } from '../../ids.js';
import { kickReasonSchema } from './members.rpc.js';

/** The version of a room's settings, without the quotes of the header. */
const settingsTagSchema = z.string().max(64);

/** Creates a room before its first member, or changes its settings. An empty room is kept for `keepMs`. */
export const createRoom = defineRpc('room', 'createRoom', {
  authority: 'rooms:write',
  request: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema,
    maxMemberCount: z.number().int().min(0).max(1_000_000).default(0),
    keepMs: z
      .number()
      .int()
      .min(0)
      .max(30 * 86_400_000),
    /** The expected version of the settings; `*` stands for any. */
    ifMatch: settingsTagSchema.optional(),
  }),
  reply: z.strictObject({ created: z.boolean(), etag: settingsTagSchema }),
  errors: [
    'REST_PRECONDITION_FAILED',
    'ROOM_EXCEED_MAXIMUM_ROOM_COUNT',
    'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE',
    'COMMON_APP_OFFLINE',
  ],
});

/** What `createRoom` has set. A room that a login has created has no limit and no time of its own. */
export const readRoomSettings = defineRpc('room', 'readRoomSettings', {
  authority: 'rooms:read',
  request: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema }),
  reply: z.strictObject({
    /** 0 = no limit but that of the AppID. */
    maxMemberCount: z.number().int(),
    /** The room stays until then, even while it is empty. */
    keepUntilMs: z.number().int().optional(),
    etag: settingsTagSchema,
  }),
  errors: ['ROOM_ROOMID_INCORRECT'],
});

/** Kicks all members (1002055) and ends the room. Closing a missing room succeeds. */
export const closeRoom = defineRpc('room', 'closeRoom', {
  authority: 'rooms:write',
  request: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema, reason: kickReasonSchema.optional() }),
  reply: z.strictObject({ members: z.number().int() }),
  errors: [],
  timeoutMs: 10_000,
});

/**
 * Closes rooms of an AppID that is being deleted, and then removes its bans and everything else of it. Repeated
 * until it is complete. The caller has disabled the AppID.
 */
export const closeApp = defineRpc('room', 'closeApp', {
  authority: 'apps:delete',
  request: z.strictObject({ appId: appIdSchema }),
  reply: z.strictObject({
    rooms: z.number().int(),
    members: z.number().int(),
    /** No room was left. */
    isComplete: z.boolean(),
  }),
  errors: [],
  timeoutMs: 20_000,
});

/** A room in a list. */
const roomSummarySchema = z.strictObject({
  roomId: roomIdSchema,
  roomEpoch: z.string(),
  memberCount: z.number().int(),
  streamCount: z.number().int(),
  /** 0 = no limit but that of the AppID. */
  maxMemberCount: z.number().int(),
  createdAtMs: z.number().int(),
  /** Until then the room stays while it is empty. */
  keepUntilMs: z.number().int().optional(),
});

export type RoomSummary = z.infer<typeof roomSummarySchema>;

/**
 * Rooms of an AppID in the order of their IDs, page by page. A room that is created or ends meanwhile may be missing;
 * a new room is listed within a second.
 */
export const listRooms = defineRpc('room', 'listRooms', {
  authority: 'rooms:read',
  request: z.strictObject({
    appId: appIdSchema,
    /** Only rooms whose ID begins with it. */
    prefix: z.string().min(1).max(127).optional(),
    /** `next` of the previous page. */
    cursor: z.string().min(1).max(127).optional(),
    limit: z.number().int().min(1).max(200).default(50),
  }),
  reply: z.strictObject({
    rooms: z.array(roomSummarySchema),
    /** Omitted on the last page. */
    next: z.string().optional(),
  }),
  errors: [],
});

/** What is used of the quotas of an AppID. */
export const readQuotas = defineRpc('room', 'readQuotas', {
  authority: 'entitlements:read',
  request: z.strictObject({ appId: appIdSchema }),
  reply: z.strictObject({
    quotas: z.array(
      z.strictObject({
        /** The entitlement. */
        name: z.enum(['maxRooms', 'maxUsers', 'maxSessions', 'maxInteropSessions', 'maxBans']),
        /** 0 = no limit. */
        limit: z.number().int(),
        /** Omitted if it is not counted because there is no limit. */
        used: z.number().int().optional(),
      }),
    ),
  }),
  errors: ['ENGINE_APPID_INCORRECT_OR_NOT_ONLINE', 'COMMON_APP_OFFLINE'],
});

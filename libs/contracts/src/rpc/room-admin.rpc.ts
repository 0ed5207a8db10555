import { z } from 'zod';
import { defineRpc } from '../define.js';
import {
  appIdSchema,
  gatewayIdSchema,
  mediaKindSchema,
  nodeIdSchema,
  publishChannelSchema,
  roomIdSchema,
  roomModeSchema,
  sessionIdSchema,
  sessionRefSchema,
  streamIdSchema,
  userIdSchema,
  userSchema,
} from '../ids.js';
import { roomAttributeSchema, roomStreamSchema } from './room.rpc.js';

/** Sent to kicked users. ZEGO, `KickoutUser` and `CloseRoom`: 256 bytes. */
export const kickReasonSchema = z
  .string()
  .refine((text) => new TextEncoder().encode(text).length <= 256, 'COMMON_ILLEGAL_PARAM');

/** At most one day, as in ZEGO's `SetForbidUserRule`; 0 lifts the ban. */
const banForMsSchema = z.number().int().min(0).max(86_400_000);
/** How long a kicked user is refused (1002066). */
const blockSecondsSchema = z.number().int().min(1).max(86_400);

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

/** What a ban takes away: logins, publishing, or playing. */
export const banPrivilegeSchema = z.enum(['login', 'publish', 'play'], 'COMMON_ILLEGAL_PARAM');
export type BanPrivilege = z.infer<typeof banPrivilegeSchema>;

const banTargetFields = {
  userId: userIdSchema.optional(),
  roomId: roomIdSchema.optional(),
  /** An address, or a network in CIDR notation. */
  address: z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]).optional(),
};

const banFields = {
  ...banTargetFields,
  /** `publish` and `play` are of a user, in one room or in all. */
  privilege: banPrivilegeSchema.default('login'),
  forMs: banForMsSchema,
};

/** A ban names a user, a room or both, or an address; a ban from publishing or playing names a user. */
function namesOneTarget({
  userId,
  roomId,
  address,
  privilege,
}: { [K in keyof typeof banFields]?: unknown }): boolean {
  return privilege === 'login'
    ? (address === undefined) !== (userId === undefined && roomId === undefined)
    : userId !== undefined && address === undefined;
}

/** What a ban names. `address` is in canonical form, so that any notation of the range names the same ban. */
export interface BanTarget {
  userId?: string | undefined;
  roomId?: string | undefined;
  address?: string | undefined;
  privilege: BanPrivilege;
}

/** The text under which a ban is counted. Its Base64url form is the ID of the ban. */
export function toBanText({ address, roomId, userId, privilege }: BanTarget): string {
  const parts = [address ?? null, roomId ?? null, userId ?? null];
  return JSON.stringify(privilege === 'login' ? parts : [...parts, privilege]);
}

/** The ID of a ban: what it names, encoded. */
export const banIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,800}$/);

/** A ban in force. */
const banViewSchema = z.strictObject({
  banId: banIdSchema,
  userId: z.string().optional(),
  roomId: z.string().optional(),
  address: z.string().optional(),
  privilege: banPrivilegeSchema,
  untilMs: z.number().int(),
});
export type BanView = z.infer<typeof banViewSchema>;

/** A ban without its AppID. */
export const banSchema = z.strictObject(banFields).refine(namesOneTarget, 'COMMON_ILLEGAL_PARAM');

/**
 * Bans a user everywhere, all users from a room, a user from a room, or an address or network. The live sessions
 * of a banned user or address end (1002055), or lose the room. A ban of a whole room leaves its members there. With
 * `privilege`, a user only loses its streams, or what it plays.
 */
export const setBan = defineRpc('room', 'setBan', {
  authority: 'users:ban',
  request: z
    .strictObject({ appId: appIdSchema, ...banFields })
    .refine(namesOneTarget, 'COMMON_ILLEGAL_PARAM'),
  reply: z.strictObject({
    /** Omitted: it was lifted. */
    ban: banViewSchema.optional(),
  }),
  errors: ['APP_EXCEED_MAXIMUM_BAN_COUNT', 'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE', 'COMMON_APP_OFFLINE'],
});

/** Lifts a ban. */
export const liftBan = defineRpc('room', 'liftBan', {
  authority: 'users:ban',
  request: z.strictObject({ appId: appIdSchema, banId: banIdSchema }),
  reply: z.strictObject({ ban: banViewSchema }),
  errors: ['BAN_NOT_FOUND'],
});

const greatestCursor = String(2n ** 64n - 1n);
/** Redis's JSON parser rejects a lone surrogate, which is not UTF-8. */
const loneSurrogate = /\p{Cs}/u;

/** Position in a Redis scan: an unsigned 64-bit integer. */
export const cursorSchema = z
  .string()
  .regex(/^\d{1,20}$/)
  .refine((cursor) => cursor.padStart(20, '0') <= greatestCursor);

export const attributeKeyMaxBytes = 127;
export const attributeValueMaxBytes = 1024;

export const attributeValueSchema = z
  .string()
  .refine(
    (value) => new TextEncoder().encode(value).length <= attributeValueMaxBytes,
    'ROOM_EXTRA_INFO_VALUE_TOO_LONG',
  )
  .refine((value) => !loneSurrogate.test(value), 'COMMON_ILLEGAL_PARAM');

export const attributeChangeSchema = z.strictObject({
  key: z.string().superRefine((key, context) => {
    const bytes = new TextEncoder().encode(key).length;
    if (loneSurrogate.test(key)) {
      context.addIssue({ code: 'custom', message: 'COMMON_ILLEGAL_PARAM' });
    } else if (bytes === 0 || bytes > attributeKeyMaxBytes) {
      const message = bytes === 0 ? 'ROOM_EXTRA_INFO_KEY_EMPTY' : 'ROOM_EXTRA_INFO_KEY_TOO_LONG';
      context.addIssue({ code: 'custom', message });
    }
  }),
  /** '' removes the attribute. */
  value: attributeValueSchema,
  /** Expected version; 0 = must not exist; omitted = last write wins. */
  version: z.number().int().min(0).optional(),
});

export const attributeChangesSchema = z
  .array(attributeChangeSchema)
  .min(1, 'COMMON_ILLEGAL_PARAM')
  .max(100, 'COMMON_ILLEGAL_PARAM')
  .refine((list) => new Set(list.map(({ key }) => key)).size === list.length, 'COMMON_ILLEGAL_PARAM');

/** The version of all attributes of a room: a hash, without the quotes of the header. */
const attributesTagSchema = z.string().max(64);

/** All attributes of a room. */
export const readRoomAttributes = defineRpc('room', 'readRoomAttributes', {
  authority: 'rooms:read',
  request: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema }),
  reply: z.strictObject({ attributes: z.array(roomAttributeSchema), etag: attributesTagSchema }),
  errors: ['ROOM_ROOMID_INCORRECT'],
});

/** Changes attributes of a room atomically. The author is the session, or the application server. */
export const setRoomAttributes = defineRpc('room', 'setRoomAttributes', {
  authority: { permission: 'rooms:write', isOptional: true },
  request: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema,
    session: sessionRefSchema.optional(),
    epoch: z.number().int().optional(),
    changes: attributeChangesSchema,
    /** The expected version of all attributes; the empty text stands for any. */
    ifMatch: attributesTagSchema.optional(),
  }),
  reply: z.strictObject({ attributes: z.array(roomAttributeSchema), etag: attributesTagSchema }),
  errors: [
    'ROOM_ROOMID_INCORRECT',
    'ROOM_EXTRA_INFO_CONFLICT',
    'ROOM_EXTRA_INFO_EXCEED_KEYS',
    'REST_PRECONDITION_FAILED',
    'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE',
    'COMMON_APP_OFFLINE',
  ],
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

/** Bans in force, page by page; a ban that begins or ends meanwhile may be missing or listed twice. */
export const listBans = defineRpc('room', 'listBans', {
  authority: 'users:ban',
  request: z.strictObject({
    appId: appIdSchema,
    ...banTargetFields,
    address: z.string().max(64).optional(),
    /** Omitted or '0' = from the beginning. */
    cursor: cursorSchema.default('0'),
    limit: z.number().int().min(1).max(1000).default(100),
  }),
  reply: z.strictObject({
    bans: z.array(banViewSchema),
    /** Omitted on the last page. A page may be empty. */
    next: z.string().optional(),
  }),
  errors: [],
});

/**
 * Members of a room, page by page. A member that joins or leaves meanwhile may be missing or listed twice.
 */
export const listMembers = defineRpc('room', 'listMembers', {
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

/** The streams that a room shows, with what operators have muted. */
export const listRoomStreams = defineRpc('room', 'listRoomStreams', {
  authority: 'streams:read',
  request: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema }),
  reply: z.strictObject({ streams: z.array(roomStreamSchema) }),
  errors: ['ROOM_ROOMID_INCORRECT'],
});

/** The streams of a user, over all sessions. */
export const listUserStreams = defineRpc('room', 'listUserStreams', {
  authority: 'streams:read',
  request: z.strictObject({ appId: appIdSchema, userId: userIdSchema }),
  reply: z.strictObject({
    streams: z.array(
      z.strictObject({
        streamId: streamIdSchema,
        sessionId: sessionIdSchema,
        /** 0 to 3; a stream of data has none. */
        channel: publishChannelSchema.optional(),
        roomIds: z.array(roomIdSchema),
      }),
    ),
  }),
  errors: [],
});

/** Ends a stream in all its rooms (1003025 for its publisher). The publisher may publish again. */
export const stopStream = defineRpc('room', 'stopStream', {
  authority: 'streams:stop',
  request: z.strictObject({ appId: appIdSchema, streamId: streamIdSchema }),
  reply: z.strictObject({ roomIds: z.array(roomIdSchema) }),
  errors: ['PLAYER_PLAY_STREAM_NOT_EXIST'],
});

const mostMuteSeconds = 30 * 86_400;

const muteFields = {
  appId: appIdSchema,
  roomId: roomIdSchema,
  kind: mediaKindSchema,
  muted: z.boolean(),
  /** How long the mute lasts, also if the room ends meanwhile. */
  forSeconds: z.number().int().min(1).max(mostMuteSeconds).default(mostMuteSeconds),
};

/** All kinds now muted in the room. */
const mutedKindsSchema = z.strictObject({ kinds: z.array(mediaKindSchema) });

/**
 * Mutes or unmutes one kind of a user's streams in a room, independent of the publisher: of all streams that the user
 * shares there, now or later, from any session.
 */
export const setMemberMute = defineRpc('room', 'setMemberMute', {
  authority: 'streams:mute',
  request: z.strictObject({ ...muteFields, userId: userIdSchema }),
  reply: mutedKindsSchema,
  errors: ['ROOM_ROOMID_INCORRECT'],
});

/**
 * As `setMemberMute`, for the user of a stream. A stream that the room does not show yet is muted by its ID until
 * its user shares it.
 */
export const setStreamMute = defineRpc('room', 'setStreamMute', {
  authority: 'streams:mute',
  request: z.strictObject({ ...muteFields, streamId: streamIdSchema }),
  reply: mutedKindsSchema,
  errors: ['ROOM_ROOMID_INCORRECT'],
});

/** Kinds of a user that operators have muted in a room. */
export const readMemberMutes = defineRpc('room', 'readMemberMutes', {
  authority: 'streams:read',
  request: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema, userId: userIdSchema }),
  reply: mutedKindsSchema,
  errors: [],
});

/** Kinds of a stream that operators have muted in a room. */
export const readStreamMutes = defineRpc('room', 'readStreamMutes', {
  authority: 'streams:read',
  request: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema, streamId: streamIdSchema }),
  reply: mutedKindsSchema,
  errors: [],
});

/** What a gateway applies to a stream of a user in a room. */
export const readMutes = defineRpc('room', 'readMutes', {
  request: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema,
    userId: userIdSchema,
    streamId: streamIdSchema,
  }),
  reply: mutedKindsSchema.extend({
    /** When to read again, because a mute ends. Unix ms. */
    untilMs: z.number().int().optional(),
  }),
  errors: [],
});

/** The media node that publishes a stream, in any room. */
export const findStream = defineRpc('room', 'findStream', {
  request: z.strictObject({ appId: appIdSchema, streamId: streamIdSchema }),
  reply: z.strictObject({ nodeId: nodeIdSchema }),
  errors: ['PLAYER_PLAY_STREAM_NOT_EXIST'],
});

import { z } from 'zod';
import { defineRpc } from '../define.js';
import { grantsSchema } from '../grants.js';
import {
  appIdSchema,
  claimChannelSchema,
  gatewayIdSchema,
  nodeIdSchema,
  roomIdSchema,
  roomModeSchema,
  sessionIdSchema,
  sessionRefSchema,
  streamIdSchema,
  streamKindSchema,
  userSchema,
} from '../ids.js';

export const memberSchema = userSchema;

/** What a gateway needs to know of a membership beside its epoch. */
export const membershipNoteSchema = z.strictObject({
  /** Of the token that the room has, or of the AppSign. */
  grants: grantsSchema,
  /** The member wanted to watch and listen only: it has no other rights, whatever the token grants. */
  listenOnly: z.boolean().optional(),
  /** Whether the member is told of others coming and going. */
  isUserStatusNotify: z.boolean(),
});
export type MembershipNote = z.infer<typeof membershipNoteSchema>;

const resumeTokenHashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** What a publisher notes on a stream in a room. ZEGO's stream extra info. */
export const streamExtraInfoSchema = z.string().max(1024);

/** A stream as the members of a room see it. */
export const roomStreamSchema = z.strictObject({
  streamId: streamIdSchema,
  user: userSchema,
  extraInfo: z.string(),
  kinds: z.array(streamKindSchema),
});
export type RoomStream = z.infer<typeof roomStreamSchema>;

/** What members note for each other. ZEGO's room extra info, with a version for compare-and-set. */
export const roomAttributeSchema = z.strictObject({
  key: z.string(),
  /** '' in a fact: the attribute was taken away. */
  value: z.string(),
  /** Grows with every change of the room. */
  version: z.number().int(),
  /** '' where the app's server set it. */
  updatedByUserId: z.string(),
  updatedAtMs: z.number().int(),
});
export type RoomAttribute = z.infer<typeof roomAttributeSchema>;

/** In the answer to a login; who is there beside them is asked for in pages. */
export const snapshotMostMembers = 500;

/** A room at one moment. Facts with a higher `seq` of the same `roomEpoch` come after it. */
export const roomSnapshotSchema = z.strictObject({
  roomId: roomIdSchema,
  roomEpoch: z.string(),
  seq: z.number().int(),
  memberCount: z.number().int(),
  /** All of them, or `snapshotMostMembers`. */
  members: z.array(memberSchema),
  streams: z.array(roomStreamSchema),
  attributes: z.array(roomAttributeSchema),
});
export type RoomSnapshot = z.infer<typeof roomSnapshotSchema>;

/**
 * Takes a slot of the user's budget (admit), then a seat in the room (enter). A refused seat gives the
 * slot back. The same session asking again for the same room with the same `requestId` gets the same answer.
 */
export const login = defineRpc('room', 'login', {
  request: z.strictObject({
    session: sessionRefSchema,
    gatewayId: gatewayIdSchema,
    nodeId: nodeIdSchema.optional(),
    /** The user that this login names; must be the session's own (1002018). */
    user: userSchema,
    /** The user name that the session's first login gave. */
    sessionUserName: z.string(),
    roomId: roomIdSchema,
    mode: roomModeSchema,
    requestId: z.string().max(128),
    /** The session's first login. Any other one of a session that is not there is refused. */
    opens: z.boolean(),
    /** SHA-256 (hex) of the secret with which the session can be resumed. */
    resumeTokenHash: resumeTokenHashSchema,
    /** Where the client is, for bans of addresses. */
    clientAddress: z.string().max(64).optional(),
    /** A room that is left for this one: the limit is not asked about it. */
    from: z.strictObject({ roomId: roomIdSchema, epoch: z.number().int() }).optional(),
    /** Kept with the membership for a resume. */
    note: membershipNoteSchema,
    /** The first login of a room sets it; 0 = no limit. */
    maxMemberCount: z.number().int().min(0).default(0),
    /** The ceiling of the token, where it has one. */
    maxRooms: z.number().int().min(1).optional(),
  }),
  reply: z.strictObject({
    /** Fences every later write of this membership. */
    epoch: z.number().int(),
    snapshot: roomSnapshotSchema,
    /** With `from`: upstreams that are shared nowhere any more. */
    endedStreamIds: z.array(streamIdSchema),
  }),
  errors: [
    'ROOM_LOGIN_MULTI_ROOM_NOT_OPEN',
    'ROOM_ROOMID_INCORRECT',
    'ROOM_LOGIN_TIMEOUT',
    'ROOM_KICKED_OUT',
    'ROOM_MANUAL_KICKED_OUT',
    'ROOM_SESSION_EXCEPTION_KICKED_OUT',
    'APP_CALL_API_TOO_FREQUENT',
    'ROOM_EXCEED_MAXIMUM_ROOM_COUNT',
    'APP_EXCEED_MAXIMUM_USER_COUNT',
    'COMMON_APP_ACCESS_DENIED',
    'ROOM_ROOM_ID_HAS_BEEN_USED',
    'ROOM_COUNT_EXCEED',
    'ROOM_MULTI_ROOM_LOGIN_USER_NOT_SAME',
    'ROOM_MULTI_ROOM_EXCEED_MAXIMUM_ROOM_COUNT',
    'ROOM_USER_IN_BLACKLIST',
    'ROOM_EXCEED_MAXIMUM_MEMBER',
    'ROOM_LOGIN_OTHER',
  ],
});

/** Leaves one room; its shares end with it. Leaving twice succeeds once and says 1002002 then. */
export const logout = defineRpc('room', 'logout', {
  request: z.strictObject({ session: sessionRefSchema, roomId: roomIdSchema, epoch: z.number().int() }),
  reply: z.strictObject({
    /** Upstreams of the session that are shared nowhere any more: the caller stops them. */
    endedStreamIds: z.array(streamIdSchema),
  }),
  errors: ['ROOM_ROOMID_INCORRECT'],
});

/** Leaves all rooms and ends the session. Idempotent. */
export const endSession = defineRpc('room', 'endSession', {
  request: z.strictObject({ session: sessionRefSchema }),
  reply: z.strictObject({ leftRoomIds: z.array(roomIdSchema) }),
  errors: [],
});

/** The socket is gone: the session keeps its rooms until `graceMs` have passed, then it is ended. */
export const suspendSession = defineRpc('room', 'suspendSession', {
  request: z.strictObject({
    session: sessionRefSchema,
    gatewayId: gatewayIdSchema,
    /** The socket that is gone; a session that has another one by now is left alone. 0 = whichever it was. */
    attach: z.number().int().min(0),
  }),
  reply: z.strictObject({ graceMs: z.number().int() }),
  errors: [],
});

/**
 * Gives a session, with all its rooms, to the gateway that has its client now. Rooms that it lost while it
 * had no socket are named with their reasons; the others go on as if nothing had been.
 */
export const resumeSession = defineRpc('room', 'resumeSession', {
  request: z.strictObject({
    session: sessionRefSchema,
    gatewayId: gatewayIdSchema,
    resumeTokenHash: resumeTokenHashSchema,
  }),
  reply: z.strictObject({
    user: userSchema,
    mode: roomModeSchema,
    nodeId: nodeIdSchema.optional(),
    attach: z.number().int(),
    rooms: z.array(
      z.strictObject({ roomId: roomIdSchema, epoch: z.number().int(), note: membershipNoteSchema }),
    ),
    lost: z.array(
      z.strictObject({ roomId: roomIdSchema, code: z.number().int(), reason: z.string().optional() }),
    ),
    upstreams: z.array(
      z.strictObject({
        streamId: streamIdSchema,
        channel: claimChannelSchema,
        roomIds: z.array(roomIdSchema),
      }),
    ),
  }),
  errors: [
    'ROOM_DISCONNECT',
    'ROOM_AUTHENTICATION_FAILED',
    'ROOM_KICKED_OUT',
    'ROOM_MANUAL_KICKED_OUT',
    'ROOM_TOKEN_EXPIRED_KICKED_OUT',
    'ROOM_SESSION_EXCEPTION_KICKED_OUT',
  ],
  timeoutMs: 5000,
});

const memberRoomSchema = z.strictObject({ roomId: roomIdSchema, epoch: z.number().int() });

/** Another token holds for these rooms from now on, also after a resume. Rooms that were left are passed over. */
export const renewMemberships = defineRpc('room', 'renewMemberships', {
  request: z.strictObject({
    session: sessionRefSchema,
    rooms: z.array(memberRoomSchema.extend({ note: membershipNoteSchema })).max(1000),
  }),
  reply: z.strictObject({}),
  errors: [],
});

/** The tokens of these rooms have expired: they are taken away (1002056), and with the last one the session. */
export const expireMemberships = defineRpc('room', 'expireMemberships', {
  request: z.strictObject({ session: sessionRefSchema, rooms: z.array(memberRoomSchema).max(1000) }),
  reply: z.strictObject({}),
  errors: [],
});

/**
 * Rooms of a session as they are now. One in which it has no seat any more is lost: its slot is given back,
 * and its client is told (1002057).
 */
export const readMemberRooms = defineRpc('room', 'readMemberRooms', {
  request: z.strictObject({
    session: sessionRefSchema,
    rooms: z.array(z.strictObject({ roomId: roomIdSchema, epoch: z.number().int() })).max(1000),
  }),
  reply: z.strictObject({ snapshots: z.array(roomSnapshotSchema), lostRoomIds: z.array(roomIdSchema) }),
  errors: [],
});

/** Another media node carries the session from now on. */
export const setSessionNode = defineRpc('room', 'setSessionNode', {
  request: z.strictObject({ session: sessionRefSchema, nodeId: nodeIdSchema }),
  reply: z.strictObject({}),
  errors: [],
});

/** One heartbeat for everything a gateway holds; when it stops, its sessions are suspended. */
export const heartbeat = defineRpc('room', 'heartbeat', {
  request: z.strictObject({ gatewayId: gatewayIdSchema }),
  reply: z.strictObject({
    leaseMs: z.number().int(),
    /** False where the gateway is new, or was given up: then its sessions are suspended. */
    known: z.boolean(),
  }),
  errors: [],
});

const heldSessionSchema = z.strictObject({
  session: sessionRefSchema,
  rooms: z.array(z.strictObject({ roomId: roomIdSchema, epoch: z.number().int() })),
});
export type HeldSession = z.infer<typeof heldSessionSchema>;

/** The sessions that the records give to a gateway, page by page. */
export const listGatewaySessions = defineRpc('room', 'listGatewaySessions', {
  request: z.strictObject({ gatewayId: gatewayIdSchema, cursor: z.string().regex(/^\d{1,20}$/) }),
  reply: z.strictObject({
    /** '0' = that was the last page. */
    cursor: z.string(),
    sessions: z.array(sessionRefSchema),
  }),
  errors: [],
});

const sessionRoomSchema = z.strictObject({
  session: sessionRefSchema,
  roomId: roomIdSchema,
  epoch: z.number().int(),
});

/**
 * Compares what a gateway holds with what the records say. The answer names differences; the gateway looks
 * at each again, for things change while it asks, and puts right what still differs.
 */
export const reconcile = defineRpc('room', 'reconcile', {
  request: z.strictObject({ gatewayId: gatewayIdSchema, sessions: z.array(heldSessionSchema).max(200) }),
  reply: z.strictObject({
    /** Held by the gateway, and not its own any more. */
    gone: z.array(sessionRefSchema),
    /** In the gateway's lists only. */
    lostRooms: z.array(sessionRoomSchema),
    /** In the records only. */
    extraRooms: z.array(sessionRoomSchema),
  }),
  errors: [],
  timeoutMs: 10_000,
});

/** Reserves a stream ID (unique in the AppID) for an upstream of this session. */
export const claimStream = defineRpc('room', 'claimStream', {
  request: z.strictObject({
    session: sessionRefSchema,
    nodeId: nodeIdSchema,
    streamId: streamIdSchema,
    channel: claimChannelSchema,
  }),
  reply: z.strictObject({}),
  errors: ['PUBLISHER_REPETITIVE_PUBLISH_STREAM', 'PUBLISHER_ALREADY_DO_PUBLISH'],
});

/** Gives the stream ID back and removes its shares from all rooms. Idempotent. */
export const releaseStream = defineRpc('room', 'releaseStream', {
  request: z.strictObject({ session: sessionRefSchema, streamId: streamIdSchema }),
  reply: z.strictObject({ roomIds: z.array(roomIdSchema) }),
  errors: [],
});

/** Shows a claimed stream in a room. The session must be a member. Idempotent. */
export const shareStream = defineRpc('room', 'shareStream', {
  request: z.strictObject({
    session: sessionRefSchema,
    user: userSchema,
    epoch: z.number().int(),
    roomId: roomIdSchema,
    streamId: streamIdSchema,
    kinds: z.array(streamKindSchema).min(1),
    extraInfo: streamExtraInfoSchema.default(''),
  }),
  reply: z.strictObject({ roomIds: z.array(roomIdSchema) }),
  errors: ['ROOM_ROOMID_INCORRECT', 'PUBLISHER_SERVER_FORBID'],
});

export const unshareStream = defineRpc('room', 'unshareStream', {
  request: z.strictObject({ session: sessionRefSchema, roomId: roomIdSchema, streamId: streamIdSchema }),
  reply: z.strictObject({
    /** Rooms that still show it; empty = the caller stops the upstream. */
    roomIds: z.array(roomIdSchema),
  }),
  errors: [],
});

/** Where does a stream that is shown in this room live? */
export const locateStream = defineRpc('room', 'locateStream', {
  request: z.strictObject({
    session: sessionRefSchema,
    roomId: roomIdSchema,
    epoch: z.number().int(),
    streamId: streamIdSchema,
  }),
  reply: z.strictObject({
    nodeId: nodeIdSchema,
    ownerSessionId: sessionIdSchema,
    kinds: z.array(streamKindSchema),
  }),
  errors: ['ROOM_ROOMID_INCORRECT', 'PLAYER_PLAY_STREAM_NOT_EXIST'],
});

export const getSnapshot = defineRpc('room', 'getSnapshot', {
  request: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema }),
  reply: roomSnapshotSchema,
  errors: ['ROOM_ROOMID_INCORRECT'],
});

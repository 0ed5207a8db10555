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

export const memberSchema = userSchema;

/** A stream as the members of a room see it. */
export const roomStreamSchema = z.strictObject({
  streamId: streamIdSchema,
  user: userSchema,
  extraInfo: z.string(),
  kinds: z.array(mediaKindSchema),
});
export type RoomStream = z.infer<typeof roomStreamSchema>;

/** A room at one moment. Facts with a higher `seq` of the same `roomEpoch` come after it. */
export const roomSnapshotSchema = z.strictObject({
  roomId: roomIdSchema,
  roomEpoch: z.string(),
  seq: z.number().int(),
  members: z.array(memberSchema),
  streams: z.array(roomStreamSchema),
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
    requestId: z.string().max(64),
    /** The first login of a room sets it; 0 = no limit. */
    maxMemberCount: z.number().int().min(0).default(0),
    /** The ceiling of the token, where it has one. */
    maxRooms: z.number().int().min(1).optional(),
  }),
  reply: z.strictObject({
    /** Fences every later write of this membership. */
    epoch: z.number().int(),
    snapshot: roomSnapshotSchema,
  }),
  errors: [
    'ROOM_LOGIN_MULTI_ROOM_NOT_OPEN',
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
  request: z.strictObject({ session: sessionRefSchema, gatewayId: gatewayIdSchema }),
  reply: z.strictObject({ graceMs: z.number().int() }),
  errors: [],
});

/** One heartbeat for everything a gateway holds; when it stops, its sessions are suspended. */
export const heartbeat = defineRpc('room', 'heartbeat', {
  request: z.strictObject({ gatewayId: gatewayIdSchema }),
  reply: z.strictObject({ leaseMs: z.number().int() }),
  errors: [],
});

/** Reserves a stream ID (unique in the AppID) for an upstream of this session. */
export const claimStream = defineRpc('room', 'claimStream', {
  request: z.strictObject({
    session: sessionRefSchema,
    nodeId: nodeIdSchema,
    streamId: streamIdSchema,
    channel: publishChannelSchema,
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
    kinds: z.array(mediaKindSchema).min(1),
    extraInfo: z.string().max(1024).default(''),
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
    kinds: z.array(mediaKindSchema),
  }),
  errors: ['ROOM_ROOMID_INCORRECT', 'PLAYER_PLAY_STREAM_NOT_EXIST'],
});

export const getSnapshot = defineRpc('room', 'getSnapshot', {
  request: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema }),
  reply: roomSnapshotSchema,
  errors: ['ROOM_ROOMID_INCORRECT'],
});

/** The rooms of a user, over all sessions. */
export const listUserRooms = defineRpc('room', 'listUserRooms', {
  request: z.strictObject({ appId: appIdSchema, userId: userIdSchema }),
  reply: z.strictObject({
    rooms: z.array(
      z.strictObject({ roomId: roomIdSchema, sessionId: sessionIdSchema, epoch: z.number().int() }),
    ),
  }),
  errors: [],
});

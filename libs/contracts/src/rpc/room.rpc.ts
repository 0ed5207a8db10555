import { z } from 'zod';
import { findExtraInfoError } from '../caller-text.js';
import { defineRpc, persistentRead } from '../define.js';
import { newAppEventSchema } from '../events/app-events.js';
import { grantsSchema } from '../grants.js';
import {
  appIdSchema,
  claimChannelSchema,
  clientInstanceSchema,
  gatewayIdSchema,
  mediaKindSchema,
  nodeIdSchema,
  roomIdSchema,
  roomModeSchema,
  sessionRefSchema,
  streamIdSchema,
  streamKindSchema,
  userSchema,
} from '../ids.js';

export const memberSchema = userSchema;

/** State of a membership kept for its gateway, besides the epoch. */
export const membershipNoteSchema = z.strictObject({
  /** Grants of the room's token, or of the AppSign. */
  grants: grantsSchema,
  /** The member joined to play only: it has no other rights, regardless of its token. */
  listenOnly: z.boolean().optional(),
  /** Whether the member is notified when other members join or leave. */
  isUserStatusNotify: z.boolean(),
});
export type MembershipNote = z.infer<typeof membershipNoteSchema>;

const resumeTokenHashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** Publisher-defined text of a stream in a room. ZEGO's stream extra info. */
export const streamExtraInfoSchema = z
  .string()
  .refine((text) => findExtraInfoError(text) === undefined, { error: 'PUBLISHER_EXTRA_INFO_TOO_LONG' });

/** A stream as seen by the members of a room. */
export const roomStreamSchema = z.strictObject({
  streamId: streamIdSchema,
  user: userSchema,
  extraInfo: z.string(),
  kinds: z.array(streamKindSchema),
  /** Kinds that the publisher mutes in this room; omitted: none. */
  mutedKinds: z.array(mediaKindSchema).optional(),
  /** Kinds that an operator mutes in this room; omitted: none. */
  operatorMutedKinds: z.array(mediaKindSchema).optional(),
});
export type RoomStream = z.infer<typeof roomStreamSchema>;

/** Key-value state shared by the members. ZEGO's room extra info, with a version for compare-and-set. */
export const roomAttributeSchema = z.strictObject({
  key: z.string(),
  /** '' in a fact: the attribute was removed. */
  value: z.string(),
  /** Grows with every change of the room. */
  version: z.number().int(),
  /** '' if set by the application server. */
  updatedByUserId: z.string(),
  updatedAtMs: z.number().int(),
});
export type RoomAttribute = z.infer<typeof roomAttributeSchema>;

/** Members in the reply to a login; the rest is read in pages. */
export const snapshotMostMembers = 500;

/** The state of a room at one fact number. Facts with a higher `seq` of the same `roomEpoch` follow it. */
export const roomSnapshotSchema = z.strictObject({
  roomId: roomIdSchema,
  roomEpoch: z.string(),
  seq: z.number().int(),
  memberCount: z.number().int(),
  /** All members, or the first `snapshotMostMembers`. */
  members: z.array(memberSchema),
  streams: z.array(roomStreamSchema),
  attributes: z.array(roomAttributeSchema),
});
export type RoomSnapshot = z.infer<typeof roomSnapshotSchema>;

/**
 * Takes a slot of the user's budget (admit), then a membership of the room (enter). If the room refuses, the
 * slot is released. A retry of the same session for the same room with the same `requestId` gets the same
 * reply.
 */
export const login = defineRpc('room', 'login', {
  repeats: 1,
  attemptsExpire: true,
  request: z.strictObject({
    session: sessionRefSchema,
    gatewayId: gatewayIdSchema,
    nodeId: nodeIdSchema.optional(),
    /** User of this login; must match that of the session (1002018). */
    user: userSchema,
    /** User name given in the session's first login. */
    sessionUserName: z.string(),
    roomId: roomIdSchema,
    mode: roomModeSchema,
    requestId: z.string().max(128),
    /** A WHIP or WHEP session, which has a quota of its own. */
    interop: z.boolean().optional(),
    /** Whether this is the session's first login. Other logins require an existing session. */
    opens: z.boolean(),
    /** SHA-256 (hex) of the secret that resumes the session. */
    resumeTokenHash: resumeTokenHashSchema,
    /** The client's address, for address bans. */
    clientAddress: z.string().max(64).optional(),
    client: clientInstanceSchema.optional(),
    /** A room that this login replaces; it does not count against the limit. */
    from: z
      .strictObject({
        roomId: roomIdSchema,
        epoch: z.number().int(),
        /** Left after the new room is entered, so that a refusal changes nothing; its streams stay claimed. */
        keepStreams: z.boolean().optional(),
      })
      .optional(),
    /** Stored with the membership for a resume. */
    note: membershipNoteSchema,
    /** Set by the first login of a room; 0 = no limit. */
    maxMemberCount: z.number().int().min(0).default(0),
    /** Limit of the token, if it has one. */
    maxRooms: z.number().int().min(1).optional(),
  }),
  reply: z.strictObject({
    /** Fences every later write of this membership. */
    epoch: z.number().int(),
    snapshot: roomSnapshotSchema,
    /** With `from`: upstreams that are no longer shared in any room. */
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
    'APP_EXCEED_MAXIMUM_SESSION_COUNT',
    'INTEROP_SESSION_LIMIT_REACHED',
    'COMMON_APP_ACCESS_DENIED',
    'ROOM_ROOM_ID_HAS_BEEN_USED',
    'ROOM_COUNT_EXCEED',
    'ROOM_MULTI_ROOM_LOGIN_USER_NOT_SAME',
    'ROOM_MULTI_ROOM_EXCEED_MAXIMUM_ROOM_COUNT',
    'ROOM_USER_IN_BLACKLIST',
    'ROOM_EXCEED_MAXIMUM_MEMBER',
    'ROOM_LOGIN_OTHER',
    'ENGINE_APPSIGN_INCORRECT',
  ],
});

/** Leaves one room and removes its shares. A repeated logout fails with 1002002. */
export const logout = defineRpc('room', 'logout', {
  request: z.strictObject({ session: sessionRefSchema, roomId: roomIdSchema, epoch: z.number().int() }),
  reply: z.strictObject({
    /** Upstreams of the session that are no longer shared in any room: the caller stops them. */
    endedStreamIds: z.array(streamIdSchema),
  }),
  errors: ['ROOM_ROOMID_INCORRECT'],
});

/** Leaves all rooms and ends the session. Idempotent. */
export const endSession = defineRpc('room', 'endSession', {
  repeats: 1,
  request: z.strictObject({ session: sessionRefSchema }),
  reply: z.strictObject({ leftRoomIds: z.array(roomIdSchema) }),
  errors: [],
});

/** The client disconnected: the session keeps its rooms for `graceMs`, then ends. */
export const suspendSession = defineRpc('room', 'suspendSession', {
  request: z.strictObject({
    session: sessionRefSchema,
    gatewayId: gatewayIdSchema,
    /** The connection that closed; a session with a newer one is left unchanged. 0 = any. */
    attach: z.number().int().min(0),
  }),
  reply: z.strictObject({ graceMs: z.number().int() }),
  errors: [],
});

/**
 * Moves a session with all its rooms to the gateway that now holds its connection. Rooms lost while it was
 * disconnected are returned with their reasons; the rest continue unchanged.
 */
export const resumeSession = defineRpc('room', 'resumeSession', {
  request: z.strictObject({
    session: sessionRefSchema,
    gatewayId: gatewayIdSchema,
    resumeTokenHash: resumeTokenHashSchema,
    /** The client's address, for address bans. */
    clientAddress: z.string().max(64).optional(),
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
    'COMMON_APP_OFFLINE',
    'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE',
    'ROOM_DISCONNECT',
    'ROOM_AUTHENTICATION_FAILED',
    'ROOM_KICKED_OUT',
    'ROOM_MANUAL_KICKED_OUT',
    'ROOM_TOKEN_EXPIRED_KICKED_OUT',
    'ROOM_TOKEN_REVOKED',
    'ROOM_SESSION_EXCEPTION_KICKED_OUT',
    'ROOM_USER_IN_BLACKLIST',
    'COMMON_APP_ACCESS_DENIED',
  ],
  timeoutMs: 5000,
});

const memberRoomSchema = z.strictObject({ roomId: roomIdSchema, epoch: z.number().int() });

/** Replaces the token of these rooms, also for a resume. Rooms left meanwhile are skipped. */
export const renewMemberships = defineRpc('room', 'renewMemberships', {
  request: z.strictObject({
    session: sessionRefSchema,
    rooms: z.array(memberRoomSchema.extend({ note: membershipNoteSchema })).max(1000),
  }),
  reply: z.strictObject({}),
  errors: [],
});

/** Why the tokens of rooms no longer count. */
export const tokenEndSchema = z.enum(['ROOM_TOKEN_EXPIRED_KICKED_OUT', 'ROOM_TOKEN_REVOKED']);
export type TokenEnd = z.infer<typeof tokenEndSchema>;

/**
 * The tokens of these rooms have expired (1002056) or are revoked (1190403): removes the memberships, and the session
 * with its last room.
 */
export const expireMemberships = defineRpc('room', 'expireMemberships', {
  request: z.strictObject({
    session: sessionRefSchema,
    rooms: z.array(memberRoomSchema).max(1000),
    why: tokenEndSchema.default('ROOM_TOKEN_EXPIRED_KICKED_OUT'),
  }),
  reply: z.strictObject({}),
  errors: [],
});

/** Addresses of one `findBannedAddresses`. */
export const maxAddressesToCheck = 1000;

/** Which addresses are banned, for gateways that may have missed the event. */
export const findBannedAddresses = defineRpc('room', 'findBannedAddresses', {
  repeats: 1,
  request: z.strictObject({
    appId: appIdSchema,
    addresses: z.array(z.string().max(64)).max(maxAddressesToCheck),
  }),
  reply: z.strictObject({ banned: z.array(z.string()) }),
  errors: [],
});

/**
 * Current state of a session's rooms. A room without its membership is lost: its slot is released and its
 * client is notified (1002057).
 */
export const readMemberRooms = defineRpc('room', 'readMemberRooms', {
  repeats: 1,
  request: z.strictObject({
    session: sessionRefSchema,
    rooms: z.array(z.strictObject({ roomId: roomIdSchema, epoch: z.number().int() })).max(1000),
  }),
  reply: z.strictObject({ snapshots: z.array(roomSnapshotSchema), lostRoomIds: z.array(roomIdSchema) }),
  errors: [],
});

/** Sets the media node of a session after a move. Ignored from a gateway that no longer holds the session. */
export const setSessionNode = defineRpc('room', 'setSessionNode', {
  request: z.strictObject({ session: sessionRefSchema, attach: z.number().int(), nodeId: nodeIdSchema }),
  reply: z.strictObject({}),
  errors: [],
});

/** One heartbeat for all sessions of a gateway; when it stops, they are suspended. */
export const heartbeat = defineRpc('room', 'heartbeat', {
  request: z.strictObject({ gatewayId: gatewayIdSchema }),
  reply: z.strictObject({
    leaseMs: z.number().int(),
    /** False if the gateway is new or its lease expired: then its sessions are suspended. */
    known: z.boolean(),
  }),
  errors: [],
});

const heldSessionSchema = z.strictObject({
  session: sessionRefSchema,
  rooms: z.array(z.strictObject({ roomId: roomIdSchema, epoch: z.number().int() })),
});
export type HeldSession = z.infer<typeof heldSessionSchema>;

/** Sessions recorded for a gateway, page by page. */
export const listGatewaySessions = defineRpc('room', 'listGatewaySessions', {
  request: z.strictObject({ gatewayId: gatewayIdSchema, cursor: z.string().regex(/^\d{1,20}$/) }),
  reply: z.strictObject({
    /** '0' = last page. */
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
 * Compares the sessions of a gateway with the records. The reply lists differences; the gateway rechecks
 * each, because state may change meanwhile, and repairs those that remain.
 */
export const reconcile = defineRpc('room', 'reconcile', {
  request: z.strictObject({ gatewayId: gatewayIdSchema, sessions: z.array(heldSessionSchema).max(200) }),
  reply: z.strictObject({
    /** Held by the gateway but no longer owned by it. */
    gone: z.array(sessionRefSchema),
    /** Only in the gateway's state. */
    lostRooms: z.array(sessionRoomSchema),
    /** Only in the records. */
    extraRooms: z.array(sessionRoomSchema),
  }),
  errors: [],
  timeoutMs: 10_000,
});

/** Logs an event of another service; replies when it is stored. */
export const logEvent = defineRpc('room', 'logEvent', {
  request: newAppEventSchema,
  reply: z.strictObject({}),
  errors: [],
});

/** Claims a stream ID (unique in the AppID) for an upstream of this session. */
export const claimStream = defineRpc('room', 'claimStream', {
  request: z.strictObject({
    session: sessionRefSchema,
    nodeId: nodeIdSchema,
    streamId: streamIdSchema,
    channel: claimChannelSchema,
  }),
  reply: z.strictObject({}),
  errors: ['PUBLISHER_REPETITIVE_PUBLISH_STREAM', 'PUBLISHER_ALREADY_DO_PUBLISH', 'PUBLISHER_SERVER_FORBID'],
});

/** Releases the stream ID and removes its shares from all rooms. Idempotent. */
export const releaseStream = defineRpc('room', 'releaseStream', {
  request: z.strictObject({ session: sessionRefSchema, streamId: streamIdSchema }),
  reply: z.strictObject({ roomIds: z.array(roomIdSchema) }),
  errors: [],
});

/**
 * Shares a claimed stream in a room. The session must be a member. Idempotent. A stream that the room shows keeps its
 * text unless another one is given.
 */
export const shareStream = defineRpc('room', 'shareStream', {
  request: z.strictObject({
    session: sessionRefSchema,
    user: userSchema,
    epoch: z.number().int(),
    roomId: roomIdSchema,
    streamId: streamIdSchema,
    kinds: z.array(streamKindSchema).min(1),
    extraInfo: streamExtraInfoSchema.optional(),
    mutedKinds: z.array(mediaKindSchema).max(2).default([]),
  }),
  reply: z.strictObject({ roomIds: z.array(roomIdSchema) }),
  /** 1003028: an application server has announced the stream in the room for another user. */
  errors: ['ROOM_ROOMID_INCORRECT', 'PUBLISHER_SERVER_FORBID', 'PUBLISHER_REPETITIVE_PUBLISH_STREAM'],
});

/**
 * Changes what rooms show of a stream: its text, or the kinds that its publisher mutes there. Rooms that do not show
 * it are skipped.
 */
export const updateStream = defineRpc('room', 'updateStream', {
  request: z.strictObject({
    session: sessionRefSchema,
    streamId: streamIdSchema,
    rooms: z
      .array(
        z.strictObject({
          roomId: roomIdSchema,
          /** Omitted: unchanged. */
          extraInfo: streamExtraInfoSchema.optional(),
          /** Omitted: unchanged. */
          mutedKinds: z.array(mediaKindSchema).max(2).optional(),
        }),
      )
      .max(1000),
  }),
  reply: z.strictObject({}),
  errors: [],
});

export const unshareStream = defineRpc('room', 'unshareStream', {
  request: z.strictObject({ session: sessionRefSchema, roomId: roomIdSchema, streamId: streamIdSchema }),
  reply: z.strictObject({
    /** Rooms in which it is still shared; empty = the caller stops the upstream. */
    roomIds: z.array(roomIdSchema),
  }),
  errors: [],
});

/** Finds the media node of a stream shared in this room. */
export const locateStream = defineRpc('room', 'locateStream', {
  request: z.strictObject({
    session: sessionRefSchema,
    roomId: roomIdSchema,
    epoch: z.number().int(),
    streamId: streamIdSchema,
  }),
  reply: z.strictObject({ nodeId: nodeIdSchema }),
  errors: ['ROOM_ROOMID_INCORRECT', 'PLAYER_PLAY_STREAM_NOT_EXIST', 'PLAYER_SERVER_FORBID'],
});

export const getSnapshot = defineRpc('room', 'getSnapshot', {
  ...persistentRead,
  request: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema }),
  reply: roomSnapshotSchema,
  errors: ['ROOM_ROOMID_INCORRECT'],
});

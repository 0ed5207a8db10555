import { z } from 'zod';
import { defineNodeRpc, defineRpc } from '../define.js';
import {
  appIdSchema,
  gatewayIdSchema,
  roomIdSchema,
  sessionRefSchema,
  streamIdSchema,
  userIdSchema,
} from '../ids.js';
import { type Permission, type RequiredAuthority } from '../permissions.js';
import { login } from './room.rpc.js';

/** A session, and the process that holds its connection. */
const heldSessionSchema = z.strictObject({ session: sessionRefSchema, gatewayId: gatewayIdSchema });

/** A session in a room. */
const memberSessionSchema = heldSessionSchema.extend({ roomId: roomIdSchema });

/**
 * Finds the session with which a user is in a room; without `roomId`, in the room that the user entered first.
 */
export const findSession = defineRpc('room', 'findSession', {
  authority: 'users:move',
  request: z.strictObject({ appId: appIdSchema, userId: userIdSchema, roomId: roomIdSchema.optional() }),
  reply: memberSessionSchema,
  errors: ['ROOM_ROOMID_INCORRECT', 'SESSION_NOT_CONNECTED'],
});

/** Finds the session that publishes a stream. */
export const findStreamSession = defineRpc('room', 'findStreamSession', {
  authority: 'streams:share',
  request: z.strictObject({ appId: appIdSchema, streamId: streamIdSchema }),
  reply: heldSessionSchema,
  errors: ['PUBLISHER_PUBLISH_STREAM_FAILED', 'SESSION_NOT_CONNECTED'],
});

/** For requests that name their AppID in `session`. */
function ofSession(permission: Permission): RequiredAuthority<{ session: { appId: number } }> {
  return { permission, appIdsOf: ({ session }) => [session.appId] };
}

const shareErrors = [
  'ROOM_ROOMID_INCORRECT',
  'ROOM_NO_PUBLISH_AUTH',
  'PUBLISHER_PUBLISH_STREAM_FAILED',
  'PUBLISHER_SERVER_FORBID',
  'PUBLISHER_REPETITIVE_PUBLISH_STREAM',
  'SESSION_NOT_CONNECTED',
] as const;

/**
 * Takes a session into a room, by the rules of a login. With `leaves` it replaces the former room, and takes its
 * streams along. A refusal changes nothing.
 */
export const transferSession = defineNodeRpc('session', 'transferSession', {
  authority: ofSession('users:move'),
  request: z.strictObject({
    session: sessionRefSchema,
    /** The room whose rights and settings the new membership gets. */
    fromRoomId: roomIdSchema,
    toRoomId: roomIdSchema,
    leaves: z.boolean(),
    /** Whether the new room shows the session's streams of the former one. */
    sharesStreams: z.boolean(),
  }),
  reply: z.strictObject({
    /** All rooms of the session. */
    roomIds: z.array(roomIdSchema),
    /** The session's streams that the new room shows. */
    streamIds: z.array(streamIdSchema),
  }),
  errors: [...login.errors, ...shareErrors, 'ROOM_AUTHENTICATION_FAILED'],
  timeoutMs: 12_000,
});

/** Ends a stream of a session, because its ID is forbidden. Idempotent. */
export const endStream = defineNodeRpc('session', 'endStream', {
  authority: ofSession('streams:stop'),
  request: z.strictObject({ session: sessionRefSchema, streamId: streamIdSchema }),
  reply: z.strictObject({}),
  errors: [],
  timeoutMs: 5000,
});

/** Shows a stream of a session in a room of the session, or hides it. Hidden everywhere, it ends. Idempotent. */
export const setStreamShare = defineNodeRpc('session', 'setStreamShare', {
  authority: ofSession('streams:share'),
  request: z.strictObject({
    session: sessionRefSchema,
    streamId: streamIdSchema,
    roomId: roomIdSchema,
    shared: z.boolean(),
  }),
  reply: z.strictObject({
    /** The rooms that show it now. */
    roomIds: z.array(roomIdSchema),
  }),
  errors: shareErrors,
  timeoutMs: 5000,
});

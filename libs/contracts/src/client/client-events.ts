import { z } from 'zod';
import { mediaKindSchema, roomIdSchema, streamIdSchema, userIdSchema, userSchema } from '../ids.js';
import { consumerSchema, mediaSessionSchema } from '../rpc/media.rpc.js';
import { roomAttributeSchema, roomSnapshotSchema, roomStreamSchema } from '../rpc/room.rpc.js';
import { messageEvents } from './message-protocol.js';

/** Events for a client: `{event, data}`. Events about a room name it. */
export const clientEvents = {
  'room.userUpdate': z.strictObject({
    roomId: roomIdSchema,
    roomEpoch: z.string(),
    seq: z.number().int(),
    update: z.enum(['add', 'delete']),
    users: z.array(userSchema),
  }),
  'room.streamUpdate': z.strictObject({
    roomId: roomIdSchema,
    roomEpoch: z.string(),
    seq: z.number().int(),
    update: z.enum(['add', 'delete']),
    streams: z.array(roomStreamSchema),
    /** ZEGO's stream_delete_reason, with `delete`. */
    reason: z.number().int().optional(),
  }),
  /** A stream has another text, or its publisher mutes other kinds. */
  'room.streamChanged': z.strictObject({
    roomId: roomIdSchema,
    roomEpoch: z.string(),
    seq: z.number().int(),
    stream: roomStreamSchema,
  }),
  /** Number of members, this user included: sent soon after the first change, then every 30 s at most. */
  'room.onlineCount': z.strictObject({ roomId: roomIdSchema, count: z.number().int() }),
  /** Facts of the room were missed: request its state again (`room.getSnapshot`). */
  'room.gap': z.strictObject({ roomId: roomIdSchema }),
  'room.attributesUpdate': z.strictObject({
    roomId: roomIdSchema,
    roomEpoch: z.string(),
    seq: z.number().int(),
    attributes: z.array(roomAttributeSchema),
  }),
  /** The kinds of a stream that an operator mutes in the room; an empty list ends the mute. */
  'room.streamMuted': z.strictObject({
    roomId: roomIdSchema,
    roomEpoch: z.string(),
    seq: z.number().int(),
    streamId: streamIdSchema,
    kinds: z.array(mediaKindSchema),
  }),
  /**
   * The room's dominant speaker changed, or there is none if `speaker` is omitted. During a long speech it is
   * repeated every few seconds.
   */
  'room.dominantSpeaker': z.strictObject({
    roomId: roomIdSchema,
    speaker: z.strictObject({ streamId: streamIdSchema, userId: userIdSchema }).optional(),
  }),
  /** The token of a room expires in 30 s or less. Without `room.renewToken` the client is removed from the room. */
  'room.tokenWillExpire': z.strictObject({
    roomId: roomIdSchema,
    remainingSeconds: z.number().int().min(0),
  }),
  /** The application's server has taken the session into a room. */
  'room.entered': z.strictObject({
    roomId: roomIdSchema,
    /** The room whose rights and mutes apply here too. */
    fromRoomId: roomIdSchema,
    /** Whether the session has left that room. */
    left: z.boolean(),
    snapshot: roomSnapshotSchema,
    /** The session's streams that the room shows. */
    streams: z.array(z.strictObject({ streamId: streamIdSchema, mutedKinds: z.array(mediaKindSchema) })),
  }),
  /** The session was removed from one room, or from all if `roomId` is omitted. */
  'room.expelled': z.strictObject({
    roomId: roomIdSchema.optional(),
    code: z.number().int(),
    reason: z.string().optional(),
  }),
  ...messageEvents,
  /**
   * The session has other transports now. `lost`: the old ones failed with their worker or node. `draining`:
   * they still work for some seconds. The client publishes and plays over the new ones, then settles.
   */
  'media.moved': z.strictObject({ media: mediaSessionSchema, reason: z.enum(['lost', 'draining']) }),
  /** A stream that this client plays, or has lost, is at another location now: play it again. */
  'stream.moved': z.strictObject({ streamId: streamIdSchema }),
  /** A stream that this client plays has one more kind: create its receiver, then send `stream.resume`. */
  'stream.extended': z.strictObject({ streamId: streamIdSchema, consumer: consumerSchema }),
  /**
   * A stream of this client was ended in all its rooms. `code` is the reason (1009015: data rate exceeded;
   * 1002082: the token no longer allows it; 1003025: ended by the application's server).
   */
  'stream.stopped': z.strictObject({ streamId: streamIdSchema, code: z.number().int() }),
  /** The application's server shows a stream of this client in this room. */
  'stream.shared': z.strictObject({
    streamId: streamIdSchema,
    roomId: roomIdSchema,
    /** Kinds muted in this room by an operator. */
    mutedKinds: z.array(mediaKindSchema),
  }),
  /** A stream of this client was removed from this room and continues in others (1002082, 1003025). */
  'stream.unshared': z.strictObject({
    streamId: streamIdSchema,
    roomId: roomIdSchema,
    code: z.number().int(),
  }),
  /** A downlink has lost bindings; if `roomIds` is empty, it is closed. */
  'stream.playUpdate': z.strictObject({
    streamId: streamIdSchema,
    roomIds: z.array(roomIdSchema),
    closed: z.boolean(),
    reason: z.enum(['unshared', 'left', 'forbidden', 'sourceEnded', 'workerDied', 'nodeLost', 'overloaded']),
  }),
} as const satisfies Record<string, z.ZodType>;

export type ClientEvent = keyof typeof clientEvents;
export type ClientEventData<E extends ClientEvent> = z.infer<(typeof clientEvents)[E]>;

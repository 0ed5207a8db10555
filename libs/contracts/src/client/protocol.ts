import { z } from 'zod';
import { wireErrorSchema } from '../errors/app-error.js';
import {
  appIdSchema,
  mediaKindSchema,
  publishChannelSchema,
  roomIdSchema,
  roomModeSchema,
  sessionIdSchema,
  streamIdSchema,
  userSchema,
} from '../ids.js';
import {
  consumerSchema,
  dtlsParametersSchema,
  mediaSessionSchema,
  rtpCapabilitiesSchema,
  rtpParametersSchema,
  transportDirectionSchema,
} from '../rpc/media.rpc.js';
import { roomSnapshotSchema, roomStreamSchema } from '../rpc/room.rpc.js';

/** Path of the client's WebSocket on a gateway, and its subprotocol. */
export const clientSocketPath = '/ws';
export const clientSubprotocol = 'polyroom.json.v1';
/** Bytes of one frame; a larger one is refused and the socket closed (close code 1009). */
export const clientFrameMaxBytes = 64 * 1024;

/** What a client may ask: `{id, method, params}`, answered by `{id, result}` or `{id, error}`. */
export const clientMethods = {
  /**
   * Enters a room. The first login of a socket opens the session and returns both transports.
   * The app, its credentials and the mode are those of the first login and may be left out later;
   * a token is per room.
   */
  'room.login': {
    params: z.strictObject({
      appId: appIdSchema,
      appSign: z.string().max(128).optional(),
      token: z.string().max(8192).optional(),
      mode: roomModeSchema,
      roomId: roomIdSchema,
      user: userSchema,
      config: z
        .strictObject({
          maxMemberCount: z.number().int().min(0).max(1_000_000).optional(),
          isUserStatusNotify: z.boolean().optional(),
        })
        .optional(),
    }),
    result: z.strictObject({
      sessionId: sessionIdSchema,
      snapshot: roomSnapshotSchema,
      /** Only in the answer to the session's first login. */
      media: mediaSessionSchema.optional(),
    }),
  },
  /** Leaves one room, or all where `roomId` is left out. */
  'room.logout': {
    params: z.strictObject({ roomId: roomIdSchema.optional() }),
    result: z.strictObject({ roomIds: z.array(roomIdSchema) }),
  },
  'transport.connect': {
    params: z.strictObject({ direction: transportDirectionSchema, dtlsParameters: dtlsParametersSchema }),
    result: z.strictObject({}),
  },
  /** Claims the stream ID; `produce` its tracks next, then `share` it. */
  'stream.publish': {
    params: z.strictObject({
      streamId: streamIdSchema,
      channel: publishChannelSchema,
      roomId: roomIdSchema.optional(),
    }),
    result: z.strictObject({}),
  },
  'stream.produce': {
    params: z.strictObject({
      streamId: streamIdSchema,
      kind: mediaKindSchema,
      rtpParameters: rtpParametersSchema,
    }),
    result: z.strictObject({ producerId: z.string() }),
  },
  'stream.share': {
    params: z.strictObject({
      streamId: streamIdSchema,
      roomId: roomIdSchema,
      extraInfo: z.string().max(1024).optional(),
    }),
    result: z.strictObject({ roomIds: z.array(roomIdSchema) }),
  },
  'stream.unshare': {
    params: z.strictObject({ streamId: streamIdSchema, roomId: roomIdSchema }),
    result: z.strictObject({ roomIds: z.array(roomIdSchema) }),
  },
  'stream.stopPublish': {
    params: z.strictObject({ streamId: streamIdSchema }),
    result: z.strictObject({}),
  },
  /** Without `roomId` the gateway takes the first of the session's rooms that shows the stream. */
  'stream.play': {
    params: z.strictObject({
      streamId: streamIdSchema,
      roomId: roomIdSchema.optional(),
      rtpCapabilities: rtpCapabilitiesSchema,
    }),
    result: z.strictObject({
      created: z.boolean(),
      consumers: z.array(consumerSchema),
      roomIds: z.array(roomIdSchema),
    }),
  },
  'stream.resume': {
    params: z.strictObject({ streamId: streamIdSchema }),
    result: z.strictObject({}),
  },
  'stream.stopPlay': {
    params: z.strictObject({ streamId: streamIdSchema, roomId: roomIdSchema.optional() }),
    result: z.strictObject({ closed: z.boolean(), roomIds: z.array(roomIdSchema) }),
  },
  'message.broadcast': {
    params: z.strictObject({
      roomId: roomIdSchema,
      content: z.string(),
      clientMessageId: z.string().min(1).max(64),
    }),
    result: z.strictObject({
      messageId: z.number().int(),
      seq: z.number().int(),
      sentAtMs: z.number().int(),
    }),
  },
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;

export type ClientMethod = keyof typeof clientMethods;
export type ClientParams<M extends ClientMethod> = z.infer<(typeof clientMethods)[M]['params']>;
export type ClientResult<M extends ClientMethod> = z.infer<(typeof clientMethods)[M]['result']>;

/** What a client is told unasked: `{event, data}`. All of them name the room they speak of. */
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
  /** The session is out of one room, or of all where `roomId` is left out. */
  'room.expelled': z.strictObject({
    roomId: roomIdSchema.optional(),
    code: z.number().int(),
    reason: z.string().optional(),
  }),
  'message.received': z.strictObject({
    roomId: roomIdSchema,
    messages: z.array(
      z.strictObject({
        messageId: z.number().int(),
        seq: z.number().int(),
        sentAtMs: z.number().int(),
        from: userSchema,
        content: z.string(),
      }),
    ),
  }),
  /** A downlink has lost bindings; with `roomIds` empty it is closed. */
  'stream.playUpdate': z.strictObject({
    streamId: streamIdSchema,
    roomIds: z.array(roomIdSchema),
    closed: z.boolean(),
    reason: z.enum(['unshared', 'left', 'sourceEnded', 'workerDied']),
  }),
} as const satisfies Record<string, z.ZodType>;

export type ClientEvent = keyof typeof clientEvents;
export type ClientEventData<E extends ClientEvent> = z.infer<(typeof clientEvents)[E]>;

export const clientRequestSchema = z.strictObject({
  id: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  method: z.string().max(64),
  params: z.unknown(),
});
export type ClientRequest = z.infer<typeof clientRequestSchema>;

export const serverFrameSchema = z.union([
  z.strictObject({ id: z.number().int(), result: z.unknown() }),
  /** `id` is null where the frame could not be read far enough to know it. */
  z.strictObject({ id: z.number().int().nullable(), error: wireErrorSchema }),
  z.strictObject({ event: z.string(), data: z.unknown() }),
]);
export type ServerFrame = z.infer<typeof serverFrameSchema>;

/** Close codes of the client's socket: 4000..4499 reconnect, 4500..4999 stop. */
export const clientCloseCodes = { serverShutdown: 4000, protocolError: 4500, sessionExpelled: 4501 } as const;

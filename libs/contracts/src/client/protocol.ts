import { z } from 'zod';
import { wireErrorSchema } from '../errors/app-error.js';
import {
  appIdSchema,
  claimChannelSchema,
  mediaKindSchema,
  publishChannelSchema,
  roomIdSchema,
  roomModeSchema,
  sessionIdSchema,
  streamIdSchema,
  userIdSchema,
  userSchema,
} from '../ids.js';
import {
  consumerSchema,
  dataConsumerSchema,
  dtlsParametersSchema,
  mediaSessionSchema,
  rtpCapabilitiesSchema,
  resumeAfterMsSchema,
  rtpParametersSchema,
  sctpStreamParametersSchema,
  transportDirectionSchema,
  transportIdSchema,
} from '../rpc/media.rpc.js';
import { attributeChangesSchema, cursorSchema } from '../rpc/room-admin.rpc.js';
import {
  roomAttributeSchema,
  roomSnapshotSchema,
  roomStreamSchema,
  streamExtraInfoSchema,
} from '../rpc/room.rpc.js';
import { messageEvents, messageMethods } from './message-protocol.js';

/** Path of the client's WebSocket on a gateway, and its subprotocol. */
export const clientSocketPath = '/ws';
export const clientSubprotocol = 'polyroom.json.v1';
/** Bytes of one frame; a larger one is refused with 1190002. */
export const clientFrameMaxBytes = 64 * 1024;

/** What a client may ask: `{id, method, params}`, answered by `{id, result}` or `{id, error}`. */
export const clientMethods = {
  /**
   * Enters a room. The first login of a socket opens the session and returns both transports.
   * Later ones name the same app and mode, or are refused with 1000017. The AppSign may be left out once the session
   * has one; a token is per room.
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
          /** A membership without the rights to publish, share and speak, whatever the token grants. */
          listenOnly: z.boolean().optional(),
        })
        .optional(),
    }),
    result: z.strictObject({
      sessionId: sessionIdSchema,
      snapshot: roomSnapshotSchema,
      /** Only in the answer to the session's first login: the secret for `session.resume`. */
      resumeToken: z.string().optional(),
      /** Only in the answer to the session's first login. */
      media: mediaSessionSchema.optional(),
    }),
  },
  /** Leaves one room, or all where `roomId` is left out. */
  'room.logout': {
    params: z.strictObject({ roomId: roomIdSchema.optional() }),
    result: z.strictObject({ roomIds: z.array(roomIdSchema) }),
  },
  /**
   * Leaves one room and enters another, as one move: the limit is not asked. Refused by the user's rules
   * (1002002, 1002064, 1002018) nothing changes; refused by the new room (banned, full) both are left.
   */
  'room.switch': {
    params: z.strictObject({
      fromRoomId: roomIdSchema,
      toRoomId: roomIdSchema,
      token: z.string().max(8192).optional(),
      config: z
        .strictObject({
          maxMemberCount: z.number().int().min(0).max(1_000_000).optional(),
          isUserStatusNotify: z.boolean().optional(),
          listenOnly: z.boolean().optional(),
        })
        .optional(),
    }),
    result: z.strictObject({ snapshot: roomSnapshotSchema }),
  },
  /**
   * Replaces the token of a room with another one of the same user, before it expires (`room.tokenWillExpire`) or
   * to change the rights. The new token applies to all rooms of the session that it names, or to all if it names
   * none. What it no longer allows has stopped by the time of the answer.
   */
  'room.renewToken': {
    params: z.strictObject({ roomId: roomIdSchema, token: z.string().max(8192) }),
    result: z.strictObject({
      /** The rooms that the token applies to. */
      roomIds: z.array(roomIdSchema),
      /** Unix time in ms. */
      expiresAtMs: z.number().int().optional(),
    }),
  },
  /**
   * The first and only request of a socket that takes a session over from a broken one: all rooms at once,
   * each with its own result. `rooms` says what the client knows of each.
   */
  'session.resume': {
    params: z.strictObject({
      appId: appIdSchema,
      userId: userIdSchema,
      sessionId: sessionIdSchema,
      resumeToken: z.string().max(128),
      /** The transports do not work any more: new ones are made in any case. */
      renewMedia: z.boolean().optional(),
      rooms: z
        .array(z.strictObject({ roomId: roomIdSchema, roomEpoch: z.string().max(32), seq: z.number().int() }))
        .max(1000),
    }),
    result: z.strictObject({
      rooms: z.array(
        z.strictObject({
          roomId: roomIdSchema,
          /** Left out where nothing has happened since what the client knows. */
          snapshot: roomSnapshotSchema.optional(),
        }),
      ),
      /** Rooms that the session has lost meanwhile, each with its own reason. */
      lost: z.array(
        z.strictObject({ roomId: roomIdSchema, code: z.number().int(), reason: z.string().optional() }),
      ),
      /** What the session still publishes. */
      upstreams: z.array(
        z.strictObject({
          streamId: streamIdSchema,
          channel: claimChannelSchema,
          roomIds: z.array(roomIdSchema),
        }),
      ),
      /** New transports, where those of the session are gone: publish and play anew. */
      media: mediaSessionSchema.optional(),
    }),
  },
  /** The room as it is, for a client that has missed facts. */
  'room.getSnapshot': {
    params: z.strictObject({ roomId: roomIdSchema }),
    result: roomSnapshotSchema,
  },
  /** Who is in a room of the session, page by page; `cursor` '0' is the beginning and the end. */
  'room.listMembers': {
    params: z.strictObject({
      roomId: roomIdSchema,
      cursor: cursorSchema.optional(),
    }),
    result: z.strictObject({ cursor: z.string(), members: z.array(userSchema) }),
  },
  /** Changes attributes of a room, all or none. The others hear of it. */
  'room.setAttributes': {
    params: z.strictObject({ roomId: roomIdSchema, changes: attributeChangesSchema }),
    result: z.strictObject({ attributes: z.array(roomAttributeSchema) }),
  },
  'transport.connect': {
    params: z.strictObject({
      direction: transportDirectionSchema,
      /** Left out: the transport of this direction that the session has now. */
      transportId: transportIdSchema.optional(),
      dtlsParameters: dtlsParametersSchema,
    }),
    result: z.strictObject({}),
  },
  /** The client has another network: new ICE credentials, the same connection. */
  'transport.restartIce': {
    params: z.strictObject({
      direction: transportDirectionSchema,
      transportId: transportIdSchema.optional(),
    }),
    result: z.strictObject({
      iceParameters: z.looseObject({ usernameFragment: z.string(), password: z.string() }),
    }),
  },
  /** After `media.moved`: everything runs over the new transports, and the old ones may go. */
  'media.settle': {
    params: z.strictObject({}),
    result: z.strictObject({}),
  },
  /**
   * Claims the stream ID; `produce` its tracks next, then `share` it. Without a `channel` it is to be a data
   * stream, which the gateway finds a channel for; `produceData` is next.
   */
  'stream.publish': {
    params: z.strictObject({
      streamId: streamIdSchema,
      channel: publishChannelSchema.optional(),
      roomId: roomIdSchema.optional(),
    }),
    result: z.strictObject({}),
  },
  'stream.produce': {
    params: z.strictObject({
      streamId: streamIdSchema,
      kind: mediaKindSchema,
      transportId: transportIdSchema.optional(),
      /** All kinds that the stream is going to have: nobody plays it before it has them. */
      kinds: z.array(mediaKindSchema).max(2).optional(),
      rtpParameters: rtpParametersSchema,
    }),
    result: z.strictObject({ producerId: z.string() }),
  },
  /** What a data stream is sent through. Faster than `messagesPerSecond` ends it (`stream.stopped`). */
  'stream.produceData': {
    params: z.strictObject({
      streamId: streamIdSchema,
      transportId: transportIdSchema.optional(),
      sctpStreamParameters: sctpStreamParametersSchema,
    }),
    result: z.strictObject({
      dataProducerId: z.string(),
      maxMessageBytes: z.number().int(),
      messagesPerSecond: z.number().int(),
    }),
  },
  /** After `media.moved`, once the tracks are produced anew: the stream comes from there now, in all its rooms. */
  'stream.republish': {
    params: z.strictObject({ streamId: streamIdSchema }),
    result: z.strictObject({}),
  },
  'stream.share': {
    params: z.strictObject({
      streamId: streamIdSchema,
      roomId: roomIdSchema,
      extraInfo: streamExtraInfoSchema.optional(),
    }),
    result: z.strictObject({
      roomIds: z.array(roomIdSchema),
      /** What an operator keeps from this room; left out: nothing. */
      mutedKinds: z.array(mediaKindSchema).optional(),
    }),
  },
  'stream.unshare': {
    params: z.strictObject({ streamId: streamIdSchema, roomId: roomIdSchema }),
    result: z.strictObject({ roomIds: z.array(roomIdSchema) }),
  },
  /** Keeps one kind from one room that shows the stream, or from all; a muted stream stays shown. */
  'stream.mute': {
    params: z.strictObject({
      streamId: streamIdSchema,
      kind: mediaKindSchema,
      muted: z.boolean(),
      roomId: roomIdSchema.optional(),
    }),
    result: z.strictObject({}),
  },
  'stream.stopPublish': {
    params: z.strictObject({ streamId: streamIdSchema }),
    result: z.strictObject({}),
  },
  /**
   * Without `roomId` the gateway takes the first of the session's rooms that shows the stream. It may come
   * right behind the login into its room. With `resumeAfterMs` the packets of a downlink that it `created`
   * flow that long after the answer; `stream.resume` is then only for receivers that took longer.
   * A data stream is played with `data`, and without capabilities (`{}`).
   */
  'stream.play': {
    params: z.strictObject({
      streamId: streamIdSchema,
      roomId: roomIdSchema.optional(),
      transportId: transportIdSchema.optional(),
      rtpCapabilities: rtpCapabilitiesSchema,
      resumeAfterMs: resumeAfterMsSchema.optional(),
      data: z.boolean().optional(),
    }),
    result: z.strictObject({
      created: z.boolean(),
      consumers: z.array(consumerSchema),
      dataConsumer: dataConsumerSchema.optional(),
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
  ...messageMethods,
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
  /** How many are in the room, oneself too: soon after the first change, then every 30 s at most. */
  'room.onlineCount': z.strictObject({ roomId: roomIdSchema, count: z.number().int() }),
  /** Facts of the room were missed: what the client knows of it is to be asked for anew (`room.getSnapshot`). */
  'room.gap': z.strictObject({ roomId: roomIdSchema }),
  'room.attributesUpdate': z.strictObject({
    roomId: roomIdSchema,
    roomEpoch: z.string(),
    seq: z.number().int(),
    attributes: z.array(roomAttributeSchema),
  }),
  /** An operator keeps these kinds of a stream from the room; none = it gets all again. */
  'room.streamMuted': z.strictObject({
    roomId: roomIdSchema,
    roomEpoch: z.string(),
    seq: z.number().int(),
    streamId: streamIdSchema,
    kinds: z.array(mediaKindSchema),
  }),
  /**
   * Somebody else has the word now, or nobody where `speaker` is left out; a long speech is told again every
   * few seconds.
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
  /** The session is out of one room, or of all where `roomId` is left out. */
  'room.expelled': z.strictObject({
    roomId: roomIdSchema.optional(),
    code: z.number().int(),
    reason: z.string().optional(),
  }),
  ...messageEvents,
  /**
   * The session has other transports now. `lost`: the old ones are gone with their worker or node.
   * `draining`: they still work for some seconds. The client publishes and plays over the new ones, then settles.
   */
  'media.moved': z.strictObject({ media: mediaSessionSchema, reason: z.enum(['lost', 'draining']) }),
  /** A stream that this client plays, or has lost, comes from another place now: play it again. */
  'stream.moved': z.strictObject({ streamId: streamIdSchema }),
  /** A stream that this client plays has one more kind: make its receiver, then `stream.resume`. */
  'stream.extended': z.strictObject({ streamId: streamIdSchema, consumer: consumerSchema }),
  /**
   * A stream of this client was ended in all its rooms. `code` is the reason (1009015: data came too fast; 1002082:
   * the token no longer allows it).
   */
  'stream.stopped': z.strictObject({ streamId: streamIdSchema, code: z.number().int() }),
  /** A stream of this client was removed from this room and continues in others (1002082). */
  'stream.unshared': z.strictObject({
    streamId: streamIdSchema,
    roomId: roomIdSchema,
    code: z.number().int(),
  }),
  /** A downlink has lost bindings; with `roomIds` empty it is closed. */
  'stream.playUpdate': z.strictObject({
    streamId: streamIdSchema,
    roomIds: z.array(roomIdSchema),
    closed: z.boolean(),
    reason: z.enum(['unshared', 'left', 'forbidden', 'sourceEnded', 'workerDied', 'nodeLost', 'overloaded']),
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
export const clientCloseCodes = {
  serverShutdown: 4000,
  /** The session has another socket by now. */
  sessionMoved: 4001,
  /** The client reads too slowly; what it missed is in the rooms' history. */
  tooSlow: 4002,
  protocolError: 4500,
} as const;

/**
 * A client closes its socket with this code when it will not come back: its session ends at once, without the
 * grace. What a page can still send while it is closed.
 */
export const clientLeaveCloseCode = 4900;

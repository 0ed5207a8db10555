import { z } from 'zod';
import { wireErrorSchema } from '../errors/app-error.js';
import { tokenMaxChars } from '../grants.js';
import {
  appIdSchema,
  claimChannelSchema,
  clientInstanceSchema,
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
  downlinkLimitShape,
  dtlsParametersSchema,
  mediaSessionSchema,
  rtpCapabilitiesSchema,
  resumeAfterMsSchema,
  rtpParametersSchema,
  sctpStreamParametersSchema,
  transportDirectionSchema,
  transportIdSchema,
} from '../rpc/media.rpc.js';
import { attributeChangesSchema } from '../rpc/room-admin/attributes.rpc.js';
import { cursorSchema } from '../rpc/room-admin/cursor.js';
import { roomAttributeSchema, roomSnapshotSchema, streamExtraInfoSchema } from '../rpc/room.rpc.js';
import { messageMethods } from './message-protocol.js';

/** Requests of a client: `{id, method, params}`, answered by `{id, result}` or `{id, error}`. */
export const clientMethods = {
  /**
   * Enters a room. The first login of a socket opens the session and returns both transports. Later logins
   * must name the same app and mode, or are refused with 1000017. The AppSign may be omitted once the session
   * has one; a token is per room.
   */
  'room.login': {
    params: z.strictObject({
      appId: appIdSchema,
      appSign: z.string().max(128).optional(),
      token: z.string().max(tokenMaxChars).optional(),
      mode: roomModeSchema,
      roomId: roomIdSchema,
      user: userSchema,
      config: z
        .strictObject({
          maxMemberCount: z.number().int().min(0).max(1_000_000).optional(),
          isUserStatusNotify: z.boolean().optional(),
          /** A membership without the rights to publish, share and send messages, regardless of the token. */
          listenOnly: z.boolean().optional(),
        })
        .optional(),
      /** Of the session's first login. */
      client: clientInstanceSchema.optional(),
    }),
    result: z.strictObject({
      sessionId: sessionIdSchema,
      snapshot: roomSnapshotSchema,
      /** Only in the response to the session's first login: the secret for `session.resume`. */
      resumeToken: z.string().optional(),
      /** Only in the response to the session's first login. */
      media: mediaSessionSchema.optional(),
    }),
  },
  /** Leaves one room, or all if `roomId` is omitted. */
  'room.logout': {
    params: z.strictObject({ roomId: roomIdSchema.optional() }),
    result: z.strictObject({ roomIds: z.array(roomIdSchema) }),
  },
  /**
   * Replaces one room with another in one step, which does not count against the room limit. If the user's
   * limits refuse it (1002002, 1002064, 1002018), nothing changes; if the new room refuses it (banned, full),
   * both rooms are left.
   */
  'room.switch': {
    params: z.strictObject({
      fromRoomId: roomIdSchema,
      toRoomId: roomIdSchema,
      token: z.string().max(tokenMaxChars).optional(),
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
   * Replaces the token of a room with another one of the same user, before it expires
   * (`room.tokenWillExpire`) or to change the rights. The new token applies to all rooms of the session that
   * it names, or to all if it names none. Streams and playbacks that it no longer allows have ended before
   * the response.
   */
  'room.renewToken': {
    params: z.strictObject({ roomId: roomIdSchema, token: z.string().max(tokenMaxChars) }),
    result: z.strictObject({
      /** The rooms that the token applies to. */
      roomIds: z.array(roomIdSchema),
      /** Unix time in ms. */
      expiresAtMs: z.number().int().optional(),
    }),
  },
  /**
   * The first and only request of a socket that resumes a session: all rooms at once, each with its own
   * result. `rooms` lists the client's position in each room.
   */
  'session.resume': {
    params: z.strictObject({
      appId: appIdSchema,
      userId: userIdSchema,
      sessionId: sessionIdSchema,
      resumeToken: z.string().max(128),
      /** The transports no longer work: new ones are created in any case. */
      renewMedia: z.boolean().optional(),
      rooms: z
        .array(z.strictObject({ roomId: roomIdSchema, roomEpoch: z.string().max(32), seq: z.number().int() }))
        .max(1000),
    }),
    result: z.strictObject({
      rooms: z.array(
        z.strictObject({
          roomId: roomIdSchema,
          /** Omitted if the client's position is current. */
          snapshot: roomSnapshotSchema.optional(),
        }),
      ),
      /** Rooms that the session has lost while disconnected, each with its own reason. */
      lost: z.array(
        z.strictObject({ roomId: roomIdSchema, code: z.number().int(), reason: z.string().optional() }),
      ),
      /** Streams that the session still publishes. */
      upstreams: z.array(
        z.strictObject({
          streamId: streamIdSchema,
          channel: claimChannelSchema,
          roomIds: z.array(roomIdSchema),
        }),
      ),
      /** New transports, if the session's were lost: publish and play again. */
      media: mediaSessionSchema.optional(),
    }),
  },
  /** Proves that the socket and the session work. Clients send it when nothing else arrives. */
  'session.ping': {
    params: z.strictObject({}),
    result: z.strictObject({}),
  },
  /** Current state of the room, for a client that has missed facts. */
  'room.getSnapshot': {
    params: z.strictObject({ roomId: roomIdSchema }),
    result: roomSnapshotSchema,
  },
  /** Members of a room of the session, page by page; `cursor` '0' starts, and as a result ends, the list. */
  'room.listMembers': {
    params: z.strictObject({
      roomId: roomIdSchema,
      cursor: cursorSchema.optional(),
    }),
    result: z.strictObject({ cursor: z.string(), members: z.array(userSchema) }),
  },
  /** Changes attributes of a room, all or none. The other members are notified. */
  'room.setAttributes': {
    params: z.strictObject({ roomId: roomIdSchema, changes: attributeChangesSchema }),
    result: z.strictObject({ attributes: z.array(roomAttributeSchema) }),
  },
  'transport.connect': {
    params: z.strictObject({
      direction: transportDirectionSchema,
      /** Omitted: the session's current transport of this direction. */
      transportId: transportIdSchema.optional(),
      dtlsParameters: dtlsParametersSchema,
    }),
    result: z.strictObject({}),
  },
  /** The client's network changed: issues new ICE credentials for the same connection. */
  'transport.restartIce': {
    params: z.strictObject({
      direction: transportDirectionSchema,
      transportId: transportIdSchema.optional(),
    }),
    result: z.strictObject({
      iceParameters: z.looseObject({ usernameFragment: z.string(), password: z.string() }),
    }),
  },
  /** Media does not connect: requests other transports, which `media.moved` brings with the reason `lost`. */
  'media.renew': {
    params: z.strictObject({}),
    result: z.strictObject({}),
  },
  /** After `media.moved`: the client uses only the new transports, and the old ones may be closed. */
  'media.settle': {
    params: z.strictObject({}),
    result: z.strictObject({}),
  },
  /**
   * Claims the stream ID; `produce` its tracks next, then `share` it. Without a `channel` the stream carries
   * data: the gateway assigns a channel, and `produceData` is next.
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
      /** All kinds that the stream will have: it cannot be played until they are all produced. */
      kinds: z.array(mediaKindSchema).max(2).optional(),
      rtpParameters: rtpParametersSchema,
    }),
    result: z.strictObject({ producerId: z.string() }),
  },
  /**
   * Creates the producer of a data stream. Exceeding `messagesPerSecond` ends the stream (`stream.stopped`).
   */
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
  /**
   * After `media.moved`, once the tracks are produced again: moves the stream to the new transports, in all
   * its rooms.
   */
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
      /** Kinds muted in this room by an operator; omitted: none. */
      mutedKinds: z.array(mediaKindSchema).optional(),
    }),
  },
  'stream.unshare': {
    params: z.strictObject({ streamId: streamIdSchema, roomId: roomIdSchema }),
    result: z.strictObject({ roomIds: z.array(roomIdSchema) }),
  },
  /** Mutes one kind in one room that shows the stream, or in all rooms; a muted stream stays visible. */
  'stream.mute': {
    params: z.strictObject({
      streamId: streamIdSchema,
      kind: mediaKindSchema,
      muted: z.boolean(),
      roomId: roomIdSchema.optional(),
    }),
    result: z.strictObject({}),
  },
  /** Sets the text of an own stream in one room that shows it, or in all; empty: none. */
  'stream.setExtraInfo': {
    params: z.strictObject({
      streamId: streamIdSchema,
      extraInfo: streamExtraInfoSchema,
      roomId: roomIdSchema.optional(),
    }),
    result: z.strictObject({}),
  },
  'stream.stopPublish': {
    params: z.strictObject({ streamId: streamIdSchema }),
    result: z.strictObject({}),
  },
  /**
   * Without `roomId` the gateway uses the first of the session's rooms that shows the stream. The request may
   * directly follow the login into its room. With `resumeAfterMs`, a downlink that it `created` starts that
   * long after the response; `stream.resume` is then only needed if the receivers took longer. A data stream
   * is played with `data`, and without capabilities (`{}`).
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
  /** Limits what this client receives of a stream that it plays: the rest is not sent, until the next limit. */
  'stream.limit': {
    params: z.strictObject({ streamId: streamIdSchema, ...downlinkLimitShape }),
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

export const clientRequestSchema = z.strictObject({
  id: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  method: z.string().max(64),
  params: z.unknown(),
});
export type ClientRequest = z.infer<typeof clientRequestSchema>;

export const serverFrameSchema = z.union([
  z.strictObject({ id: z.number().int(), result: z.unknown() }),
  /** `id` is null if the frame is malformed and its ID unknown. */
  z.strictObject({ id: z.number().int().nullable(), error: wireErrorSchema }),
  z.strictObject({ event: z.string(), data: z.unknown() }),
]);
export type ServerFrame = z.infer<typeof serverFrameSchema>;

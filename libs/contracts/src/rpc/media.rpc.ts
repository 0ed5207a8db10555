import { z } from 'zod';
import { defineNodeRpc } from '../define.js';
import {
  mediaKindSchema,
  nodeIdSchema,
  roomIdSchema,
  sessionRefSchema,
  streamIdSchema,
  streamKindSchema,
} from '../ids.js';
import { mutesSchema } from './media-pipe.rpc.js';

/**
 * Parameters that mediasoup and the browser exchange. Their inner form is mediasoup's own
 * (https://mediasoup.org/documentation/v3/mediasoup/rtp-parameters-and-capabilities/); the edges check
 * the shape that keeps a worker alive (plain bounded objects), mediasoup's ORTC checks the rest.
 */
export const rtpParametersSchema = z.looseObject({
  mid: z.string().max(64).optional(),
  codecs: z
    .array(
      z.looseObject({
        mimeType: z.string().max(64),
        payloadType: z.number().int().min(0).max(127),
        clockRate: z.number().int().positive(),
      }),
    )
    .min(1)
    .max(32),
  headerExtensions: z
    .array(z.looseObject({ uri: z.string().max(256), id: z.number().int().min(1).max(255) }))
    .max(32)
    .optional(),
  encodings: z.array(z.looseObject({})).max(8).optional(),
  rtcp: z.looseObject({}).optional(),
});
export const rtpCapabilitiesSchema = z.looseObject({
  codecs: z
    .array(z.looseObject({ mimeType: z.string().max(64), clockRate: z.number().int().positive() }))
    .max(128)
    .optional(),
  headerExtensions: z.array(z.looseObject({})).max(128).optional(),
});
export const dtlsParametersSchema = z.strictObject({
  role: z.enum(['auto', 'client', 'server']).optional(),
  fingerprints: z
    .array(z.strictObject({ algorithm: z.string().max(16), value: z.string().max(256) }))
    .min(1)
    .max(8),
});

/** The stream of an SCTP association. Data are ordered and nothing of them is given up. */
export const sctpStreamParametersSchema = z.strictObject({
  streamId: z.number().int().min(0).max(65_534),
  ordered: z.literal(true).optional(),
});

/** Bytes of one message of a data stream, whatever an AppID is entitled to. */
export const dataMessageMaxBytes = 65_536;

/** Names the transport that a request is for, so that one for an earlier transport never meets a later one. */
export const transportIdSchema = z.string().min(1).max(64);

export const transportDirectionSchema = z.enum(['send', 'recv'], 'COMMON_ILLEGAL_PARAM');
export type TransportDirection = z.infer<typeof transportDirectionSchema>;

export const transportParametersSchema = z.strictObject({
  id: z.string(),
  iceParameters: z.looseObject({ usernameFragment: z.string(), password: z.string() }),
  iceCandidates: z.array(z.looseObject({})),
  dtlsParameters: z.looseObject({ fingerprints: z.array(z.looseObject({})) }),
  /** Only of a session that was opened with data. */
  sctpParameters: z.looseObject({}).optional(),
});

/** A server that helps a client through its network, as `RTCPeerConnection` takes it. */
export const iceServerSchema = z.strictObject({
  urls: z.array(z.string()),
  username: z.string().optional(),
  credential: z.string().optional(),
});
export type IceServer = z.infer<typeof iceServerSchema>;

/** What a client needs to open its two transports. */
export const mediaSessionSchema = z.strictObject({
  nodeId: nodeIdSchema,
  routerRtpCapabilities: z.looseObject({}),
  /** Put in by the gateway, where the cluster has any: the media node knows nothing of them. */
  iceServers: z.array(iceServerSchema).optional(),
  send: transportParametersSchema,
  recv: transportParametersSchema,
});
export type MediaSession = z.infer<typeof mediaSessionSchema>;

/** Anchors a session on a router of this node and makes both transports. Idempotent per session. */
export const openSession = defineNodeRpc('media', 'openSession', {
  request: z.strictObject({
    session: sessionRefSchema,
    /** Its transports carry data too, in messages of at most so many bytes; left out: they cannot. */
    data: z.strictObject({ maxMessageBytes: z.number().int().min(1).max(dataMessageMaxBytes) }).optional(),
  }),
  reply: mediaSessionSchema,
  errors: ['MEDIA_NODE_UNAVAILABLE'],
  timeoutMs: 5000,
});

export const closeSession = defineNodeRpc('media', 'closeSession', {
  request: z.strictObject({ session: sessionRefSchema }),
  reply: z.strictObject({}),
  errors: [],
});

/** What the node has of a session: its upstreams, and its downlinks with the rooms they are for. */
export const getSession = defineNodeRpc('media', 'getSession', {
  request: z.strictObject({ session: sessionRefSchema }),
  reply: z.strictObject({
    upstreams: z.array(
      z.strictObject({
        streamId: streamIdSchema,
        kinds: z.array(streamKindSchema),
        mutes: z.strictObject({
          /** In all rooms, by the publisher. */
          everywhere: z.array(mediaKindSchema),
          publisher: mutesSchema,
          operator: mutesSchema,
        }),
      }),
    ),
    downlinks: z.array(z.strictObject({ streamId: streamIdSchema, roomIds: z.array(roomIdSchema) })),
  }),
  errors: ['MEDIA_SESSION_NOT_FOUND'],
});

export const connectTransport = defineNodeRpc('media', 'connectTransport', {
  request: z.strictObject({
    session: sessionRefSchema,
    direction: transportDirectionSchema,
    transportId: transportIdSchema.optional(),
    dtlsParameters: dtlsParametersSchema,
  }),
  reply: z.strictObject({}),
  errors: ['MEDIA_SESSION_NOT_FOUND', 'MEDIA_PARAMETERS_INVALID'],
});

/** New ICE credentials for a transport whose client has another network: it goes on as it is. */
export const restartIce = defineNodeRpc('media', 'restartIce', {
  request: z.strictObject({
    session: sessionRefSchema,
    direction: transportDirectionSchema,
    transportId: transportIdSchema.optional(),
  }),
  reply: z.strictObject({
    iceParameters: z.looseObject({ usernameFragment: z.string(), password: z.string() }),
  }),
  errors: ['MEDIA_SESSION_NOT_FOUND'],
});

/** Whether the process is there. Another incarnation than before: what it held is gone. */
export const ping = defineNodeRpc('media', 'ping', {
  request: z.strictObject({}),
  reply: z.strictObject({ incarnation: z.string() }),
  errors: [],
  timeoutMs: 2000,
});

/** One producer per kind and upstream. */
export const produce = defineNodeRpc('media', 'produce', {
  request: z.strictObject({
    session: sessionRefSchema,
    streamId: streamIdSchema,
    kind: mediaKindSchema,
    transportId: transportIdSchema.optional(),
    /** All kinds that the stream is going to have: nobody plays it before it has them. */
    kinds: z.array(mediaKindSchema).max(2).optional(),
    rtpParameters: rtpParametersSchema,
  }),
  reply: z.strictObject({ producerId: z.string() }),
  errors: ['MEDIA_SESSION_NOT_FOUND', 'MEDIA_PARAMETERS_INVALID'],
  timeoutMs: 5000,
});

/** Makes the only producer of a data stream. A publisher who sends faster is stopped (`upstreamStopped`). */
export const produceData = defineNodeRpc('media', 'produceData', {
  request: z.strictObject({
    session: sessionRefSchema,
    streamId: streamIdSchema,
    transportId: transportIdSchema.optional(),
    sctpStreamParameters: sctpStreamParametersSchema,
    messagesPerSecond: z.number().int().min(1),
  }),
  reply: z.strictObject({ dataProducerId: z.string(), maxMessageBytes: z.number().int() }),
  errors: [
    'MEDIA_SESSION_NOT_FOUND',
    'MEDIA_PARAMETERS_INVALID',
    'IM_NO_AVAILABLE_BROADCAST_CHANNEL',
    'IM_BROADCAST_MESSAGE_QPS_OVERLOAD',
  ],
  timeoutMs: 5000,
});

export const closeUpstream = defineNodeRpc('media', 'closeUpstream', {
  request: z.strictObject({ session: sessionRefSchema, streamId: streamIdSchema }),
  reply: z.strictObject({}),
  errors: [],
});

/** Who keeps a stream from a room: the one does not lift what the other wants. */
export const muteAuthorSchema = z.enum(['publisher', 'operator']);
export type MuteAuthor = z.infer<typeof muteAuthorSchema>;

/**
 * Keeps one kind of a stream from one room, or from all where `roomId` is left out, and lets it through
 * again. A viewer who has the stream for a room that is not muted goes on. An operator always names a room.
 */
export const muteUpstream = defineNodeRpc('media', 'muteUpstream', {
  request: z.strictObject({
    session: sessionRefSchema,
    streamId: streamIdSchema,
    kind: mediaKindSchema,
    muted: z.boolean(),
    by: muteAuthorSchema,
    roomId: roomIdSchema.optional(),
  }),
  reply: z.strictObject({}),
  errors: ['MEDIA_SESSION_NOT_FOUND', 'PUBLISHER_PUBLISH_STREAM_FAILED'],
});

export const consumerSchema = z.strictObject({
  consumerId: z.string(),
  producerId: z.string(),
  kind: mediaKindSchema,
  rtpParameters: z.looseObject({}),
});

export const dataConsumerSchema = z.strictObject({
  dataConsumerId: z.string(),
  dataProducerId: z.string(),
  sctpStreamParameters: z.looseObject({ streamId: z.number().int() }),
});

/**
 * How long after the answer the packets of a new downlink flow by themselves. The client knows how long its
 * receivers take; left out, it says when they are there (`resume`).
 */
export const resumeAfterMsSchema = z.number().int().min(0).max(1000);

/**
 * Binds a stream to a room for this viewer. The first binding makes the downlink (one paused consumer
 * per kind, through a pipe where the stream's router is another one); a further one only adds itself.
 */
export const bindDownlink = defineNodeRpc('media', 'bindDownlink', {
  request: z.strictObject({
    session: sessionRefSchema,
    streamId: streamIdSchema,
    roomId: roomIdSchema,
    /** The node on which the stream is produced. */
    sourceNodeId: nodeIdSchema,
    transportId: transportIdSchema.optional(),
    rtpCapabilities: rtpCapabilitiesSchema,
    /** A data stream is wanted, and nothing else will do; left out: one of sound and picture. */
    data: z.boolean().optional(),
    /** How many of what is wanted the session may play at once. */
    maxPlays: z.number().int().min(1),
    resumeAfterMs: resumeAfterMsSchema.optional(),
  }),
  reply: z.strictObject({
    /** False where the downlink was already there: the client has these consumers. */
    created: z.boolean(),
    consumers: z.array(consumerSchema),
    /** Of a data stream, in place of consumers. */
    dataConsumer: dataConsumerSchema.optional(),
    roomIds: z.array(roomIdSchema),
  }),
  errors: [
    'MEDIA_SESSION_NOT_FOUND',
    'MEDIA_PARAMETERS_INVALID',
    'PLAYER_PLAY_STREAM_NOT_EXIST',
    'PLAYER_COUNT_EXCEED',
    'MEDIA_NODE_UNAVAILABLE',
  ],
  timeoutMs: 5000,
});

/** Lets the packets of a downlink flow, once the client has made its receivers. */
export const resumeDownlink = defineNodeRpc('media', 'resumeDownlink', {
  request: z.strictObject({ session: sessionRefSchema, streamId: streamIdSchema }),
  reply: z.strictObject({}),
  errors: ['MEDIA_SESSION_NOT_FOUND', 'PLAYER_STREAM_WAS_NOT_PLAYED'],
});

/** Takes bindings away: of one room, or of all where `roomId` is left out. Without bindings the downlink closes. */
export const unbindDownlink = defineNodeRpc('media', 'unbindDownlink', {
  request: z.strictObject({
    session: sessionRefSchema,
    streamId: streamIdSchema,
    roomId: roomIdSchema.optional(),
  }),
  reply: z.strictObject({ closed: z.boolean(), roomIds: z.array(roomIdSchema) }),
  errors: [],
});

/** For people and tests: everything alive on this node. */
export const dumpNode = defineNodeRpc('media', 'dumpNode', {
  request: z.strictObject({}),
  reply: z.strictObject({
    nodeId: nodeIdSchema,
    workers: z.array(z.strictObject({ pid: z.number().int(), routers: z.number().int() })),
    sessions: z.array(
      z.strictObject({
        appId: z.number().int(),
        userId: z.string(),
        sessionId: z.string(),
        workerPid: z.number().int(),
        transports: z.array(
          z.strictObject({
            direction: transportDirectionSchema,
            iceState: z.string(),
            dtlsState: z.string(),
            /** DTLS handshakes completed since the transport was made. */
            handshakes: z.number().int(),
          }),
        ),
        upstreams: z.array(z.strictObject({ streamId: z.string(), kinds: z.array(streamKindSchema) })),
        downlinks: z.array(
          z.strictObject({ streamId: z.string(), roomIds: z.array(z.string()), consumers: z.number().int() }),
        ),
      }),
    ),
    /** Streams piped between routers of this node, with the number of downlinks behind each. */
    pipes: z.array(z.strictObject({ streamId: z.string(), downlinks: z.number().int() })),
    /** Streams that come from other nodes, one per stream and router here, with the downlinks behind each. */
    pipesIn: z.array(
      z.strictObject({ streamId: z.string(), sourceNodeId: nodeIdSchema, downlinks: z.number().int() }),
    ),
    /** Streams that other nodes have asked for. */
    pipesOut: z.array(z.strictObject({ streamId: z.string(), targetNodeId: nodeIdSchema })),
  }),
  errors: [],
});

/** For people and tests: what the workers hold, whatever the node's books say. */
export const dumpWorkers = defineNodeRpc('media', 'dumpWorkers', {
  request: z.strictObject({}),
  reply: z.strictObject({
    workers: z.array(
      z.strictObject({
        pid: z.number().int(),
        transports: z.number().int(),
        producers: z.number().int(),
        consumers: z.number().int(),
        dataProducers: z.number().int(),
        dataConsumers: z.number().int(),
      }),
    ),
  }),
  errors: [],
});

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

/** Characters of the codec parameters of one track: viewers get them. H.264 parameter sets take some hundred. */
const codecParametersMaxChars = 2048;

/**
 * Parameters exchanged between mediasoup and the browser. Their inner form is mediasoup's own
 * (https://mediasoup.org/documentation/v3/mediasoup/rtp-parameters-and-capabilities/). The boundaries
 * validate the shape that keeps a worker alive (plain bounded objects); mediasoup's ORTC validates the rest.
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
    .max(32)
    .refine(
      (codecs) =>
        JSON.stringify(codecs.map(({ parameters }) => parameters)).length <= codecParametersMaxChars,
      'COMMON_ILLEGAL_PARAM',
    ),
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

/** An SCTP stream of the association. Data is ordered and fully reliable. */
export const sctpStreamParametersSchema = z.strictObject({
  streamId: z.number().int().min(0).max(65_534),
  ordered: z.literal(true).optional(),
});

/** Maximum bytes of one data stream message, regardless of entitlements. */
export const dataMessageMaxBytes = 65_536;

/**
 * Names the transport of a request, so that a request for an earlier transport never applies to a later one.
 */
export const transportIdSchema = z.string().min(1).max(64);

export const transportDirectionSchema = z.enum(['send', 'recv'], 'COMMON_ILLEGAL_PARAM');
export type TransportDirection = z.infer<typeof transportDirectionSchema>;

export const transportParametersSchema = z.strictObject({
  id: z.string(),
  iceParameters: z.looseObject({ usernameFragment: z.string(), password: z.string() }),
  iceCandidates: z.array(z.looseObject({})),
  dtlsParameters: z.looseObject({ fingerprints: z.array(z.looseObject({})) }),
  /** Only for a session opened with data. */
  sctpParameters: z.looseObject({}).optional(),
});

/** An ICE server in the form of `RTCPeerConnection`. */
export const iceServerSchema = z.strictObject({
  urls: z.array(z.string()),
  username: z.string().optional(),
  credential: z.string().optional(),
});
export type IceServer = z.infer<typeof iceServerSchema>;

/** Parameters with which a client opens its two transports. */
export const mediaSessionSchema = z.strictObject({
  nodeId: nodeIdSchema,
  routerRtpCapabilities: z.looseObject({}),
  /** Added by the gateway if the cluster has any: media nodes do not know them. */
  iceServers: z.array(iceServerSchema).optional(),
  send: transportParametersSchema,
  recv: transportParametersSchema,
});
export type MediaSession = z.infer<typeof mediaSessionSchema>;

/** Anchors a session on a router of this node and creates both transports. Idempotent per session. */
export const openSession = defineNodeRpc('media', 'openSession', {
  request: z.strictObject({
    session: sessionRefSchema,
    /** Enables data with this maximum message size; omitted: the transports carry no data. */
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

/** The session's state on the node: its upstreams, and its downlinks with their rooms. */
export const getSession = defineNodeRpc('media', 'getSession', {
  request: z.strictObject({ session: sessionRefSchema }),
  reply: z.strictObject({
    upstreams: z.array(
      z.strictObject({
        streamId: streamIdSchema,
        kinds: z.array(streamKindSchema),
        mutes: z.strictObject({
          /** Muted in all rooms by the publisher. */
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

/**
 * Issues new ICE credentials for a transport whose client changed networks; the transport keeps its state.
 */
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

/** Liveness check. A changed incarnation means that state held by the earlier process is lost. */
export const ping = defineNodeRpc('media', 'ping', {
  request: z.strictObject({}),
  reply: z.strictObject({ incarnation: z.string() }),
  errors: [],
  timeoutMs: 2000,
});

/** Adds a producer: one per kind and upstream. */
export const produce = defineNodeRpc('media', 'produce', {
  request: z.strictObject({
    session: sessionRefSchema,
    streamId: streamIdSchema,
    kind: mediaKindSchema,
    transportId: transportIdSchema.optional(),
    /** All kinds of the stream: it cannot be played until they are all produced. */
    kinds: z.array(mediaKindSchema).max(2).optional(),
    rtpParameters: rtpParametersSchema,
  }),
  reply: z.strictObject({ producerId: z.string() }),
  errors: ['MEDIA_SESSION_NOT_FOUND', 'MEDIA_PARAMETERS_INVALID'],
  timeoutMs: 5000,
});

/** Creates the only producer of a data stream. A publisher above the rate is stopped (`upstreamStopped`). */
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

/** Author of a mute: one author cannot undo the mute of the other. */
export const muteAuthorSchema = z.enum(['publisher', 'operator']);
export type MuteAuthor = z.infer<typeof muteAuthorSchema>;

/**
 * Mutes or unmutes one kind of a stream in one room, or in all rooms if `roomId` is omitted. A viewer that
 * plays the stream on behalf of an unmuted room continues. An operator always names a room.
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
 * Delay after the reply until a new downlink starts by itself. The client knows how long its receivers take
 * to create; if omitted, it sends `resume` when they are ready.
 */
export const resumeAfterMsSchema = z.number().int().min(0).max(1000);

/**
 * Binds a stream to a room for this viewer. The first binding creates the downlink (one paused consumer per
 * kind, through a pipe if the stream is on another router); further bindings reuse it.
 */
export const bindDownlink = defineNodeRpc('media', 'bindDownlink', {
  request: z.strictObject({
    session: sessionRefSchema,
    streamId: streamIdSchema,
    roomId: roomIdSchema,
    /** The node that produces the stream. */
    sourceNodeId: nodeIdSchema,
    transportId: transportIdSchema.optional(),
    rtpCapabilities: rtpCapabilitiesSchema,
    /** Requests a data stream exclusively; omitted: one of audio and video. */
    data: z.boolean().optional(),
    /** Limit of streams of this type that the session plays at once. */
    maxPlays: z.number().int().min(1),
    resumeAfterMs: resumeAfterMsSchema.optional(),
  }),
  reply: z.strictObject({
    /** False if the downlink already existed: the client has these consumers. */
    created: z.boolean(),
    consumers: z.array(consumerSchema),
    /** Of a data stream, instead of consumers. */
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

/** Resumes a downlink after the client has created its receivers. */
export const resumeDownlink = defineNodeRpc('media', 'resumeDownlink', {
  request: z.strictObject({ session: sessionRefSchema, streamId: streamIdSchema }),
  reply: z.strictObject({}),
  errors: ['MEDIA_SESSION_NOT_FOUND', 'PLAYER_STREAM_WAS_NOT_PLAYED'],
});

/** Layers of a simulcast video, from the smallest. */
export const videoLayerSchema = z.number().int().min(0).max(2);

/** What a viewer receives of a stream. */
export const downlinkLimitShape = {
  /** Kinds to receive, among those that the stream has. */
  kinds: z.array(mediaKindSchema).max(2),
  /** The largest layer to receive; omitted: all. Less is sent when the network requires it. */
  maxLayer: videoLayerSchema.optional(),
};

/** Limits what a session receives of a stream that it plays, until the next limit. */
export const limitDownlink = defineNodeRpc('media', 'limitDownlink', {
  request: z.strictObject({
    session: sessionRefSchema,
    streamId: streamIdSchema,
    ...downlinkLimitShape,
  }),
  reply: z.strictObject({}),
  errors: ['MEDIA_SESSION_NOT_FOUND', 'PLAYER_STREAM_WAS_NOT_PLAYED'],
});

/**
 * Removes the binding of one room, or of all if `roomId` is omitted. Without bindings the downlink closes.
 */
export const unbindDownlink = defineNodeRpc('media', 'unbindDownlink', {
  request: z.strictObject({
    session: sessionRefSchema,
    streamId: streamIdSchema,
    roomId: roomIdSchema.optional(),
  }),
  reply: z.strictObject({ closed: z.boolean(), roomIds: z.array(roomIdSchema) }),
  errors: [],
});

/** For diagnostics and tests: every live object of this node. */
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
            /** DTLS handshakes completed by this transport. */
            handshakes: z.number().int(),
          }),
        ),
        upstreams: z.array(z.strictObject({ streamId: z.string(), kinds: z.array(streamKindSchema) })),
        downlinks: z.array(
          z.strictObject({ streamId: z.string(), roomIds: z.array(z.string()), consumers: z.number().int() }),
        ),
      }),
    ),
    /** Streams piped between routers of this node, with the number of downlinks of each. */
    pipes: z.array(z.strictObject({ streamId: z.string(), downlinks: z.number().int() })),
    /** Streams piped from other nodes, one per stream and router of this node, with their downlinks. */
    pipesIn: z.array(
      z.strictObject({ streamId: z.string(), sourceNodeId: nodeIdSchema, downlinks: z.number().int() }),
    ),
    /** Streams piped to other nodes. */
    pipesOut: z.array(z.strictObject({ streamId: z.string(), targetNodeId: nodeIdSchema })),
  }),
  errors: [],
});

/** For diagnostics and tests: the workers' actual state, independent of the node's bookkeeping. */
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

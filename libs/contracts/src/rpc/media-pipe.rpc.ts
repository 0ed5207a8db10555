import { z } from 'zod';
import { defineNodeRpc } from '../define.js';
import { appIdSchema, mediaKindSchema, nodeIdSchema, roomIdSchema, streamIdSchema } from '../ids.js';

/**
 * Why a downlink, or its stream, closed by itself. `overloaded`: messages of a data stream were lost because
 * the viewer or the pipe to it was too slow.
 */
export const closeReasonSchema = z.enum(['sourceEnded', 'workerDied', 'nodeLost', 'overloaded']);

/** One end of a pipe between two nodes: its address and keys. */
export const pipeEndSchema = z.strictObject({
  ip: z.union([z.ipv4(), z.ipv6()]),
  port: z.number().int().min(1).max(65_535),
  srtpParameters: z.strictObject({ cryptoSuite: z.string(), keyBase64: z.string() }),
});
export type PipeEnd = z.infer<typeof pipeEndSchema>;

/** Rooms in which a stream is muted, with the kinds. */
export const mutesSchema = z.array(z.strictObject({ roomId: roomIdSchema, kinds: z.array(mediaKindSchema) }));

const pipedProducerSchema = z.strictObject({
  kind: mediaKindSchema,
  rtpParameters: z.looseObject({}),
  paused: z.boolean(),
});

export const pipeIdSchema = z.string().regex(/^pi_[0-9a-f]{32}$/);

/**
 * The viewer's node requests a stream from the publisher's node, once for all viewers on one of its routers.
 * A repeated pipe ID gets the same reply, because a reply may be lost.
 */
export const openPipe = defineNodeRpc('media', 'openPipe', {
  request: z.strictObject({
    pipeId: pipeIdSchema,
    appId: appIdSchema,
    streamId: streamIdSchema,
    targetNodeId: nodeIdSchema,
    /** Requests a data stream over a data pipe. */
    data: z.boolean().optional(),
    end: pipeEndSchema,
  }),
  reply: z.strictObject({
    end: pipeEndSchema,
    producers: z.array(pipedProducerSchema),
    /** Of a data stream, instead of producers. */
    dataProducer: z
      .strictObject({ sctpStreamParameters: z.looseObject({ streamId: z.number().int() }) })
      .optional(),
    mutes: mutesSchema,
  }),
  errors: ['PLAYER_PLAY_STREAM_NOT_EXIST', 'MEDIA_NODE_UNAVAILABLE'],
  timeoutMs: 2000,
});

/** The pipe has no more viewers. Sent to the source node; idempotent. */
export const closePipe = defineNodeRpc('media', 'closePipe', {
  request: z.strictObject({ pipeId: pipeIdSchema }),
  reply: z.strictObject({}),
  errors: [],
  timeoutMs: 2000,
});

/** The stream has additional producers, which the pipe carries. Sent to the receiving node; idempotent. */
export const extendPipe = defineNodeRpc('media', 'extendPipe', {
  request: z.strictObject({ pipeId: pipeIdSchema, producers: z.array(pipedProducerSchema).max(2) }),
  reply: z.strictObject({}),
  errors: [],
  timeoutMs: 2000,
});

/** The stream in the pipe has ended. Sent to the receiving node; idempotent. */
export const endPipe = defineNodeRpc('media', 'endPipe', {
  request: z.strictObject({ pipeId: pipeIdSchema, reason: closeReasonSchema }),
  reply: z.strictObject({}),
  errors: [],
  timeoutMs: 2000,
});

/** The stream in the pipe has new mutes. Sent to the receiving node. */
export const updatePipe = defineNodeRpc('media', 'updatePipe', {
  request: z.strictObject({ pipeId: pipeIdSchema, mutes: mutesSchema }),
  reply: z.strictObject({}),
  errors: [],
  timeoutMs: 2000,
});

import { z } from 'zod';
import { defineNodeRpc } from '../define.js';
import { appIdSchema, mediaKindSchema, nodeIdSchema, roomIdSchema, streamIdSchema } from '../ids.js';

/**
 * Why a downlink, or the stream behind it, closed by itself. `overloaded`: messages of a data stream were
 * lost, because the viewer or the pipe to it did not take them as fast as they came.
 */
export const closeReasonSchema = z.enum(['sourceEnded', 'workerDied', 'nodeLost', 'overloaded']);

/** One end of a pipe between two nodes: where its packets go, and with which keys. */
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
 * The node of a viewer asks the node of the publisher to send it a stream, once for all viewers on one of
 * its routers. The same pipe ID again gets the same answer, since an answer may be lost.
 */
export const openPipe = defineNodeRpc('media', 'openPipe', {
  request: z.strictObject({
    pipeId: pipeIdSchema,
    appId: appIdSchema,
    streamId: streamIdSchema,
    targetNodeId: nodeIdSchema,
    /** A data stream is wanted, and the pipe is one for data. */
    data: z.boolean().optional(),
    end: pipeEndSchema,
  }),
  reply: z.strictObject({
    end: pipeEndSchema,
    producers: z.array(pipedProducerSchema),
    /** Of a data stream, in place of producers. */
    dataProducer: z
      .strictObject({ sctpStreamParameters: z.looseObject({ streamId: z.number().int() }) })
      .optional(),
    mutes: mutesSchema,
  }),
  errors: ['PLAYER_PLAY_STREAM_NOT_EXIST', 'MEDIA_NODE_UNAVAILABLE'],
  timeoutMs: 2000,
});

/** Nobody behind the pipe is left. To the node that sends; idempotent. */
export const closePipe = defineNodeRpc('media', 'closePipe', {
  request: z.strictObject({ pipeId: pipeIdSchema }),
  reply: z.strictObject({}),
  errors: [],
  timeoutMs: 2000,
});

/** The stream has more than when the pipe was opened, and the pipe carries it. To the node that receives; idempotent. */
export const extendPipe = defineNodeRpc('media', 'extendPipe', {
  request: z.strictObject({ pipeId: pipeIdSchema, producers: z.array(pipedProducerSchema).max(2) }),
  reply: z.strictObject({}),
  errors: [],
  timeoutMs: 2000,
});

/** The stream in the pipe has ended. To the node that receives; idempotent. */
export const endPipe = defineNodeRpc('media', 'endPipe', {
  request: z.strictObject({ pipeId: pipeIdSchema, reason: closeReasonSchema }),
  reply: z.strictObject({}),
  errors: [],
  timeoutMs: 2000,
});

/** The stream in the pipe is muted in other rooms than before. To the node that receives. */
export const updatePipe = defineNodeRpc('media', 'updatePipe', {
  request: z.strictObject({ pipeId: pipeIdSchema, mutes: mutesSchema }),
  reply: z.strictObject({}),
  errors: [],
  timeoutMs: 2000,
});

import { z } from 'zod';
import { defineEvent } from '../define.js';
import { appIdSchema, nodeIdSchema, roomIdSchema, streamIdSchema, userIdSchema } from '../ids.js';
import { recordingEndReasonSchema, recordingFileSchema, recordingIdSchema } from '../rpc/recording.rpc.js';

const recordedSchema = z.strictObject({
  recordingId: recordingIdSchema,
  appId: appIdSchema,
  streamId: streamIdSchema,
  roomId: roomIdSchema.optional(),
  nodeId: nodeIdSchema,
});

/** A recording file is complete, under its final name. */
export const recordingFileClosed = defineEvent('event.media.recordingFileClosed', {
  payload: recordedSchema.extend({
    userId: userIdSchema,
    file: recordingFileSchema.extend({ endedAtMs: z.number().int(), bytes: z.number().int() }),
  }),
});

/** Recording of a stream ended on this node. Its files were announced before. */
export const recordingEnded = defineEvent('event.media.recordingEnded', {
  payload: recordedSchema.extend({ reason: recordingEndReasonSchema, files: z.number().int() }),
});

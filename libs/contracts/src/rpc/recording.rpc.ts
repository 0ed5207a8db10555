import { z } from 'zod';
import { defineNodeRpc } from '../define.js';
import { appIdSchema, mediaKindSchema, roomIdSchema, streamIdSchema } from '../ids.js';

/** One order to record a stream or a room; the files of one order share it. */
export const recordingIdSchema = z
  .string()
  .regex(/^rc_[0-9A-Za-z-]{1,64}_[0-9a-f]{32}$/, 'COMMON_ILLEGAL_PARAM');

/** A stream that is written to files, on the node that it is published on. */
const recordedStreamSchema = z.strictObject({
  recordingId: recordingIdSchema,
  appId: appIdSchema,
  streamId: streamIdSchema,
  /** Of a room that is recorded: what is kept from the room is kept from its recording. */
  roomId: roomIdSchema.optional(),
});
export type RecordedStream = z.infer<typeof recordedStreamSchema>;

/** One file: the tracks that flowed when it began, from one publisher, without a break. */
export const recordingFileSchema = z.strictObject({
  /** Below the directory of recordings. */
  path: z.string(),
  startedAtMs: z.number().int(),
  kinds: z.array(mediaKindSchema),
});
export type RecordingFile = z.infer<typeof recordingFileSchema>;

export const activeRecordingSchema = recordedStreamSchema.extend({
  startedAtMs: z.number().int(),
  /** Left out while nothing of the stream flows. */
  file: recordingFileSchema.optional(),
  /** Files that are complete. */
  files: z.number().int(),
});
export type ActiveRecording = z.infer<typeof activeRecordingSchema>;

/** `stopped` by whoever asked for it, or with the stream, its worker or its node; `failed` is ffmpeg's own end. */
export const recordingEndReasonSchema = z.enum([
  'stopped',
  'sourceEnded',
  'workerDied',
  'nodeClosed',
  'failed',
]);
export type RecordingEndReason = z.infer<typeof recordingEndReasonSchema>;

const startErrors = [
  'RECORDING_DISABLED',
  'RECORDING_FFMPEG_MISSING',
  'RECORDING_ALREADY_RUNNING',
  'RECORDING_LIMIT_REACHED',
  'RECORDING_CODEC_UNSUPPORTED',
  'RECORDING_FAILED',
] as const;

/** Begins to write a stream of this node to files. The same recording and stream again is the same one. */
export const startRecording = defineNodeRpc('media', 'startRecording', {
  request: recordedStreamSchema,
  reply: activeRecordingSchema,
  errors: [...startErrors, 'PLAYER_PLAY_STREAM_NOT_EXIST'],
  timeoutMs: 20_000,
});

/** Ends the recording of one stream, or of all that have this recording ID; answers when the files are complete. */
export const stopRecording = defineNodeRpc('media', 'stopRecording', {
  request: z.strictObject({ recordingId: recordingIdSchema, streamId: streamIdSchema.optional() }),
  reply: z.strictObject({ stopped: z.number().int() }),
  errors: [],
  timeoutMs: 15_000,
});

/** What this node records at this moment. */
export const listRecordings = defineNodeRpc('media', 'listRecordings', {
  request: z.strictObject({ appId: appIdSchema.optional(), recordingId: recordingIdSchema.optional() }),
  reply: z.strictObject({ recordings: z.array(activeRecordingSchema) }),
  errors: [],
});

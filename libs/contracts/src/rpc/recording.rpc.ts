import { z } from 'zod';
import { defineNodeRpc } from '../define.js';
import { appIdSchema, mediaKindSchema, roomIdSchema, streamIdSchema } from '../ids.js';

/** One request to record a stream or a room; its files share the ID. */
export const recordingIdSchema = z
  .string()
  .regex(/^rc_[0-9A-Za-z-]{1,64}_[0-9a-f]{32}$/, 'COMMON_ILLEGAL_PARAM');

/** A stream recorded to files on the node where it is published. */
const recordedStreamSchema = z.strictObject({
  recordingId: recordingIdSchema,
  appId: appIdSchema,
  streamId: streamIdSchema,
  /** Set if a room is recorded: what is muted in the room is not recorded. */
  roomId: roomIdSchema.optional(),
});
export type RecordedStream = z.infer<typeof recordedStreamSchema>;

/** One file: the tracks of one publisher that flowed when it began, without interruption. */
export const recordingFileSchema = z.strictObject({
  /** Relative to the recording directory. */
  path: z.string(),
  startedAtMs: z.number().int(),
  kinds: z.array(mediaKindSchema),
});
export type RecordingFile = z.infer<typeof recordingFileSchema>;

export const activeRecordingSchema = recordedStreamSchema.extend({
  startedAtMs: z.number().int(),
  /** Omitted while no track flows. */
  file: recordingFileSchema.optional(),
  /** Number of complete files. */
  files: z.number().int(),
});
export type ActiveRecording = z.infer<typeof activeRecordingSchema>;

/**
 * `stopped` on request, or the end of the stream, its worker or its node; `failed` if ffmpeg exits by itself.
 */
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

/** Starts recording a stream of this node to files. Idempotent per recording ID and stream. */
export const startRecording = defineNodeRpc('media', 'startRecording', {
  request: recordedStreamSchema,
  reply: activeRecordingSchema,
  errors: [...startErrors, 'PLAYER_PLAY_STREAM_NOT_EXIST'],
  timeoutMs: 20_000,
});

/** Stops one stream, or all with this recording ID; replies when the files are complete. */
export const stopRecording = defineNodeRpc('media', 'stopRecording', {
  request: z.strictObject({ recordingId: recordingIdSchema, streamId: streamIdSchema.optional() }),
  reply: z.strictObject({ stopped: z.number().int() }),
  errors: [],
  timeoutMs: 15_000,
});

/** The active recordings of this node. */
export const listRecordings = defineNodeRpc('media', 'listRecordings', {
  request: z.strictObject({ appId: appIdSchema.optional(), recordingId: recordingIdSchema.optional() }),
  reply: z.strictObject({ recordings: z.array(activeRecordingSchema) }),
  errors: [],
});

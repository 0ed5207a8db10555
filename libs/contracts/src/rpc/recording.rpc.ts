import { z } from 'zod';
import { defineNodeRpc } from '../define.js';
import { appIdSchema, mediaKindSchema, roomIdSchema, streamIdSchema, userIdSchema } from '../ids.js';

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

/** The path of a complete file, relative to the recording directory. Leads out of no directory. */
export const recordingPathSchema = z
  .string()
  .max(256)
  .regex(
    /^app-[0-9]{1,10}\/(?:streams|room-[0-9A-Za-z_~-]{1,80})\/[0-9A-Za-z_~-]{1,80}\.[0-9]{8}T[0-9]{9}Z\.mkv$/,
    'COMMON_ILLEGAL_PARAM',
  );

/** `<UTC>.mkv` */
const pathEndLength = 23;

/** Orders the paths of files by the time in them, the newest first. */
export function compareRecordingPaths(left: string, right: string): number {
  const [leftEnd, rightEnd] = [left, right].map((path) => path.slice(-pathEndLength)) as [string, string];
  const [first, second] = leftEnd === rightEnd ? [left, right] : [leftEnd, rightEnd];
  return first === second ? 0 : first < second ? 1 : -1;
}

/** A file that is complete. */
export const completeFileSchema = recordedStreamSchema.extend({
  ...recordingFileSchema.shape,
  /** The publisher of the stream. */
  userId: userIdSchema,
  endedAtMs: z.number().int(),
  bytes: z.number().int(),
});
export type CompleteFile = z.infer<typeof completeFileSchema>;

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

export const mostListedFiles = 1000;

/** Complete files of an AppID in the recording directory of this node, newest first. */
export const listRecordingFiles = defineNodeRpc('media', 'listRecordingFiles', {
  request: z.strictObject({
    appId: appIdSchema,
    /** Only those that come after this one. */
    after: recordingPathSchema.optional(),
    limit: z
      .number()
      .int()
      .min(1)
      .max(mostListedFiles + 1),
  }),
  reply: z.strictObject({ files: z.array(completeFileSchema) }),
  errors: [],
  timeoutMs: 10_000,
});

/** The most bytes of a file in one reply: base64 takes a third more, and the bus carries 1 MB by default. */
export const mostChunkBytes = 262_144;

export const filePartFields = {
  appId: appIdSchema,
  recordingId: recordingIdSchema,
  path: recordingPathSchema,
  offset: z.number().int().min(0),
  /** 0 = only the description of the file. */
  length: z.number().int().min(0).max(mostChunkBytes),
};

export const filePartSchema = z.strictObject({
  file: completeFileSchema,
  /** In base64; shorter than `length` at the end of the file. */
  data: z.string(),
});

/** Reads a part of a complete file in the recording directory of this node. */
export const readRecordingFile = defineNodeRpc('media', 'readRecordingFile', {
  request: z.strictObject(filePartFields),
  reply: filePartSchema,
  errors: ['RECORDING_FILE_NOT_FOUND'],
  timeoutMs: 10_000,
});

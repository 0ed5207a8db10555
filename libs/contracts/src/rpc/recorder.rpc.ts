import { z } from 'zod';
import { defineNodeRpc, defineRpc } from '../define.js';
import { appIdSchema, nodeIdSchema, roomIdSchema, streamIdSchema } from '../ids.js';
import {
  activeRecordingSchema,
  completeFileSchema,
  filePartFields,
  filePartSchema,
  mostListedFiles,
  recordingIdSchema,
  recordingPathSchema,
} from './recording.rpc.js';

const targetFields = {
  appId: appIdSchema,
  roomId: roomIdSchema.optional(),
  streamId: streamIdSchema.optional(),
};

/** The recorded target: one stream, regardless of its rooms, or every stream that a room shows. */
const recordingTargetSchema = z
  .strictObject(targetFields)
  .refine(
    ({ roomId, streamId }) => (roomId === undefined) !== (streamId === undefined),
    'name either roomId or streamId',
  );
export type RecordingTarget = z.infer<typeof recordingTargetSchema>;

/** A recording order, and the streams that media nodes currently write to files for it. */
const recordingViewSchema = z.strictObject({
  recordingId: recordingIdSchema,
  ...targetFields,
  recordings: z.array(activeRecordingSchema.extend({ nodeId: nodeIdSchema })),
});
export type RecordingView = z.infer<typeof recordingViewSchema>;

/** Stores the order and starts the recording, which lasts until it is ended or its room or stream ends. */
export const beginRecording = defineRpc('recorder', 'beginRecording', {
  authority: 'recordings:write',
  request: recordingTargetSchema,
  reply: recordingViewSchema,
  errors: [
    'ROOM_ROOMID_INCORRECT',
    'PLAYER_PLAY_STREAM_NOT_EXIST',
    'RECORDING_DISABLED',
    'RECORDING_FFMPEG_MISSING',
    'RECORDING_ALREADY_RUNNING',
    'RECORDING_LIMIT_REACHED',
    'RECORDING_QUOTA_EXCEEDED',
    'RECORDING_CODEC_UNSUPPORTED',
    'RECORDING_FAILED',
    'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE',
    'COMMON_APP_OFFLINE',
  ],
  timeoutMs: 25_000,
});

const endRequestSchema = z.strictObject({ appId: appIdSchema, recordingId: recordingIdSchema });
const endReplySchema = z.strictObject({ streams: z.number().int() });

/** Ends a recording, regardless of which instance owns its order; replies when the files are complete. */
export const endRecording = defineRpc('recorder', 'endRecording', {
  authority: 'recordings:write',
  request: endRequestSchema,
  reply: endReplySchema,
  errors: ['RECORDING_NOT_FOUND'],
  timeoutMs: 25_000,
});

/** Same as `endRecording`, at the instance that owns the order, with the same statement. */
export const endOwnRecording = defineNodeRpc('recorder', 'endOwnRecording', {
  authority: 'recordings:write',
  request: endRequestSchema,
  reply: endReplySchema,
  errors: ['RECORDING_NOT_FOUND'],
  timeoutMs: 20_000,
});

/** All orders of an AppID, of every instance, including those that wait for streams. */
export const listRecordings = defineRpc('recorder', 'listRecordings', {
  authority: 'recordings:read',
  request: z.strictObject({ appId: appIdSchema }),
  reply: z.strictObject({ recordings: z.array(recordingViewSchema) }),
  errors: [],
  timeoutMs: 5000,
});

/** Complete files of an AppID on the media nodes that answer, newest first. */
export const listRecordingFiles = defineRpc('recorder', 'listRecordingFiles', {
  authority: 'recordings:read',
  request: z.strictObject({
    appId: appIdSchema,
    /** `next` of the page before. */
    cursor: recordingPathSchema.optional(),
    limit: z.number().int().min(1).max(mostListedFiles).default(100),
  }),
  reply: z.strictObject({
    files: z.array(completeFileSchema),
    /** Omitted on the last page. */
    next: z.string().optional(),
  }),
  errors: [],
  timeoutMs: 15_000,
});

/** Reads a part of a complete file, from the media node that has it. */
export const readRecordingFile = defineRpc('recorder', 'readRecordingFile', {
  authority: 'recordings:read',
  request: z.strictObject({
    ...filePartFields,
    /** `nodeId` of an earlier reply; without it, all nodes are asked. */
    nodeId: nodeIdSchema.optional(),
  }),
  reply: filePartSchema.extend({ nodeId: nodeIdSchema }),
  errors: ['RECORDING_FILE_NOT_FOUND'],
  timeoutMs: 15_000,
});

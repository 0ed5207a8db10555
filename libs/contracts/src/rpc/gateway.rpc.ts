import { z } from 'zod';
import { defineNodeRpc } from '../define.js';
import { appIdSchema, sessionIdSchema } from '../ids.js';
import { recordingIdSchema } from './recording.rpc.js';

/** Characters of one SDP, or of a fragment of it. */
export const sdpMaxLength = 64 * 1024;

/** One WHIP or WHEP session, and the token of whoever asks for it. */
const interopTargetSchema = z.strictObject({
  appId: appIdSchema,
  sessionId: sessionIdSchema,
  token: z.string().min(1).max(8192),
});

const interopErrors = ['INTEROP_RESOURCE_NOT_FOUND', 'ROOM_AUTHENTICATION_FAILED'] as const;

/** A DELETE of a WHIP or WHEP session that arrived at another gateway than its own. */
export const endInteropSession = defineNodeRpc('gateway', 'endInteropSession', {
  request: interopTargetSchema,
  reply: z.strictObject({}),
  errors: interopErrors,
  timeoutMs: 5000,
});

/** A PATCH, likewise: candidates or an ICE restart, or the answer to an offer of ours. */
export const patchInteropSession = defineNodeRpc('gateway', 'patchInteropSession', {
  request: interopTargetSchema.extend({
    sdp: z.string().max(sdpMaxLength),
    isAnswer: z.boolean(),
    ifMatch: z.string().max(128).optional(),
  }),
  /** With `fragment`: ICE has been restarted. */
  reply: z.strictObject({ fragment: z.string().optional(), etag: z.string() }),
  errors: [
    ...interopErrors,
    'INTEROP_SDP_REFUSED',
    'INTEROP_ETAG_REQUIRED',
    'INTEROP_ETAG_MISMATCH',
    'MEDIA_SESSION_NOT_FOUND',
  ],
  timeoutMs: 5000,
});

/** Ends an order to record that this gateway follows; answers when its files are complete. */
export const endRecordingOrder = defineNodeRpc('gateway', 'endRecordingOrder', {
  request: z.strictObject({ appId: appIdSchema, recordingId: recordingIdSchema }),
  reply: z.strictObject({ streams: z.number().int() }),
  errors: ['RECORDING_NOT_FOUND'],
  timeoutMs: 20_000,
});

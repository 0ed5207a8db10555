import { z } from 'zod';
import { defineNodeRpc } from '../define.js';
import { appIdSchema, sessionIdSchema } from '../ids.js';

/** Characters of one SDP, or of a fragment of it. */
export const sdpMaxLength = 64 * 1024;

/** One WHIP or WHEP session, and the caller's token. */
const interopTargetSchema = z.strictObject({
  appId: appIdSchema,
  sessionId: sessionIdSchema,
  token: z.string().min(1).max(8192),
});

const interopErrors = ['INTEROP_RESOURCE_NOT_FOUND', 'ROOM_AUTHENTICATION_FAILED'] as const;

/** A DELETE of a WHIP or WHEP session that arrived at another instance than its own. */
export const endSession = defineNodeRpc('interop', 'endSession', {
  request: interopTargetSchema,
  reply: z.strictObject({}),
  errors: interopErrors,
  timeoutMs: 5000,
});

/** A PATCH, likewise: candidates or an ICE restart, or the answer to an offer of ours. */
export const patchSession = defineNodeRpc('interop', 'patchSession', {
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

import { z } from 'zod';
import { defineNodeRpc } from '../define.js';
import { tokenMaxChars } from '../grants.js';
import { appIdSchema, sessionIdSchema } from '../ids.js';

/** Maximum characters of an SDP or an SDP fragment. */
export const sdpMaxLength = 64 * 1024;

/** A WHIP or WHEP session and the caller's token. */
const interopTargetSchema = z.strictObject({
  appId: appIdSchema,
  sessionId: sessionIdSchema,
  token: z.string().min(1).max(tokenMaxChars),
});

const interopErrors = ['INTEROP_RESOURCE_NOT_FOUND', 'ROOM_AUTHENTICATION_FAILED'] as const;

/** A DELETE of a WHIP or WHEP session received by an instance that does not hold it. */
export const endSession = defineNodeRpc('interop', 'endSession', {
  request: interopTargetSchema,
  reply: z.strictObject({}),
  errors: interopErrors,
  timeoutMs: 5000,
});

/** A PATCH, likewise: candidates, an ICE restart, or the answer to our offer. */
export const patchSession = defineNodeRpc('interop', 'patchSession', {
  request: interopTargetSchema.extend({
    sdp: z.string().max(sdpMaxLength),
    isAnswer: z.boolean(),
    ifMatch: z.string().max(128).optional(),
  }),
  /** With `fragment`: ICE was restarted. */
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

import { roomAdminRpc, roomRpc, userNameSchema } from '@polyroom/contracts';
import { z } from 'zod';

const httpUrl = z.url({ protocol: /^https?$/ });

/** The hooks of one AppID: which messages its application server receives. */
export const hookSchema = z.strictObject({
  /** Key of the request signatures, by which the application server authenticates the caller. */
  secret: z.string().min(16),
  /** Called before anything reaches members; allows, refuses or rewrites it. */
  moderation: z
    .strictObject({
      url: httpUrl,
      deadlineMs: z.number().int().min(10).max(1500).default(300),
      /** Verdict if no valid reply arrives in time. */
      onFailure: z.enum(['allow', 'refuse']),
    })
    .optional(),
  /** Receives the transparent messages addressed to the application server. */
  transparent: z
    .strictObject({ url: httpUrl, deadlineMs: z.number().int().min(10).max(1500).default(1000) })
    .optional(),
});
export type Hook = z.output<typeof hookSchema>;

/** By AppID. */
export const hooksSchema = z.record(z.string().regex(/^[1-9]\d{0,9}$/), hookSchema);
export type Hooks = z.output<typeof hooksSchema>;

/** Formats that rewritten content must keep, by kind. */
export const rewrittenSchemas: Record<string, z.ZodType<string>> = {
  transparent: z.base64(),
  attribute: roomAdminRpc.attributeValueSchema,
  streamExtraInfo: roomRpc.streamExtraInfoSchema,
  userName: userNameSchema,
};

/** The reply of moderation. */
export const verdictSchema = z.discriminatedUnion('action', [
  z.object({ action: z.literal('allow') }),
  z.object({ action: z.literal('refuse'), reason: z.string().max(256).optional() }),
  z.object({ action: z.literal('rewrite'), content: z.string().min(1) }),
]);

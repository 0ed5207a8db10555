import { roomAdminRpc, roomRpc, userNameSchema } from '@polyroom/contracts';
import { z } from 'zod';

const httpUrl = z.url({ protocol: /^https?$/ });

/** What an application's server wants to see of the messages of its AppID. */
export const hookSchema = z.strictObject({
  /** Signs the requests, so that the server knows who asks. */
  secret: z.string().min(16),
  /** Asked about everything that is to reach members, before it does: it allows, refuses or rewrites. */
  moderation: z
    .strictObject({
      url: httpUrl,
      deadlineMs: z.number().int().min(10).max(1500).default(300),
      /** What happens to a message about which no answer came in time. */
      onFailure: z.enum(['allow', 'refuse']),
    })
    .optional(),
  /** Gets the transparent messages that are meant for the server. */
  transparent: z
    .strictObject({ url: httpUrl, deadlineMs: z.number().int().min(10).max(1500).default(1000) })
    .optional(),
});
export type Hook = z.output<typeof hookSchema>;

/** By AppID. */
export const hooksSchema = z.record(z.string().regex(/^[1-9]\d{0,9}$/), hookSchema);
export type Hooks = z.output<typeof hooksSchema>;

/** The kinds whose rewritten content must have a form. */
export const rewrittenSchemas: Record<string, z.ZodType<string>> = {
  transparent: z.base64(),
  attribute: roomAdminRpc.attributeValueSchema,
  streamExtraInfo: roomRpc.streamExtraInfoSchema,
  userName: userNameSchema,
};

/** What moderation answers. */
export const verdictSchema = z.discriminatedUnion('action', [
  z.object({ action: z.literal('allow') }),
  z.object({ action: z.literal('refuse'), reason: z.string().max(256).optional() }),
  z.object({ action: z.literal('rewrite'), content: z.string().min(1) }),
]);

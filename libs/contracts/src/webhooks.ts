import { z } from 'zod';
import { appEventTypeNames } from './events/app-events.js';
import { appIdSchema, roomIdSchema } from './ids.js';
import { printableText } from './printable-text.js';

export const webhookIdSchema = z.string().regex(/^wh_[0-9a-f]{16}$/, 'COMMON_ILLEGAL_PARAM');

/** How requests look: Standard Webhooks, or ZEGO's callbacks. */
export const webhookFormatSchema = z.enum(['standard', 'zego'], 'COMMON_ILLEGAL_PARAM');
export type WebhookFormat = z.infer<typeof webhookFormatSchema>;

export const webhookUrlSchema = z
  .url({ protocol: /^https?$/, error: 'COMMON_ILLEGAL_PARAM' })
  .max(2048)
  // `new URL` escapes control characters, and the database stores the text as it was sent.
  .refine((url) => printableText.test(url), 'COMMON_ILLEGAL_PARAM');

/** Event types, or `room.*`; `*` stands for all but `message.sent`. */
export const webhookTypesSchema = z
  .array(
    z.union([
      z.enum(appEventTypeNames, 'COMMON_ILLEGAL_PARAM'),
      z.enum([
        '*',
        'room.*',
        'user.*',
        'session.*',
        'stream.*',
        'message.*',
        'recording.*',
        'limit.*',
        'webhook.*',
      ]),
    ]),
  )
  .min(1, 'COMMON_ILLEGAL_PARAM')
  .max(50, 'COMMON_ILLEGAL_PARAM');

export const webhookRoomsSchema = z.array(roomIdSchema).max(100, 'COMMON_ILLEGAL_PARAM');

/** What an operator or an application server may set. */
export const webhookFields = {
  url: webhookUrlSchema,
  format: webhookFormatSchema,
  types: webhookTypesSchema,
  /** Only events of these rooms; none: of all rooms, users and the AppID. */
  roomIds: webhookRoomsSchema,
  description: z.string().max(256, 'COMMON_ILLEGAL_PARAM').regex(printableText, 'COMMON_ILLEGAL_PARAM'),
  enabled: z.boolean('COMMON_ILLEGAL_PARAM'),
};

/** An endpoint without its secret. */
export const webhookSchema = z.strictObject({
  endpointId: webhookIdSchema,
  ...webhookFields,
  /** Why it is not enabled: by an operator, or because it failed for days. */
  disabledReason: z.enum(['operator', 'failing']).optional(),
  disabledAtMs: z.number().int().optional(),
  createdAtMs: z.number().int(),
  updatedAtMs: z.number().int(),
  /** The secret before the last rotation signs until then. */
  oldSecretValidUntilMs: z.number().int().optional(),
});
export type Webhook = z.infer<typeof webhookSchema>;

/** An endpoint as the sender reads it, with the secrets that sign, the newest first. */
export const sendableWebhookSchema = webhookSchema.extend({
  appId: appIdSchema,
  /** When it or its AppID was last enabled: failures from before do not count. */
  enabledAtMs: z.number().int().optional(),
  secrets: z.array(z.string()).min(1),
});
export type SendableWebhook = z.infer<typeof sendableWebhookSchema>;

/** The outcome of a login if the hook does not answer in time. */
export const loginHookFailureSchema = z.enum(['allow', 'deny'], 'COMMON_ILLEGAL_PARAM');

/** What a gateway must know of a hook that decides logins. */
export const loginHookTermsSchema = z.strictObject({
  /** How long a login waits for the answer. */
  deadlineMs: z
    .number('COMMON_ILLEGAL_PARAM')
    .int('COMMON_ILLEGAL_PARAM')
    .min(50, 'COMMON_ILLEGAL_PARAM')
    .max(3000, 'COMMON_ILLEGAL_PARAM'),
  onFailure: loginHookFailureSchema,
});
export type LoginHookTerms = z.infer<typeof loginHookTermsSchema>;

/** The hook that decides the logins of an AppID, without its secret. */
export const loginHookSchema = loginHookTermsSchema.extend({ url: webhookUrlSchema });
export type LoginHook = z.infer<typeof loginHookSchema>;

/** Whether an endpoint wants an event of this type. */
export function wantsType(types: readonly string[], type: string): boolean {
  return types.some(
    (wanted) =>
      wanted === type ||
      (wanted === '*' && type !== 'message.sent') ||
      (wanted.endsWith('.*') && type.startsWith(wanted.slice(0, -1))),
  );
}

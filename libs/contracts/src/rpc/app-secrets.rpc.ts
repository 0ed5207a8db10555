import { z } from 'zod';
import { defineRpc } from '../define.js';
import { appIdSchema } from '../ids.js';
import { originFields } from './audit.rpc.js';

/** The `kid` of native tokens. */
export const secretIdSchema = z.string().regex(/^[0-9a-f]{16}$/);

export const appSignSchema = z.string().regex(/^[0-9a-f]{64}$/);
export const serverSecretSchema = z.string().regex(/^[\x21-\x7e]{32}$/);

/** ServerSecrets of one AppID whose tokens are accepted. */
export const maxLiveSecrets = 2;

const secretSchema = z.strictObject({
  secretId: secretIdSchema,
  /** Tokens of a `primary` or `live` secret are accepted; new tokens should use the primary one. */
  state: z.enum(['primary', 'live', 'retired']),
  createdAtMs: z.number().int(),
  retiredAtMs: z.number().int().optional(),
});

const changeFields = { ...originFields, appId: appIdSchema };
const secretsReply = z.strictObject({
  /** Newest first. */
  secrets: z.array(secretSchema),
});

/** The ServerSecrets of an AppID, without their values. */
export const listSecrets = defineRpc('auth', 'listSecrets', {
  authority: 'secrets:read',
  request: z.strictObject({ appId: appIdSchema }),
  reply: secretsReply,
  errors: ['ADMIN_APP_NOT_FOUND'],
});

/** Adds a live ServerSecret. It is returned only in this reply. */
export const addSecret = defineRpc('auth', 'addSecret', {
  authority: 'secrets:write',
  request: z.strictObject({
    ...changeFields,
    /** Set by operators that migrate an existing secret; random otherwise. */
    serverSecret: serverSecretSchema.optional(),
  }),
  reply: z.strictObject({ secret: secretSchema, serverSecret: z.string() }),
  errors: ['ADMIN_APP_NOT_FOUND', 'ADMIN_SECRET_EXISTS', 'ADMIN_SECRET_LIMIT_REACHED'],
});

/** Makes a live secret the one that new tokens should use. */
export const promoteSecret = defineRpc('auth', 'promoteSecret', {
  authority: 'secrets:write',
  request: z.strictObject({ ...changeFields, secretId: secretIdSchema }),
  reply: secretsReply,
  errors: ['ADMIN_APP_NOT_FOUND', 'ADMIN_SECRET_NOT_FOUND'],
});

/** Erases a live secret: its tokens are refused (1002033) from now on. */
export const retireSecret = defineRpc('auth', 'retireSecret', {
  authority: 'secrets:write',
  request: z.strictObject({ ...changeFields, secretId: secretIdSchema }),
  reply: secretsReply,
  errors: ['ADMIN_APP_NOT_FOUND', 'ADMIN_SECRET_NOT_FOUND', 'ADMIN_SECRET_IS_PRIMARY'],
});

/** Replaces the AppSign. The new one is returned only in this reply. */
export const replaceAppSign = defineRpc('auth', 'replaceAppSign', {
  authority: 'secrets:write',
  request: z.strictObject({
    ...changeFields,
    /** Random if omitted. */
    appSign: appSignSchema.optional(),
    /** Unix ms until which the old one is accepted, too; omitted: it is refused at once. */
    /** Later times are no plausible dates. */
    oldValidUntilMs: z
      .number()
      .int()
      .min(0)
      .max(2 ** 43)
      .optional(),
  }),
  reply: z.strictObject({ appSign: z.string(), oldValidUntilMs: z.number().int().optional() }),
  errors: ['ADMIN_APP_NOT_FOUND'],
});

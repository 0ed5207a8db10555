import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { appIdSchema } from '../../ids.js';
import { grantablePermissions } from '../../permissions.js';
import { originFields } from '../audit.rpc.js';
import { appNameSchema } from './fields.js';

/** The ID of an API key: the part of the key before its secret. */
export const apiKeyIdSchema = z.string().regex(/^pr_live_[0-9a-f]{16}$/);

const apiKeyPermissionSchema = z.enum(grantablePermissions);

/** An API key without its secret. */
const apiKeySchema = z.strictObject({
  keyId: apiKeyIdSchema,
  name: z.string(),
  permissions: z.array(z.string()),
  createdAtMs: z.number().int(),
  createdBy: z.string(),
  expiresAtMs: z.number().int(),
  revokedAtMs: z.number().int().optional(),
  /** Exact to a minute. Omitted if the key was never used. */
  lastUsedAtMs: z.number().int().optional(),
});

const dayMs = 86_400_000;

/** Greatest lifetime of an API key, from its creation or from a change of its expiry. */
export const apiKeyMaxLifetimeMs = 400 * dayMs;

const apiKeyDefaultLifetimeMs = 90 * dayMs;

/** Greatest number of API keys in force of an AppID. */
export const apiKeyMaxCount = 100;

/** Creates an API key. The key is returned only in this reply. */
export const createApiKey = defineRpc('auth', 'createApiKey', {
  authority: 'apiKeys:write',
  request: z.strictObject({
    ...originFields,
    appId: appIdSchema,
    name: appNameSchema,
    permissions: z
      .array(apiKeyPermissionSchema)
      .min(1)
      .refine((list) => new Set(list).size === list.length, 'COMMON_ILLEGAL_PARAM'),
    expiresInMs: z.number().int().min(1000).max(apiKeyMaxLifetimeMs).default(apiKeyDefaultLifetimeMs),
  }),
  reply: z.strictObject({ apiKey: apiKeySchema, key: z.string() }),
  errors: ['ADMIN_APP_NOT_FOUND', 'ADMIN_API_KEY_LIMIT_REACHED'],
});

/** The API keys of an AppID, oldest first, with expired and revoked ones. */
export const listApiKeys = defineRpc('auth', 'listApiKeys', {
  authority: 'apiKeys:read',
  request: z.strictObject({ appId: appIdSchema }),
  reply: z.strictObject({ apiKeys: z.array(apiKeySchema) }),
  errors: ['ADMIN_APP_NOT_FOUND'],
});

/** Sets the expiry of an API key, from now; 0 = it has expired. */
export const setApiKeyExpiry = defineRpc('auth', 'setApiKeyExpiry', {
  authority: 'apiKeys:write',
  request: z.strictObject({
    ...originFields,
    appId: appIdSchema,
    keyId: apiKeyIdSchema,
    expiresInMs: z.number().int().min(0).max(apiKeyMaxLifetimeMs),
  }),
  reply: z.strictObject({ apiKey: apiKeySchema }),
  errors: ['ADMIN_API_KEY_NOT_FOUND'],
});

/** Revokes an API key for good. Idempotent. */
export const revokeApiKey = defineRpc('auth', 'revokeApiKey', {
  authority: 'apiKeys:write',
  request: z.strictObject({ ...originFields, appId: appIdSchema, keyId: apiKeyIdSchema }),
  reply: z.strictObject({ apiKey: apiKeySchema }),
  errors: ['ADMIN_API_KEY_NOT_FOUND'],
});

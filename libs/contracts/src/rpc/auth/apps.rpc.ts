import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { credentialKindSchema, defaultCredentialKinds, tokenLifetimeBounds } from '../../grants.js';
import { appIdSchema } from '../../ids.js';
import { appSignSchema, serverSecretSchema } from '../app-secrets.rpc.js';
import { originFields } from '../audit.rpc.js';
import { appNameSchema } from './fields.js';

/** The kinds of credentials that an AppID accepts, each once and in one order. */
const credentialKindsSchema = z
  .array(credentialKindSchema)
  .min(1)
  .transform((kinds) => credentialKindSchema.options.filter((kind) => kinds.includes(kind)));

/** Longest validity of a token of this AppID, from issue to expiry; null: that of the cluster. */
const maxTokenSecondsSchema = z
  .number()
  .int()
  .min(tokenLifetimeBounds.minSeconds)
  .max(tokenLifetimeBounds.maxSeconds)
  .nullable();

const appSchema = z.strictObject({
  appId: appIdSchema,
  name: z.string(),
  enabled: z.boolean(),
  credentialKinds: z.array(credentialKindSchema),
  maxTokenSeconds: maxTokenSecondsSchema,
  createdAtMs: z.number().int(),
});

export const listApps = defineRpc('auth', 'listApps', {
  authority: 'apps:read',
  request: z.strictObject({}),
  reply: z.strictObject({ apps: z.array(appSchema) }),
  errors: [],
});

export const getApp = defineRpc('auth', 'getApp', {
  authority: 'entitlements:read',
  request: z.strictObject({ appId: appIdSchema }),
  reply: z.strictObject({ app: appSchema }),
  errors: ['ADMIN_APP_NOT_FOUND'],
});

/** Creates an AppID. Its AppSign and ServerSecret are returned only in this reply. */
export const createApp = defineRpc('auth', 'createApp', {
  authority: 'apps:create',
  request: z.strictObject({
    ...originFields,
    appId: appIdSchema,
    name: appNameSchema,
    /** Set by operators that migrate an existing AppID; random otherwise. */
    appSign: appSignSchema.optional(),
    serverSecret: serverSecretSchema.optional(),
    credentialKinds: credentialKindsSchema.default([...defaultCredentialKinds]),
  }),
  reply: z.strictObject({ app: appSchema, appSign: z.string(), serverSecret: z.string() }),
  errors: ['ADMIN_APP_EXISTS'],
});

/** Disables an AppID (1000037 for every login and for its live sessions, within 2 s) or enables it again. */
export const setAppEnabled = defineRpc('auth', 'setAppEnabled', {
  authority: 'apps:write',
  request: z.strictObject({ ...originFields, appId: appIdSchema, enabled: z.boolean() }),
  reply: z.strictObject({ app: appSchema }),
  errors: ['ADMIN_APP_NOT_FOUND'],
});

/** Sets how the clients of an AppID may log in. In force for every login within 2 s. */
export const setAppCredentials = defineRpc('auth', 'setAppCredentials', {
  authority: 'apps:write',
  request: z.strictObject({
    ...originFields,
    appId: appIdSchema,
    credentialKinds: credentialKindsSchema,
    maxTokenSeconds: maxTokenSecondsSchema.default(null),
  }),
  reply: z.strictObject({ app: appSchema }),
  errors: ['ADMIN_APP_NOT_FOUND'],
});

/**
 * Deletes an AppID: its sessions end, its rooms close, its messages are purged, its secrets and entitlements are
 * deleted. Its audit stays. May be repeated if it fails in between: the AppID is disabled first.
 */
export const deleteApp = defineRpc('auth', 'deleteApp', {
  authority: 'apps:delete',
  request: z.strictObject({
    ...originFields,
    appId: appIdSchema,
    /** The name of the AppID. */
    confirm: z.string().max(100),
  }),
  reply: z.strictObject({}),
  errors: ['ADMIN_APP_NOT_FOUND', 'ADMIN_APP_CONFIRMATION_WRONG'],
  timeoutMs: 50_000,
});

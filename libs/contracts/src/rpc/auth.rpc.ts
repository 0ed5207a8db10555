import { z } from 'zod';
import { defineRpc } from '../define.js';
import { entitlementsSchema } from '../entitlements.js';
import { grantsSchema, tokenMaxChars } from '../grants.js';
import { appIdSchema, roomIdSchema, userIdSchema } from '../ids.js';
import { appSignSchema, serverSecretSchema } from './app-secrets.rpc.js';

const tokenErrors = [
  'ROOM_NO_TOKEN',
  'ROOM_AUTHENTICATION_FAILED',
  'ROOM_TOKEN_INNER_ERROR',
  'ROOM_TOKEN_FORMAT_ERROR',
  'ROOM_TOKEN_APPID_ERROR',
  'ROOM_TOKEN_USERID_ERROR',
  'ROOM_TOKEN_EXPIRE_ERROR',
  'ROOM_TOKEN_VERSION_ERROR',
  'ROOM_TOKEN_NONCE_TYPE_ERROR',
  'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE',
  'ENGINE_APPSIGN_INCORRECT',
  'COMMON_APP_OFFLINE',
] as const;

/** The client's address, for the log line of a refusal. */
const clientAddressSchema = z.string().max(64).optional();

/** Authenticates a client and returns its grants. A token takes precedence over an AppSign. */
export const authenticate = defineRpc('auth', 'authenticate', {
  request: z.strictObject({
    appId: appIdSchema,
    userId: userIdSchema,
    roomId: roomIdSchema,
    appSign: z.string().max(128).optional(),
    token: z.string().max(tokenMaxChars).optional(),
    clientAddress: clientAddressSchema,
  }),
  reply: z.strictObject({ grants: grantsSchema }),
  errors: tokenErrors,
});

/**
 * Identifies the user of a token. The token is genuine but may have expired: `authenticate` returns what it
 * grants.
 */
export const identifyUser = defineRpc('auth', 'identifyUser', {
  request: z.strictObject({
    appId: appIdSchema,
    token: z.string().min(1).max(tokenMaxChars),
    clientAddress: clientAddressSchema,
  }),
  reply: z.strictObject({ userId: userIdSchema }),
  errors: tokenErrors,
});

/** The entitlements in force for an AppID, with the version that `entitlementsChanged` announces. */
export const getEntitlements = defineRpc('auth', 'getEntitlements', {
  request: z.strictObject({ appId: appIdSchema }),
  reply: z.strictObject({ entitlements: entitlementsSchema, version: z.number().int() }),
  errors: ['ENGINE_APPID_INCORRECT_OR_NOT_ONLINE', 'COMMON_APP_OFFLINE'],
});

const entitlementRowSchema = z.strictObject({
  name: z.string(),
  value: z.union([z.boolean(), z.number(), z.string()]),
  /** False if the built-in default applies. */
  overridden: z.boolean(),
});

const appSchema = z.strictObject({
  appId: appIdSchema,
  name: z.string(),
  enabled: z.boolean(),
  createdAtMs: z.number().int(),
});

/** Identifies the admin of a credential: the name shown in the audit. */
export const identifyAdmin = defineRpc('auth', 'identifyAdmin', {
  request: z.strictObject({ adminToken: z.string().max(512), clientAddress: clientAddressSchema }),
  reply: z.strictObject({ actor: z.string() }),
  errors: ['ADMIN_UNAUTHENTICATED'],
});

export const listApps = defineRpc('auth', 'listApps', {
  request: z.strictObject({}),
  reply: z.strictObject({ apps: z.array(appSchema) }),
  errors: [],
});

/** Printable text: PostgreSQL rejects NUL, and a lone surrogate is not UTF-8. */
const appNameSchema = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u);

/** Creates an AppID. Its AppSign and ServerSecret are returned only in this reply. */
export const createApp = defineRpc('auth', 'createApp', {
  request: z.strictObject({
    actor: z.string(),
    appId: appIdSchema,
    name: appNameSchema,
    /** Set by operators that migrate an existing AppID; random otherwise. */
    appSign: appSignSchema.optional(),
    serverSecret: serverSecretSchema.optional(),
  }),
  reply: z.strictObject({ app: appSchema, appSign: z.string(), serverSecret: z.string() }),
  errors: ['ADMIN_APP_EXISTS'],
});

/** Disables an AppID (1000037 for every new login) or enables it again. */
export const setAppEnabled = defineRpc('auth', 'setAppEnabled', {
  request: z.strictObject({ actor: z.string(), appId: appIdSchema, enabled: z.boolean() }),
  reply: z.strictObject({ app: appSchema }),
  errors: ['ADMIN_APP_NOT_FOUND'],
});

/**
 * Deletes an AppID: its sessions end, its rooms close, its messages are purged, its secrets and entitlements are
 * deleted. Its audit stays. May be repeated if it fails in between: the AppID is disabled first.
 */
export const deleteApp = defineRpc('auth', 'deleteApp', {
  request: z.strictObject({
    actor: z.string(),
    appId: appIdSchema,
    /** The name of the AppID. */
    confirm: z.string().max(100),
  }),
  reply: z.strictObject({ rooms: z.number().int(), members: z.number().int() }),
  errors: ['ADMIN_APP_NOT_FOUND', 'ADMIN_APP_CONFIRMATION_WRONG'],
  timeoutMs: 50_000,
});

export const listEntitlements = defineRpc('auth', 'listEntitlements', {
  request: z.strictObject({ appId: appIdSchema }),
  reply: z.strictObject({ entitlements: z.array(entitlementRowSchema) }),
  errors: ['ADMIN_APP_NOT_FOUND'],
});

/** Sets one entitlement, writes the audit in the same transaction and announces the change. */
export const setEntitlement = defineRpc('auth', 'setEntitlement', {
  request: z.strictObject({
    actor: z.string(),
    appId: appIdSchema,
    name: z.string().max(64),
    /** null restores the default. */
    value: z.union([z.boolean(), z.number(), z.string().max(256), z.null()]),
  }),
  reply: z.strictObject({ entitlement: entitlementRowSchema }),
  errors: ['ADMIN_APP_NOT_FOUND', 'ADMIN_ENTITLEMENT_UNKNOWN', 'ADMIN_ENTITLEMENT_VALUE_INVALID'],
});

export const listAudit = defineRpc('auth', 'listAudit', {
  request: z.strictObject({ appId: appIdSchema, limit: z.number().int().min(1).max(1000).default(100) }),
  reply: z.strictObject({
    /** Newest first. */
    entries: z.array(
      z.strictObject({
        id: z.string(),
        atMs: z.number().int(),
        actor: z.string(),
        action: z.string(),
        subject: z.string(),
        before: z.unknown(),
        after: z.unknown(),
      }),
    ),
  }),
  errors: ['ADMIN_APP_NOT_FOUND'],
});

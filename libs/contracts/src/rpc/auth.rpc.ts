import { z } from 'zod';
import { defineRpc } from '../define.js';
import { entitlementsSchema } from '../entitlements.js';
import {
  credentialKindSchema,
  defaultCredentialKinds,
  grantsSchema,
  tokenLifetimeBounds,
  tokenMaxChars,
} from '../grants.js';
import { appIdSchema, roomIdSchema, userIdSchema } from '../ids.js';
import { loginHookTermsSchema } from '../webhooks.js';
import { permissionSchema, statementSchema } from '../permission-schemas.js';
import { grantablePermissions } from '../permissions.js';
import { revocationSchema, tokenIdSchema } from '../revocation.js';
import { appSignSchema, serverSecretSchema } from './app-secrets.rpc.js';
import { originFields, requestIdSchema } from './audit.rpc.js';

const tokenErrors = [
  'ROOM_NO_TOKEN',
  'ROOM_AUTHENTICATION_FAILED',
  'ROOM_TOKEN_INNER_ERROR',
  'ROOM_TOKEN_FORMAT_ERROR',
  'ROOM_TOKEN_APPID_ERROR',
  'ROOM_TOKEN_USERID_ERROR',
  'ROOM_TOKEN_EXPIRE_ERROR',
  'ROOM_TOKEN_REVOKED',
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
  reply: z.strictObject({
    grants: grantsSchema,
    /** The application decides the login too. */
    hook: loginHookTermsSchema.optional(),
  }),
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

/** Later times are no plausible dates. */
const maxTimeMs = 2 ** 43;

/** The entitlements in force for an AppID, with the version that `entitlementsChanged` announces. */
export const getEntitlements = defineRpc('auth', 'getEntitlements', {
  request: z.strictObject({ appId: appIdSchema }),
  reply: z.strictObject({
    entitlements: entitlementsSchema,
    /** Users with values of their own, which replace those above; omitted: none. */
    users: z.array(z.strictObject({ userId: userIdSchema, values: entitlementsSchema.partial() })).optional(),
    version: z.number().int(),
  }),
  errors: ['ENGINE_APPID_INCORRECT_OR_NOT_ONLINE', 'COMMON_APP_OFFLINE'],
});

/** Tokens in one `findRevoked`. */
export const maxTokensToCheck = 200;

/** Which of these tokens are revoked; without tokens, only the version of the AppID's revocations. */
export const findRevoked = defineRpc('auth', 'findRevoked', {
  request: z.strictObject({
    appId: appIdSchema,
    tokens: z
      .array(
        grantsSchema
          .pick({ issuedAtMs: true, tokenId: true, undated: true })
          .extend({ userId: userIdSchema }),
      )
      .max(maxTokensToCheck),
  }),
  reply: z.strictObject({
    /** Grows with every revocation. */
    version: z.number().int(),
    /** Positions in the request. */
    revoked: z.array(z.number().int()),
  }),
  errors: ['ENGINE_APPID_INCORRECT_OR_NOT_ONLINE', 'COMMON_APP_OFFLINE'],
});

const entitlementValueSchema = z.union([z.boolean(), z.number(), z.string().max(256)]);

/** When a value is in force, in Unix ms, and why it was set. */
const termsFields = {
  /** Omitted: at once. */
  fromMs: z.number().int().min(0).max(maxTimeMs).optional(),
  /** Omitted: until it is changed. */
  untilMs: z.number().int().min(1).max(maxTimeMs).optional(),
  note: z
    .string()
    .max(200)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u)
    .optional(),
};

const entitlementRowSchema = z.strictObject({
  name: z.string(),
  /** The value in force. */
  value: entitlementValueSchema,
  /** Whether it was set for this AppID, or for this user. */
  overridden: z.boolean(),
  /** What was set, with its terms if it has any: perhaps not in force yet, or no longer. */
  stored: z.strictObject({ value: entitlementValueSchema, ...termsFields }).optional(),
});

/** Counts the changes of an AppID's entitlements and of those of its users. */
const entitlementsVersionSchema = z.number().int();

/** A new value with its terms; null restores what applies without one, and has no terms. */
const entitlementChangeFields = {
  ...originFields,
  /** The expected version; omitted: any. */
  ifVersion: entitlementsVersionSchema.optional(),
  appId: appIdSchema,
  name: z.string().max(64),
  value: entitlementValueSchema.nullable(),
  ...termsFields,
};

const entitlementReplySchema = z.strictObject({
  entitlement: entitlementRowSchema,
  version: entitlementsVersionSchema,
  /** Why the value may be a mistake; omitted: no reason. */
  warnings: z.array(z.string()).optional(),
});

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

/**
 * Checks a credential of the REST API and signs a statement of its authority for one permission, which the
 * services that act verify.
 */
export const authorize = defineRpc('auth', 'authorize', {
  request: z.strictObject({
    credential: z.string().max(512),
    permission: permissionSchema,
    /** Omitted if the permission is not bound to one AppID. */
    appId: appIdSchema.optional(),
    clientAddress: clientAddressSchema,
    /** For the audit, which has failures. */
    requestId: requestIdSchema.optional(),
  }),
  reply: z.strictObject({
    statement: statementSchema,
    /** Name in the audit. */
    actor: z.string(),
  }),
  errors: [
    'ADMIN_UNAUTHENTICATED',
    'ADMIN_API_KEY_INVALID',
    'ADMIN_API_KEY_APP_MISMATCH',
    'ADMIN_API_KEY_PERMISSION_MISSING',
    'ADMIN_ROLE_MISSING',
    'ADMIN_PASSWORD_CHANGE_REQUIRED',
    'COMMON_APP_OFFLINE',
  ],
});

/** How far the time of a signed request may be from that of auth. ZEGO: 10 minutes. */
export const signedRequestSkewSeconds = 600;

/**
 * As `authorize`, for a request in ZEGO's form: `signature` is md5(AppId + nonce + ServerSecret + timestamp). It covers
 * neither the action nor its arguments, so an AppID accepts it only with `zegoServerApi`, and each nonce once.
 */
export const authorizeSigned = defineRpc('auth', 'authorizeSigned', {
  request: z.strictObject({
    appId: appIdSchema,
    nonce: z.string().min(1).max(64),
    timestampSeconds: z.number().int().min(0).max(1e11),
    signature: z.string().max(64),
    /** Those that the action needs. */
    permissions: z.array(permissionSchema).min(1).max(3),
    clientAddress: clientAddressSchema,
    requestId: requestIdSchema.optional(),
  }),
  reply: z.strictObject({
    /** One per permission, in their order. */
    statements: z.array(statementSchema),
  }),
  errors: [
    'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE',
    'COMMON_APP_OFFLINE',
    'SIGNED_REQUESTS_DISABLED',
    'SIGNATURE_INCORRECT',
    'SIGNATURE_EXPIRED',
    'SIGNATURE_NONCE_REPEATED',
  ],
});

const statementKeySchema = z.strictObject({
  kid: z.string(),
  /** The public Ed25519 key: `x` of its JWK. */
  x: z.string(),
  /** Statements of this key are not accepted later. */
  notAfterMs: z.number().int(),
});
export type StatementKey = z.infer<typeof statementKeySchema>;

/** The public keys that verify statements, of all instances. */
export const getStatementKeys = defineRpc('auth', 'getStatementKeys', {
  request: z.strictObject({}),
  reply: z.strictObject({ keys: z.array(statementKeySchema) }),
  errors: [],
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

/** Printable text: PostgreSQL rejects NUL, and a lone surrogate is not UTF-8. */
const appNameSchema = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u);

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

export const listEntitlements = defineRpc('auth', 'listEntitlements', {
  authority: 'entitlements:read',
  request: z.strictObject({ appId: appIdSchema }),
  reply: z.strictObject({ entitlements: z.array(entitlementRowSchema), version: entitlementsVersionSchema }),
  errors: ['ADMIN_APP_NOT_FOUND'],
});

/** Sets one entitlement, writes the audit in the same transaction and announces the change. */
export const setEntitlement = defineRpc('auth', 'setEntitlement', {
  authority: 'entitlements:write',
  request: z.strictObject(entitlementChangeFields),
  reply: entitlementReplySchema,
  errors: [
    'ADMIN_APP_NOT_FOUND',
    'ADMIN_ENTITLEMENT_UNKNOWN',
    'ADMIN_ENTITLEMENT_VALUE_INVALID',
    'REST_PRECONDITION_FAILED',
  ],
});

/** The entitlements of a user: those that can be set for single users. */
export const listUserEntitlements = defineRpc('auth', 'listUserEntitlements', {
  authority: 'entitlements:read',
  request: z.strictObject({ appId: appIdSchema, userId: userIdSchema }),
  reply: z.strictObject({ entitlements: z.array(entitlementRowSchema), version: entitlementsVersionSchema }),
  errors: ['ADMIN_APP_NOT_FOUND'],
});

/** Greatest number of values for users that an AppID may have: every reader of its entitlements gets all of them. */
export const userEntitlementMaxCount = 1000;

/** Sets one entitlement for one user: it replaces that of the AppID. */
export const setUserEntitlement = defineRpc('auth', 'setUserEntitlement', {
  authority: 'entitlements:write',
  request: z.strictObject({ ...entitlementChangeFields, userId: userIdSchema }),
  reply: entitlementReplySchema,
  errors: [
    'ADMIN_APP_NOT_FOUND',
    'ADMIN_ENTITLEMENT_UNKNOWN',
    'ADMIN_ENTITLEMENT_VALUE_INVALID',
    'ADMIN_ENTITLEMENT_LIMIT_REACHED',
    'REST_PRECONDITION_FAILED',
  ],
});

const revokeFields = {
  userId: userIdSchema.optional(),
  tokenId: tokenIdSchema.optional(),
  /** Instead of `tokenId`: the token itself. */
  token: z.string().min(1).max(tokenMaxChars).optional(),
  /** Unix time in seconds, as in the token; omitted for a user: now. */
  issuedBefore: z.number().int().min(1).max(0xffffffff).optional(),
};

/** A revocation names one token, by itself or by its ID, or a user, or a time, or a user and a time. */
function namesTokens({
  userId,
  tokenId,
  token,
  issuedBefore,
}: { [K in keyof typeof revokeFields]?: unknown }) {
  const named = [token, tokenId, issuedBefore].filter((field) => field !== undefined).length;
  return token === undefined
    ? named === 1 || (named === 0 && userId !== undefined)
    : named === 1 && userId === undefined;
}

/** A revocation without its AppID. */
export const revokeSchema = z.strictObject(revokeFields).refine(namesTokens, 'COMMON_ILLEGAL_PARAM');

/**
 * Revokes tokens: login, resume and renewal refuse them (1190403), and live sessions lose the rooms whose newest
 * token is revoked. Writes the audit in the same transaction and announces the revocation.
 */
export const revokeTokens = defineRpc('auth', 'revokeTokens', {
  authority: 'tokens:revoke',
  request: z
    .strictObject({ ...originFields, appId: appIdSchema, ...revokeFields })
    .refine(namesTokens, 'COMMON_ILLEGAL_PARAM'),
  reply: z.strictObject({
    revocation: revocationSchema,
    /** When the last of these tokens expires, and the revocation with it. Unix time in ms. */
    expiresAtMs: z.number().int(),
  }),
  errors: ['ADMIN_APP_NOT_FOUND', 'ADMIN_REVOCATION_LIMIT', ...tokenErrors],
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

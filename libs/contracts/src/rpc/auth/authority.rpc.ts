import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { appIdSchema } from '../../ids.js';
import { permissionSchema, statementSchema } from '../../permission-schemas.js';
import { requestIdSchema } from '../audit.rpc.js';
import { clientAddressSchema } from './fields.js';

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

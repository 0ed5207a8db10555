import { z } from 'zod';
import { defineRpc } from '../define.js';
import { operatorGrantSchema } from '../role-schemas.js';
import { originFields } from './audit.rpc.js';
import { printableTextSchema } from '../printable-text.js';

export const operatorIdSchema = z.string().regex(/^[0-9A-Za-z_-]{1,64}$/);
export const sessionIdSchema = z.string().regex(/^[0-9A-Za-z_-]{1,64}$/);
/** The name of an operator to sign in with, and in the audit. */
export const operatorEmailSchema = z.email().max(100).toLowerCase();

const operatorNameSchema = printableTextSchema(100).min(1);

/** Roles of one operator. */
const maxGrants = 200;

export const operatorGrantsSchema = z
  .array(operatorGrantSchema)
  .max(maxGrants)
  .refine(
    (grants) => new Set(grants.map(({ appId }) => appId)).size === grants.length,
    'COMMON_ILLEGAL_PARAM',
  );

export const operatorSchema = z.strictObject({
  operatorId: z.string(),
  email: z.string(),
  name: z.string(),
  grants: z.array(operatorGrantSchema),
  enabled: z.boolean(),
  /** The password is a temporary one. */
  mustChangePassword: z.boolean(),
  hasPassword: z.boolean(),
  hasTotp: z.boolean(),
  passkeys: z.number().int(),
  createdAtMs: z.number().int(),
});
export type OperatorView = z.infer<typeof operatorSchema>;

/** A session without its credential. */
export const operatorSessionSchema = z.strictObject({
  sessionId: z.string(),
  createdAtMs: z.number().int(),
  expiresAtMs: z.number().int(),
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
});
export type OperatorSessionView = z.infer<typeof operatorSessionSchema>;

/** Shown once: the operator must replace it at the first sign-in. */
const temporaryPasswordReply = z.strictObject({ operator: operatorSchema, temporaryPassword: z.string() });
const operatorReply = z.strictObject({ operator: operatorSchema });
const operatorRequest = z.strictObject({ operatorId: operatorIdSchema });
const changeRequest = operatorRequest.extend(originFields);

export const listOperators = defineRpc('auth', 'listOperators', {
  authority: 'operators:read',
  request: z.strictObject({}),
  reply: z.strictObject({ operators: z.array(operatorSchema) }),
  errors: [],
});

export const createOperator = defineRpc('auth', 'createOperator', {
  authority: 'operators:write',
  request: z.strictObject({
    ...originFields,
    email: operatorEmailSchema,
    name: operatorNameSchema,
    grants: operatorGrantsSchema,
  }),
  reply: temporaryPasswordReply,
  errors: ['ADMIN_OPERATOR_EXISTS'],
});

/** Replaces all roles. */
export const setOperatorGrants = defineRpc('auth', 'setOperatorGrants', {
  authority: 'operators:write',
  request: changeRequest.extend({ grants: operatorGrantsSchema }),
  reply: operatorReply,
  errors: ['ADMIN_OPERATOR_NOT_FOUND', 'ADMIN_LAST_OWNER'],
});

/** A disabled operator cannot sign in, and its sessions end. */
export const setOperatorEnabled = defineRpc('auth', 'setOperatorEnabled', {
  authority: 'operators:write',
  request: changeRequest.extend({ enabled: z.boolean() }),
  reply: operatorReply,
  errors: ['ADMIN_OPERATOR_NOT_FOUND', 'ADMIN_LAST_OWNER'],
});

/** Gives the operator a temporary password, and ends its sessions. */
export const resetOperatorPassword = defineRpc('auth', 'resetOperatorPassword', {
  authority: 'operators:write',
  request: changeRequest,
  reply: temporaryPasswordReply,
  errors: ['ADMIN_OPERATOR_NOT_FOUND'],
});

/** Removes TOTP, recovery codes and passkeys, and ends the sessions. */
export const resetOperatorFactors = defineRpc('auth', 'resetOperatorFactors', {
  authority: 'operators:write',
  request: changeRequest,
  reply: operatorReply,
  errors: ['ADMIN_OPERATOR_NOT_FOUND'],
});

/** The sessions of an operator, newest first. */
export const listOperatorSessions = defineRpc('auth', 'listOperatorSessions', {
  authority: 'operators:read',
  request: operatorRequest,
  reply: z.strictObject({ sessions: z.array(operatorSessionSchema) }),
  errors: ['ADMIN_OPERATOR_NOT_FOUND'],
});

/** Ends one session of an operator, or all of them. */
export const endOperatorSessions = defineRpc('auth', 'endOperatorSessions', {
  authority: 'operators:write',
  request: changeRequest.extend({ sessionId: sessionIdSchema.optional() }),
  reply: z.strictObject({ ended: z.number().int() }),
  errors: ['ADMIN_OPERATOR_NOT_FOUND', 'ADMIN_SESSION_NOT_FOUND'],
});

import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { entitlementsSchema } from '../../entitlements.js';
import { appIdSchema, userIdSchema } from '../../ids.js';
import { originFields } from '../audit.rpc.js';
import { printableTextSchema } from '../../printable-text.js';

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

const entitlementValueSchema = z.union([z.boolean(), z.number(), z.string().max(256)]);

/** When a value is in force, in Unix ms, and why it was set. */
const termsFields = {
  /** Omitted: at once. */
  fromMs: z.number().int().min(0).max(maxTimeMs).optional(),
  /** Omitted: until it is changed. */
  untilMs: z.number().int().min(1).max(maxTimeMs).optional(),
  note: printableTextSchema(200).optional(),
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

import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { grantsSchema, tokenMaxChars } from '../../grants.js';
import { appIdSchema, roomIdSchema, userIdSchema } from '../../ids.js';
import { loginHookTermsSchema } from '../../webhooks.js';
import { clientAddressSchema, tokenErrors } from './fields.js';

/** Authenticates a client and returns its grants. A token takes precedence over an AppSign. */
export const authenticate = defineRpc('auth', 'authenticate', {
  repeats: 1,
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

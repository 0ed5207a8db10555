import { z } from 'zod';
import { appIdSchema } from './ids.js';
import { type OperatorGrant, roleNames } from './roles.js';

export const roleSchema = z.enum(roleNames);

/** Wire form of an OperatorGrant; an owner is always for all AppIDs. */
export const operatorGrantSchema = z
  .strictObject({ role: roleSchema, appId: appIdSchema.optional() })
  .refine(
    ({ role, appId }) => role !== 'owner' || appId === undefined,
    'COMMON_ILLEGAL_PARAM',
  ) satisfies z.ZodType<OperatorGrant>;

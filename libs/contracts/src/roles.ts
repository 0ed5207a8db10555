import { z } from 'zod';
import { appIdSchema } from './ids.js';
import { type Permission, permissionList } from './permissions.js';

/** The roles of operators, the greatest first. */
export const roleSchema = z.enum(['owner', 'operator', 'viewer']);
export type Role = z.infer<typeof roleSchema>;

/** A role of an operator, for one AppID or for all of them. */
export const operatorGrantSchema = z
  .strictObject({
    role: roleSchema,
    /** Omitted: all AppIDs, and what belongs to none. */
    appId: appIdSchema.optional(),
  })
  .refine(({ role, appId }) => role !== 'owner' || appId === undefined, 'COMMON_ILLEGAL_PARAM');
export type OperatorGrant = z.infer<typeof operatorGrantSchema>;

/** Permissions of owners alone: which AppIDs exist, what they may use, and who operates them. */
const ownerOnly: ReadonlySet<Permission> = new Set<Permission>([
  'apps:create',
  'apps:delete',
  'entitlements:write',
  'operators:read',
  'operators:write',
]);

export function roleHas(role: Role, permission: Permission): boolean {
  switch (role) {
    case 'owner':
      return true;
    case 'operator':
      return !ownerOnly.has(permission);
    case 'viewer':
      return permission.endsWith(':read') && !ownerOnly.has(permission);
  }
}

/** Whether one of the grants covers the permission. `appId` is the AppID of the request, if it has one. */
export function grantsAllow(
  grants: readonly OperatorGrant[],
  permission: Permission,
  appId: number | undefined,
): boolean {
  const isOfApp = permissionList[permission].scope === 'app';
  return grants.some(
    (grant) =>
      roleHas(grant.role, permission) && (grant.appId === undefined || (isOfApp && grant.appId === appId)),
  );
}

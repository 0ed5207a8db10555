import { type Permission, permissionList } from './permissions.js';

/** The roles of operators, the greatest first. */
export const roleNames = ['owner', 'operator', 'viewer'] as const;
export type Role = (typeof roleNames)[number];

/** A role of an operator, for one AppID or for all of them. */
export interface OperatorGrant {
  role: Role;
  /** Omitted: all AppIDs, and what belongs to none. */
  appId?: number | undefined;
}

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

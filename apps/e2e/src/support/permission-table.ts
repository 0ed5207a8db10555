import { readFile } from 'node:fs/promises';

/** A row of the table of permissions in docs/api-keys.md. */
export interface PermissionRow {
  /** `METHOD /path/{parameter}`, as in the OpenAPI document. */
  route: string;
  permission: string;
  isForApiKeys: boolean;
  /** Whether the route belongs to one AppID. */
  isOfApp: boolean;
}

const rowPattern = /^\| `([A-Z]+) (\/v1\/\S+)` \| `([A-Za-z]+:[A-Za-z]+)` \| (yes|operators only) \|$/gm;

/** Reads the table from the page, which is the oracle of the test. */
export async function readPermissionTable(): Promise<PermissionRow[]> {
  const page = await readFile(new URL('../../../../docs/api-keys.md', import.meta.url), 'utf8');
  return [...page.matchAll(rowPattern)].map(([, method, path, permission, keys]) => ({
    route: `${method} ${path!.replace(/:(\w+)/g, '{$1}')}`,
    permission: permission!,
    isForApiKeys: keys === 'yes',
    isOfApp: path!.includes(':appId'),
  }));
}

/** A row of the table of roles in docs/operators.md. */
export interface RoleRow {
  isOfApp: boolean;
  roles: string[];
}

/** A role of an operator, for one AppID or for all. */
export interface RoleGrant {
  role: 'owner' | 'operator' | 'viewer';
  appId?: number;
}

/** Reads which roles have each permission. */
export async function readRoleTable(): Promise<Map<string, RoleRow>> {
  const page = await readFile(new URL('../../../../docs/operators.md', import.meta.url), 'utf8');
  const pattern = /^\| `([A-Za-z]+:[A-Za-z]+)` \| (app|cluster) \| (yes|no) \| (yes|no) \| (yes|no) \|$/gm;
  return new Map(
    [...page.matchAll(pattern)].map(([, permission, scope, ...cells]) => [
      permission!,
      {
        isOfApp: scope === 'app',
        roles: ['owner', 'operator', 'viewer'].filter((_role, at) => cells[at] === 'yes'),
      },
    ]),
  );
}

/** Whether an operator with these roles has the permission; `appId` is that of the route. */
export function rolesAllow({ isOfApp, roles }: RoleRow, grants: RoleGrant[], appId: number): boolean {
  return grants.some(
    (grant) =>
      roles.includes(grant.role) && (grant.appId === undefined || (isOfApp && grant.appId === appId)),
  );
}

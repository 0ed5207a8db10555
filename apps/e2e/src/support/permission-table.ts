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

const rowPattern = /^\| `([A-Z]+) (\/v1\/admin\/\S+)` \| `([A-Za-z]+:[a-z]+)` \| (yes|operators only) \|$/gm;

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

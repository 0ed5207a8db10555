import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { permissionList, permissions } from './permissions.js';
import { operatorGrantSchema, roleSchema } from './role-schemas.js';
import { grantsAllow, roleHas } from './roles.js';

const rowPattern = /^\| `([A-Za-z]+:[A-Za-z]+)` \| (app|cluster) \| (yes|no) \| (yes|no) \| (yes|no) \|$/gm;

test('the table of docs/operators.md has every permission, with the roles that have it', async () => {
  const page = await readFile(new URL('../../../docs/operators.md', import.meta.url), 'utf8');
  const documented = [...page.matchAll(rowPattern)].map(([, ...cells]) => cells.join(' '));
  const actual = permissions.map((permission) =>
    [
      permission,
      permissionList[permission].scope,
      ...roleSchema.options.map((role) => (roleHas(role, permission) ? 'yes' : 'no')),
    ].join(' '),
  );
  expect([...documented].sort()).toEqual([...actual].sort());
});

describe('grantsAllow', () => {
  test('a role for one AppID is valid in that AppID only', () => {
    const grants = [{ role: 'operator', appId: 7 } as const];
    expect(grantsAllow(grants, 'users:kick', 7)).toBe(true);
    expect(grantsAllow(grants, 'users:kick', 8)).toBe(false);
    expect(grantsAllow(grants, 'users:kick', undefined)).toBe(false);
    expect(grantsAllow(grants, 'apps:read', undefined)).toBe(false);
    expect(grantsAllow(grants, 'apps:read', 7)).toBe(false);
  });

  test('the greatest of several roles applies', () => {
    const grants = [{ role: 'viewer' } as const, { role: 'operator', appId: 7 } as const];
    expect(grantsAllow(grants, 'rooms:read', 8)).toBe(true);
    expect(grantsAllow(grants, 'users:kick', 8)).toBe(false);
    expect(grantsAllow(grants, 'users:kick', 7)).toBe(true);
    expect(grantsAllow([], 'rooms:read', 7)).toBe(false);
  });
});

test('refuses an owner of one AppID', () => {
  expect(operatorGrantSchema.safeParse({ role: 'owner', appId: 7 }).success).toBe(false);
  expect(operatorGrantSchema.safeParse({ role: 'owner' }).success).toBe(true);
  expect(operatorGrantSchema.safeParse({ role: 'viewer', appId: 7 }).success).toBe(true);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  adminToken,
  closeAuth,
  logged,
  operator,
  secrets,
  service,
  startAuth,
} from '../test/auth/used-auth.js';
// One service and one database for all.
import '../test/auth/entitlements.cases.js';
import '../test/auth/identity.cases.js';
import '../test/auth/authority.cases.js';
import '../test/auth/audit.cases.js';

beforeAll(startAuth);
afterAll(closeAuth);

describe('the service', () => {
  it('is ready while its database and bus respond', async () => {
    const response = await fetch(`http://127.0.0.1:${service.port}/readyz`);
    expect([response.status, await response.json()]).toEqual([200, { database: 'ok', bus: 'ok' }]);
  });

  // Last, because it checks the logs of all other tests.
  it('logs its work without secrets', () => {
    const text = logged.join('');
    expect(text).toContain('entitlement changed');
    expect(text).toContain('request refused');
    const warnings = logged
      .map((line) => JSON.parse(line) as { level: number; msg: string })
      // On a busy machine, a read of the database may take too long for a login.
      .filter(({ level, msg }) => level > 30 && !msg.startsWith('database unavailable'));
    expect(new Set(warnings.map(({ msg }) => msg))).toEqual(new Set(['reported act refused']));
    for (const secret of [...secrets, ...operator.statements, adminToken]) {
      expect(text).not.toContain(secret);
    }
  });
});

import { expect, test } from '@jest/globals';
import { adminLimits } from '@polyroom/contracts';
import { documentedCodes, type DocumentedApi } from '@polyroom/testing';
import { adminToken } from '../../test/fake-services.js';
import { useRest } from '../../test/use-rest.js';

const used = useRest();
const path = '/v1/apps';

const listApps = (token: string, client: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${used.port}${path}`, {
    headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': client },
  });

test('refuses an address with too many failed authentications with 429, and no other address', async () => {
  expect((await listApps(adminToken, '198.51.100.1')).status).toBe(200);
  for (let failed = 0; failed < adminLimits.failuresPerAddress; failed++) {
    expect((await listApps(`wrong${failed}`, '198.51.100.1')).status).toBe(401);
  }
  const refused = await listApps('wrong', '198.51.100.1');
  expect([refused.status, await refused.json()]).toMatchObject([
    429,
    { error: { code: 1190111, name: 'ADMIN_TOO_MANY_FAILURES', retryable: true } },
  ]);
  const retryAfterSeconds = Number(refused.headers.get('retry-after'));
  expect(retryAfterSeconds).toBeGreaterThan(0);
  expect(retryAfterSeconds).toBeLessThanOrEqual(adminLimits.failureWindowMs / 1000);
  expect(used.services.countCalls('authorize')).toBe(1 + adminLimits.failuresPerAddress);
  // A token that was accepted before the failures is not locked out by them.
  expect((await listApps(adminToken, '198.51.100.1')).status).toBe(200);
  expect((await listApps('wrong', '198.51.100.2')).status).toBe(401);
  const document = (await (
    await fetch(`http://127.0.0.1:${used.port}/openapi.json`)
  ).json()) as DocumentedApi;
  expect(documentedCodes(document, { method: 'GET', path, status: 429 })).toContain(1190111);
});

test('counts API keys that are refused, and no credential that lacks a right or whose AppID is disabled', async () => {
  used.services.credentialErrors = {
    'key-without-right': 'ADMIN_API_KEY_PERMISSION_MISSING',
    'key-of-another-app': 'ADMIN_API_KEY_APP_MISMATCH',
    'key-of-disabled-app': 'COMMON_APP_OFFLINE',
  };
  for (let asked = 0; asked <= adminLimits.failuresPerAddress; asked++) {
    for (const key of Object.keys(used.services.credentialErrors)) {
      expect((await listApps(key, '198.51.100.7')).status).toBe(403);
    }
  }
  for (let failed = 0; failed < adminLimits.failuresPerAddress; failed++) {
    used.services.credentialErrors[`pr_live_${failed}`] = 'ADMIN_API_KEY_INVALID';
    const refused = await listApps(`pr_live_${failed}`, '198.51.100.7');
    expect([refused.status, await refused.json()]).toMatchObject([401, { error: { code: 1190121 } }]);
  }
  expect((await listApps('pr_live_more', '198.51.100.7')).status).toBe(429);
  // The key exists: it is checked although its address is over the limit.
  expect((await listApps('key-without-right', '198.51.100.7')).status).toBe(403);
});

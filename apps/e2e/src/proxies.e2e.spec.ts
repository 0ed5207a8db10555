import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { RawClient } from './support/raw-client.js';
import { loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

/** Address bans on a cluster whose gateway is behind a proxy; the test acts as the proxy. */
let testCluster: TestCluster;
let app: TestApp;
let userCount = 0;

beforeAll(async () => {
  testCluster = await TestCluster.start({ gatewayEnv: { POLYROOM_TRUSTED_PROXIES: '127.0.0.1' } });
}, 120_000);
afterAll(async () => {
  await testCluster?.close();
});

async function loginFrom(forwardedFor: string): Promise<number> {
  const client = await RawClient.connect(testCluster.cluster.gateways[0]!.wsUrl, {
    'x-forwarded-for': forwardedFor,
  });
  const code = await client.codeOf('room.login', loginParams(app, 'r1', `user-${(userCount += 1)}`));
  client.close();
  return code;
}

const ban = (address: string, forMs: number) =>
  testCluster.cluster.admin.send('POST', `/v1/admin/apps/${app.appId}/bans`, { address, forMs });

/** Bans are polled once a second. */
const isBanned = (address: string, banned: boolean) =>
  waitFor(async () => ((await loginFrom(address)) === 1_000_039) === banned, {
    timeoutMs: 5000,
    describe: `${address} to be ${banned ? 'banned' : 'let in'}`,
  });

test('refuses only the banned client behind a proxy, in every notation of its address', async () => {
  app = await testCluster.createApp({ multiRoom: true });
  expect(await loginFrom('198.51.100.7')).toBe(0);
  await ban('::ffff:198.51.100.7', 60_000);
  await isBanned('198.51.100.7', true);
  expect(await loginFrom('::ffff:198.51.100.7')).toBe(1_000_039);
  // Addresses from the client's own header are to the left of the one that the proxy appends.
  expect(await loginFrom('198.51.100.8, 198.51.100.7')).toBe(1_000_039);
  expect(await loginFrom('198.51.100.7, 198.51.100.8')).toBe(0);
  await ban('198.51.100.7', 0);
  await isBanned('198.51.100.7', false);
});

test('refuses every address in a banned network', async () => {
  app = await testCluster.createApp({ multiRoom: true });
  await ban('2001:DB8:7::1/48', 60_000);
  await isBanned('2001:db8:7:ffff::9', true);
  expect(await loginFrom('2001:db8:8::1')).toBe(0);
  await ban('2001:db8:7::/48', 0);
  await isBanned('2001:db8:7:ffff::9', false);
  await expect(ban('2001:db8::/129', 1000)).rejects.toMatchObject({ code: 1_000_017 });
  await expect(ban('::ffff:10.0.0.0/90', 1000)).rejects.toMatchObject({
    code: 1_000_017,
    details: { path: 'address' },
  });
});

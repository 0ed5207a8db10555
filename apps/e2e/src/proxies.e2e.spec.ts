import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { CuttableProxy } from './support/cuttable-proxy.js';
import { RawClient } from './support/raw-client.js';
import { SharedCluster } from './support/shared-cluster.js';
import { loginParams, type TestApp } from './support/test-cluster.js';

/** Address bans on a cluster whose gateway is behind a proxy; the test acts as the proxy. */
let testCluster: SharedCluster;
let app: TestApp;
let userCount = 0;

beforeAll(async () => {
  testCluster = await SharedCluster.attach();
});
afterAll(async () => {
  await testCluster?.close();
});

const wsUrlOf = (gateway: 0 | 1): string => testCluster.cluster.gateways[gateway]!.wsUrl;

async function open(forwardedFor: string, wsUrl = wsUrlOf(0)): Promise<{ client: RawClient; code: number }> {
  const client = await RawClient.connect(wsUrl, { 'x-forwarded-for': forwardedFor });
  const params = loginParams(app, 'r1', `user-${(userCount += 1)}`);
  return { client, code: await client.codeOf('room.login', params) };
}

async function loginFrom(forwardedFor: string, wsUrl?: string): Promise<number> {
  const { client, code } = await open(forwardedFor, wsUrl);
  client.close();
  return code;
}

const ban = (address: string, forMs: number) =>
  testCluster.cluster.admin.send('POST', `/v1/apps/${app.appId}/bans`, { address, forMs });

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

test('ends the live sessions of a banned network at every gateway, and no other', async () => {
  app = await testCluster.createApp({ multiRoom: true });
  const opened = async (address: string) =>
    Promise.all(([0, 1] as const).map(async (gateway) => (await open(address, wsUrlOf(gateway))).client));
  const [inside, outside] = [await opened('198.51.100.7'), await opened('198.51.101.7')];
  await ban('198.51.100.0/24', 60_000);
  const expulsionsOf = (client: RawClient) => client.eventsOf('room.expelled').map(({ code }) => code);
  for (const client of inside) {
    await waitFor(() => expulsionsOf(client).length > 0, { describe: 'the expulsion' });
    expect(expulsionsOf(client)).toEqual([1_002_055]);
  }
  for (const client of outside) {
    expect(await client.codeOf('room.getSnapshot', { roomId: 'r1' })).toBe(0);
    expect(expulsionsOf(client)).toEqual([]);
  }
  await ban('198.51.100.0/24', 0);
  [...inside, ...outside].forEach((client) => client.close());
});

test('ignores the header of an address that is not trusted: its own address is banned or let in', async () => {
  app = await testCluster.createApp({ multiRoom: true });
  const untrusted = await CuttableProxy.start(Number(new URL(wsUrlOf(0)).port), '127.0.0.2');
  const wsUrl = wsUrlOf(0).replace(/:\d+/, `:${untrusted.port}`);
  const live = await open('198.51.100.9', wsUrl);
  expect(live.code).toBe(0);
  await ban('198.51.100.9', 60_000);
  await isBanned('198.51.100.9', true);
  // Neither does the client take the blame for another address, nor does the ban end its session.
  expect(await loginFrom('198.51.100.9', wsUrl)).toBe(0);
  expect(live.client.eventsOf('room.expelled')).toEqual([]);
  await ban('127.0.0.2', 60_000);
  await waitFor(() => live.client.eventsOf('room.expelled').length > 0, { describe: 'the expulsion' });
  expect(await loginFrom('198.51.100.10', wsUrl)).toBe(1_000_039);
  await ban('198.51.100.9', 0);
  await ban('127.0.0.2', 0);
  live.client.close();
  await untrusted.close();
});

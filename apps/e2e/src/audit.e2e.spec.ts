import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { type TestApp, TestCluster } from './support/test-cluster.js';

const bans = 60;
let testCluster: TestCluster;
let app: TestApp;

beforeAll(async () => {
  testCluster = await TestCluster.start({ mediaNodes: 1, mediaWorkers: 1 });
  app = await testCluster.createApp();
});
afterAll(async () => {
  await testCluster?.close();
});

interface Row {
  requestId: string;
  subject: string;
  outcome: string;
  address: string;
}

/** Bans a user; the ID of the request if it was answered with success. */
async function ban(userId: string): Promise<string | undefined> {
  const { gateways, adminToken } = testCluster.cluster;
  const response = await fetch(`${gateways[0]!.httpUrl}/v1/apps/${app.appId}/bans`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ userId, forMs: 60_000 }),
  });
  await response.text();
  return response.ok ? response.headers.get('x-request-id')! : undefined;
}

async function readRows(): Promise<Row[]> {
  const path = `/v1/apps/${app.appId}/audit?action=ban.set&limit=1000`;
  const { entries } = (await testCluster.cluster.admin.send('GET', path)) as { entries: Row[] };
  return entries;
}

test('has every act exactly once although auth is killed while they are reported', async () => {
  const done: string[] = [];
  let isKilled = false;
  const acts = Array.from({ length: bans }, async (_, index) => {
    const requestId = await ban(`user${index}`);
    if (requestId !== undefined) {
      done.push(requestId);
    }
    // While answers are on their way, so that some acts are done and not yet stored.
    if (done.length >= 5 && !isKilled) {
      isKilled = true;
      testCluster.cluster.process('auth').kill('SIGKILL');
    }
  });
  await Promise.all(acts);
  expect(done.length).toBeGreaterThanOrEqual(5);
  let rows: Row[] = [];
  await waitFor(
    async () => {
      rows = await readRows().catch(() => []);
      return done.every((requestId) => rows.some((row) => row.requestId === requestId));
    },
    { timeoutMs: 60_000, describe: 'every act to be in the audit' },
  );
  expect(new Set(rows.map(({ requestId }) => requestId)).size).toBe(rows.length);
  expect(rows.every(({ address }) => address === '127.0.0.1')).toBe(true);
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { askRedis, type RunningServer, startRedis, waitFor } from '@polyroom/testing';
import { type RawClient } from './support/raw-client.js';
import { loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

let redis: RunningServer;
let testCluster: TestCluster;
let app: TestApp;
let client: RawClient;

beforeAll(async () => {
  redis = await startRedis({ appendOnly: true });
  testCluster = await TestCluster.start({ redisUrl: redis.url, mediaNodes: 1, mediaWorkers: 1 });
  app = await testCluster.createApp({ multiRoom: true });
  client = await testCluster.connect(0);
  expect(await client.codeOf('room.login', loginParams(app, 'here', 'ada'))).toBe(0);
  // Redis delays writes while the disk is slow. Killed before, it would forget the session, which ends it.
  await waitFor(async () => (await persistence()).includes('aof_buffer_length:0\r'), {
    describe: 'the login to be in the file of Redis',
  });
});
afterAll(async () => {
  client?.close();
  await testCluster?.close();
  await redis?.close();
});

function persistence(): Promise<string> {
  return askRedis(redis.port, ['INFO', 'persistence']);
}

async function whileAway(): Promise<void> {
  const refused = await client.call('room.login', loginParams(app, 'there', 'ada'));
  expect(refused).toMatchObject({
    code: 1190203,
    error: { name: 'STORE_UNAVAILABLE', retryable: true },
  });
  // Errors of the store or its client library are not exposed.
  expect(JSON.stringify(refused)).not.toMatch(/redis|ioredis|timed out|127\.0\.0\.1/i);
  const newcomer = await testCluster.connect(1);
  expect(await newcomer.codeOf('room.login', loginParams(app, 'here', 'eve'))).toBe(1190203);
  newcomer.close();
  const rest = testCluster.cluster.admin.send('GET', `/v1/apps/${app.appId}/rooms/here`);
  await expect(rest).rejects.toMatchObject({ code: 1190203 });
  // Current members can still send messages.
  const message = { roomId: 'here', content: 'still here', clientMessageId: `m${Math.random()}` };
  expect(await client.codeOf('message.broadcast', message)).toBe(0);
}

async function isBack(): Promise<void> {
  await waitFor(async () => (await client.codeOf('room.login', loginParams(app, 'there', 'ada'))) === 0, {
    // A membership whose confirmation was lost blocks its user until its lease of 15 s expires.
    timeoutMs: 30_000,
    describe: 'logins to succeed again',
  });
  expect(await client.codeOf('room.logout', { roomId: 'there' })).toBe(0);
}

test('reports an unreachable Redis, with errors marked as retryable', async () => {
  await redis.kill();
  await whileAway();
  await redis.restart();
  await isBack();
});

test('reports a Redis that hangs', async () => {
  redis.signal('SIGSTOP');
  try {
    await whileAway();
  } finally {
    redis.signal('SIGCONT');
  }
  await isBack();
});

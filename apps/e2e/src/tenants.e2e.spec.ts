import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { liveQuietly, makeNoise, quietLimits } from '@polyroom/cluster';
import { TestCluster } from './support/test-cluster.js';

const attackMs = 8000;
let testCluster: TestCluster;

beforeAll(async () => {
  testCluster = await TestCluster.start({ mediaNodes: 1, mediaWorkers: 1 });
});
afterAll(async () => {
  await testCluster?.close();
});

test('refuses a tenant at its quotas, and loses and refuses nothing of another one', async () => {
  const noisy = await testCluster.createApp({
    ...{ multiRoom: true, loginsPerSecond: 10, maxUsers: 12, maxRooms: 5, maxSessions: 12 },
  });
  const quiet = await testCluster.createApp(quietLimits);
  const { wsUrl } = testCluster.cluster.gateways[0]!;
  const ending = new AbortController();
  const noise = makeNoise(wsUrl, noisy, ending.signal);
  const service = await liveQuietly(wsUrl, quiet, attackMs);
  ending.abort();
  const codes = await noise;
  // The attack took place: logins over the rate, and messages over the rate of their user or room.
  expect(codes.get(1002071)).toBeGreaterThan(10);
  expect((codes.get(1009015) ?? 0) + (codes.get(1002072) ?? 0)).toBeGreaterThan(100);
  expect(codes.get(0)).toBeGreaterThan(20);
  expect(service).toMatchObject({ refused: [], lost: 0 });
  expect(service.logins).toBeGreaterThanOrEqual(attackMs / 200);
  expect(service.messages).toBeGreaterThanOrEqual(attackMs / 200);
});

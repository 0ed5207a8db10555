import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { waitFor } from '@polyroom/testing';
import { SharedCluster } from './support/shared-cluster.js';
import { loginParams } from './support/test-cluster.js';
import { TokenUsers } from './support/token-users.js';

/** Two specs at one cluster. */
let first: SharedCluster;
let second: SharedCluster;

beforeAll(async () => {
  [first, second] = await Promise.all([SharedCluster.attach(), SharedCluster.attach()]);
});
afterAll(async () => {
  await first?.close();
  await second?.close();
});

test('a spec sees the media sessions of its own AppIDs only', async () => {
  const bus = await Bus.connect({ url: first.cluster.natsUrl, name: 'e2e' });
  const [ada, namesake] = await Promise.all(
    [first, second].map(async (cluster) => {
      const users = new TokenUsers(cluster, await cluster.createApp({ multiRoom: true }));
      const user = await users.login('room', { userId: 'ada' });
      await users.publish(user.client, 'camera', 'room');
      return { ...user, users };
    }),
  );
  expect((await first.watchMedia(bus).sessionOf('ada'))?.sessionId).toBe(ada!.ticket.sessionId);
  expect((await second.watchMedia(bus).sessionOf('ada'))?.sessionId).toBe(namesake!.ticket.sessionId);
  [ada, namesake].forEach((each) => each!.users.closeAll());
  await bus.close();
});

test('closing it at the end of a spec closes the sockets of the spec, and the cluster still serves the other one', async () => {
  const own = await first.connect(0);
  const other = await second.connect(0);
  await first.close();
  await waitFor(() => !own.open, { describe: 'the socket to close' });
  const app = await second.createApp();
  expect(await other.codeOf('room.login', loginParams(app, 'room', 'ada', { mode: 'single' }))).toBe(0);
});

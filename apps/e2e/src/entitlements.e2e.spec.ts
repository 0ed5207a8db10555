import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { issue, withToken } from './support/client-tokens.js';
import { type RawClient } from './support/raw-client.js';
import { SharedCluster } from './support/shared-cluster.js';
import { loginParams, type TestApp } from './support/test-cluster.js';

/** Entitlements of AppIDs and of single users, on a real cluster. */
let testCluster: SharedCluster;
const open: RawClient[] = [];
const inForceMs = 2000;
const tooManyRooms = 1002037;
const notMultiRoom = 1002036;

beforeAll(async () => {
  testCluster = await SharedCluster.attach();
});
afterAll(() => testCluster?.close());
afterEach(() => open.splice(0).forEach((client) => client.close()));

async function connect(gateway: 0 | 1 = 0): Promise<RawClient> {
  const client = await testCluster.connect(gateway);
  open.push(client);
  return client;
}

function setForUser(app: TestApp, userId: string, name: string, change: object): Promise<unknown> {
  const path = `/v1/apps/${app.appId}/users/${userId}/entitlements/${name}`;
  return testCluster.cluster.admin.send('PUT', path, change);
}

/** The code of the first login that is refused, and how many were not. */
async function fill(client: RawClient, params: (roomId: string) => never): Promise<[number, number]> {
  for (let rooms = 0; ; rooms += 1) {
    const code = await client.codeOf('room.login', params(`room-${rooms}`));
    if (code !== 0) {
      return [rooms, code];
    }
  }
}

describe('the number of rooms of a user', () => {
  test('is that of the token, below that of the user, before that of the AppID, before the default', async () => {
    const app = await testCluster.createApp({ multiRoom: true });
    const appSign = (userId: string) => (roomId: string) => loginParams(app, roomId, userId);
    expect(await fill(await connect(), appSign('default'))).toEqual([5, tooManyRooms]);
    await testCluster.cluster.admin.setEntitlement(app.appId, 'maxRoomsPerUser', 2);
    await setForUser(app, 'teacher', 'maxRoomsPerUser', { value: 4 });
    await waitFor(
      async () => {
        const client = await connect();
        const [rooms] = await fill(client, appSign('teacher'));
        await client.codeOf('room.logout', {});
        return rooms === 4;
      },
      { timeoutMs: inForceMs, describe: 'the value of the user to be in force' },
    );
    expect(await fill(await connect(1), appSign('pupil'))).toEqual([2, tooManyRooms]);
    for (const [userId, maxRooms, rooms] of [
      ['teacher', 3, 3],
      ['teacher', 9, 4],
      ['pupil-2', 9, 2],
    ] as const) {
      const client = await connect();
      const token = await issue(app, userId, { maxRooms });
      expect(await fill(client, (roomId) => withToken(app, roomId, userId, token))).toEqual([
        rooms,
        tooManyRooms,
      ]);
      expect(await client.codeOf('room.logout', {})).toBe(0);
    }
  });

  test('is that of the AppID again when the user’s value ends', async () => {
    const app = await testCluster.createApp({ multiRoom: true, maxRoomsPerUser: 1 });
    const setUntil = (untilMs: number) =>
      setForUser(app, 'guest', 'maxRoomsPerUser', { value: 2, untilMs, note: 'a trial' });
    await setUntil(Date.now() + 60_000);
    const count = async (): Promise<number> => {
      const client = await connect();
      const [rooms] = await fill(client, (roomId) => loginParams(app, roomId, 'guest'));
      await client.codeOf('room.logout', {});
      return rooms;
    };
    await waitFor(async () => (await count()) === 2, { timeoutMs: inForceMs, describe: 'the trial' });
    const untilMs = Date.now() + 2500;
    await setUntil(untilMs);
    await waitFor(async () => (await count()) === 1, {
      timeoutMs: 2500 + 2 * inForceMs,
      describe: 'the end of the trial',
    });
    expect(Date.now()).toBeGreaterThanOrEqual(untilMs);
  });
});

test('multi-room mode and messages can be allowed for a single user', async () => {
  const app = await testCluster.createApp();
  await setForUser(app, 'host', 'multiRoom', { value: true });
  await setForUser(app, 'host', 'maxMessageBytes', { value: 2000 });
  const [host, guest] = [await connect(), await connect(1)];
  expect(await host.codeOf('room.login', loginParams(app, 'r', 'host'))).toBe(0);
  expect(await guest.codeOf('room.login', loginParams(app, 'r', 'guest'))).toBe(notMultiRoom);
  expect(await guest.codeOf('room.login', loginParams(app, 'r', 'guest', { mode: 'single' }))).toBe(0);
  const message = { roomId: 'r', content: 'x'.repeat(1500), clientMessageId: 'm' };
  expect(await host.codeOf('message.broadcast', message)).toBe(0);
  expect(await guest.codeOf('message.broadcast', message)).toBe(1009002);
});

test('a value that confuses the rooms of an AppID with those of a user is answered with a warning', async () => {
  const app = await testCluster.createApp({ multiRoom: true });
  const path = `/v1/apps/${app.appId}/entitlements/maxRooms`;
  const reply = await testCluster.cluster.admin.send('PUT', path, { value: 8 });
  expect(reply).toMatchObject({
    entitlement: { value: 8 },
    warnings: [expect.stringContaining('The rooms of one user are limited by maxRoomsPerUser')],
  });
});

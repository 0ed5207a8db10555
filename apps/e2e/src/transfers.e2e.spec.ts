import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { BrowserUser, launchBrowser } from '@polyroom/cluster';
import { waitFor } from '@polyroom/testing';
import { type Browser } from 'playwright-core';
import { expectMediaToFlow } from './support/media-watch.js';
import { SharedCluster } from './support/shared-cluster.js';
import { type TestApp } from './support/test-cluster.js';

/** The application's server moves and copies users between rooms while they publish and play. */
const camera = 'camera-of-mover';
const peerCamera = 'camera-of-peer';
/** Frames come every 33 ms to 50 ms; the rest is for a busy machine. A new stream or subscription takes longer. */
const longestGapMs = 1000;
let testCluster: SharedCluster;
let browser: Browser;
let app: TestApp;
let key: string;
let mover: BrowserUser;
let peer: BrowserUser;
let viewer: BrowserUser;

beforeAll(async () => {
  testCluster = await SharedCluster.attach();
  app = await testCluster.createApp({ multiRoom: true });
  key = await testCluster.cluster.admin.createApiKey(app.appId, [
    'users:move',
    'streams:share',
    'rooms:read',
    'audit:read',
  ]);
  browser = await launchBrowser();
  [mover, peer, viewer] = await Promise.all([open('mover', 0), open('peer', 0), open('viewer', 1)]);
  await enter(mover, 'keep', 'a');
  await enter(peer, 'keep');
  await enter(viewer, 'b', 'c');
  await mover.publish(camera, 'a');
  await mover.share(camera, 'keep');
  await peer.publish(peerCamera, 'keep');
  await mover.play(peerCamera, 'keep');
  await peer.play(camera, 'keep');
  await Promise.all([expectMediaToFlow(mover), expectMediaToFlow(peer)]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await testCluster?.close();
});

function open(userId: string, gateway: 0 | 1): Promise<BrowserUser> {
  return BrowserUser.open(browser, testCluster.cluster.consoleUrl!, {
    ...{ appId: app.appId, appSign: app.appSign, userId },
    gatewayUrl: testCluster.cluster.gateways[gateway]!.wsUrl,
  });
}

async function enter(user: BrowserUser, ...roomIds: string[]): Promise<void> {
  for (const roomId of roomIds) {
    expect(await user.login(roomId)).toBe(0);
  }
}

/** A request of the application's server, to the gateway that does not hold the session. */
async function ask(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${testCluster.cluster.gateways[1]!.httpUrl}/v1/apps/${app.appId}/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const reply = (await response.json()) as Record<string, unknown>;
  expect({ status: response.status, reply }).toMatchObject({ status: 200 });
  return reply;
}

/** The longest pauses of what the users keep, since the last call. */
async function takeGapsMs(): Promise<number[]> {
  return Promise.all([peer.takeLongestGapMs(camera), mover.takeLongestGapMs(peerCamera)]);
}

test('a user who publishes is moved and copied over REST: what it keeps is decoded without a break', async () => {
  await takeGapsMs();
  expect(await ask('POST', 'users/mover/move', { from: 'a', to: 'b' })).toEqual({
    roomIds: ['keep', 'b'],
    streamIds: [camera],
  });
  await viewer.play(camera, 'b');
  await expectMediaToFlow(viewer);
  expect(await ask('POST', 'users/mover/copy', { from: 'b', to: 'c' })).toEqual({
    roomIds: ['keep', 'b', 'c'],
    streamIds: [camera],
  });
  await viewer.play(camera, 'c');
  await ask('DELETE', `streams/${camera}/rooms/b`);
  await Promise.all([expectMediaToFlow(viewer), expectMediaToFlow(mover), expectMediaToFlow(peer)]);
  for (const gapMs of await takeGapsMs()) {
    expect(gapMs).toBeGreaterThan(0);
    expect(gapMs).toBeLessThan(longestGapMs);
  }
  await ask('PUT', `streams/${camera}/rooms/b`);
  const { streams } = (await ask('GET', 'rooms/b')) as { streams: { streamId: string }[] };
  expect(streams.map(({ streamId }) => streamId)).toEqual([camera]);
  // No new connection for any of it: one to send and one to receive.
  expect((await mover.record()).peerConnections).toMatchObject({ open: 2, everConnected: 2 });
});

test('the SDK of the user has reported the rooms, and the audit has the acts of the API key', async () => {
  const { roomStates } = await mover.record();
  const lastOf = (room: string) => roomStates.findLast(({ roomID }) => roomID === room);
  // Kicked out of the one, logged in to the others.
  expect(lastOf('a')).toEqual({ roomID: 'a', reason: 6, errorCode: 1002055 });
  expect(lastOf('b')).toEqual({ roomID: 'b', reason: 1, errorCode: 0 });
  expect(lastOf('c')).toEqual({ roomID: 'c', reason: 1, errorCode: 0 });
  const actions = async () => {
    const { entries } = (await ask('GET', 'audit?subject=user%3Amover')) as { entries: { action: string }[] };
    return entries.map(({ action }) => action);
  };
  await waitFor(async () => (await actions()).length >= 2, { timeoutMs: 10_000, describe: 'both rows' });
  expect(await actions()).toEqual(['user.copy', 'user.move']);
});

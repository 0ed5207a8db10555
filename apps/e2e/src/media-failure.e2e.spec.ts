import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { BrowserUser, launchBrowser } from '@polyroom/cluster';
import { waitFor } from '@polyroom/testing';
import { type Browser } from 'playwright-core';
import { expectMediaToFlow, MediaWatch } from './support/media-watch.js';
import { type TestApp, TestCluster } from './support/test-cluster.js';

/**
 * Workers and nodes that crash or drain during a call: their sessions move to other nodes, and the rooms are
 * not notified. `npm run check:media` measures how fast; the limit here also holds on a busy machine.
 */
const longestGapMs = 5000;
const stream = 'camera-of-a';
let testCluster: TestCluster;
let bus: Bus;
let watch: MediaWatch;
let browser: Browser;
let app: TestApp;
let publisher: BrowserUser;
let near: BrowserUser;
let far: BrowserUser;

beforeAll(async () => {
  testCluster = await TestCluster.withConsole({ mediaNodes: 2, mediaWorkers: 1, sessionGraceMs: 1500 });
  bus = await Bus.connect({ url: testCluster.cluster.natsUrl, name: 'e2e' });
  watch = new MediaWatch(bus, ['nd_1', 'nd_2']);
  app = await testCluster.createApp({ multiRoom: true });
  browser = await launchBrowser();
  [publisher, near, far] = await Promise.all([open('publisher'), open('near'), open('far')]);
  await publisher.login('room1');
  await watch.placeApart(far, 'elsewhere', 'publisher');
  await far.login('room1');
  await near.login('room1');
  await publisher.publish(stream, 'room1');
  await Promise.all([near.play(stream, 'room1'), far.play(stream, 'room1')]);
  await Promise.all([expectMediaToFlow(near), expectMediaToFlow(far)]);
}, 180_000);
afterAll(async () => {
  try {
    if (far !== undefined) {
      await expectNothingLeft();
    }
  } finally {
    await browser?.close();
    await bus?.close();
    await testCluster?.close();
  }
});

/** No sessions, pipes or streams, whatever has failed before. */
async function expectNothingLeft(): Promise<void> {
  await waitForBothNodes();
  await Promise.all([publisher, near, far].map((user) => user.logout()));
  await watch.waitUntilEmpty();
}

function open(userId: string): Promise<BrowserUser> {
  return BrowserUser.open(browser, testCluster.cluster.consoleUrl!, {
    appId: app.appId,
    appSign: app.appSign,
    gatewayUrl: testCluster.cluster.gateways[0]!.wsUrl,
    userId,
  });
}

/** Causes a failure that moves the publisher, and returns the longest gap of each viewer. */
async function gapsAfter(harm: () => unknown): Promise<number[]> {
  const viewers = [near, far];
  const { workerPid } = (await watch.sessionOf('publisher'))!;
  await Promise.all(viewers.map((viewer) => viewer.takeLongestGapMs(stream)));
  harm();
  const hasMoved = async () => {
    const session = await watch.sessionOf('publisher');
    return session !== undefined && session.workerPid !== workerPid;
  };
  await waitFor(hasMoved, { timeoutMs: 20_000, describe: 'the publisher on another worker' });
  await Promise.all(viewers.map((viewer) => expectMediaToFlow(viewer)));
  return Promise.all(viewers.map((viewer) => viewer.takeLongestGapMs(stream)));
}

async function nodeOf(userId: string): Promise<string> {
  let nodeId: string | undefined;
  await waitFor(async () => (nodeId = (await watch.sessionOf(userId))?.nodeId), {
    timeoutMs: 10_000,
    describe: `the session of ${userId}`,
  });
  return nodeId!;
}

async function expectRoomsUntouched(): Promise<void> {
  for (const user of [publisher, near, far]) {
    const { roomStates, socketsMade, streamUpdates } = await user.record();
    const own = roomStates.filter(({ roomID }) => !roomID.startsWith('lobby'));
    expect(own.filter(({ reason }) => reason > 1)).toEqual([]);
    expect(streamUpdates.filter(({ updateType }) => updateType === 1)).toEqual([]);
    expect(socketsMade).toBe(1);
    expect(user.consoleErrors).toEqual([]);
  }
  const { length } = (await far.record()).messages;
  expect(await publisher.send('room1', 'still here')).toBe(0);
  await waitFor(async () => (await far.record()).messages.length > length, {
    timeoutMs: 5000,
    describe: 'the message',
  });
}

const processOf = (nodeId: string) => testCluster.cluster.process(nodeId.replace('nd_', 'media-'));

async function waitForBothNodes(): Promise<void> {
  await testCluster.cluster.ready();
  await waitFor(async () => (await watch.dumps()).every(({ workers }) => workers.length === 1), {
    timeoutMs: 20_000,
    describe: 'both nodes with their workers',
  });
}

test('restores the stream for all viewers after the publisher’s worker is killed', async () => {
  await waitForBothNodes();
  const { workerPid } = (await watch.sessionOf('publisher'))!;
  const nodeId = await nodeOf('publisher');
  const gaps = await gapsAfter(() => process.kill(workerPid, 'SIGKILL'));
  expect(Math.max(...gaps)).toBeLessThan(longestGapMs);
  await expectRoomsUntouched();
  const url = testCluster.cluster.monitorUrlOf(nodeId.replace('nd_', 'media-'));
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(
    new RegExp(`^polyroom_media_worker_deaths_total{node="${nodeId}"} [1-9]`, 'm'),
  );
});

test('moves the sessions of a killed node to the other node, and keeps the remaining ones', async () => {
  await waitForBothNodes();
  const nodeId = await nodeOf('publisher');
  const gaps = await gapsAfter(() => processOf(nodeId).kill('SIGKILL'));
  expect(Math.max(...gaps)).toBeLessThan(longestGapMs);
  expect(await nodeOf('publisher')).not.toBe(nodeId);
  await expectRoomsUntouched();
});

test('drains a node without closing a session before it has moved', async () => {
  await waitForBothNodes();
  const nodeId = await nodeOf('publisher');
  const gaps = await gapsAfter(() => processOf(nodeId).kill('SIGTERM'));
  expect(Math.max(...gaps)).toBeLessThan(2000);
  await waitFor(async () => (await nodeOf('publisher').catch(() => nodeId)) !== nodeId, {
    timeoutMs: 30_000,
    describe: 'the publisher to be on the other node only',
  });
  await expectRoomsUntouched();
});

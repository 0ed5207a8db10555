import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { BrowserUser, launchBrowser } from '@polyroom/cluster';
import { waitFor } from '@polyroom/testing';
import { type Browser } from 'playwright-core';
import { DataUser } from './support/data-user.js';
import { expectMediaToFlow, MediaWatch } from './support/media-watch.js';
import { loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

/** Real-time sequential data between two media nodes, over the transports that carry audio and video. */
const camera = 'camera-of-a';
const stream = 'data-of-a';
let testCluster: TestCluster;
let bus: Bus;
let watch: MediaWatch;
let browser: Browser;
let app: TestApp;
let publisher: DataUser;
let near: DataUser;
let far: DataUser;

beforeAll(async () => {
  testCluster = await TestCluster.withConsole({ mediaNodes: 2, mediaWorkers: 1, sessionGraceMs: 1500 });
  bus = await Bus.connect({ url: testCluster.cluster.natsUrl, name: 'e2e' });
  watch = new MediaWatch(bus, ['nd_1', 'nd_2']);
  app = await testCluster.createApp({ multiRoom: true, maxDataStreams: 2, dataMessagesPerSecond: 500 });
  browser = await launchBrowser();
  ({ publisher, near, far } = await begin(''));
  await publisher.user.publish(camera, 'room1');
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await bus?.close();
  await testCluster?.close();
});

async function open(userId: string, gateway: 0 | 1): Promise<DataUser> {
  const user = await BrowserUser.open(browser, testCluster.cluster.consoleUrl!, {
    appId: app.appId,
    appSign: app.appSign,
    gatewayUrl: testCluster.cluster.gateways[gateway]!.wsUrl,
    userId,
  });
  return DataUser.of(user);
}

/** A publisher broadcasts data in room1, to a viewer on its own node and to one on the other. */
async function begin(story: string): Promise<Record<'publisher' | 'near' | 'far', DataUser>> {
  const room = `${story}room1`;
  const [from, nearby, remote] = await Promise.all([
    open(`${story}publisher`, 0),
    open(`${story}near`, 1),
    open(`${story}far`, 0),
  ]);
  expect(await from.user.login(room)).toBe(0);
  // A session that enters an occupied room is placed near its members.
  await watch.placeApart(remote.user, `${story}elsewhere`, from.user.userId);
  expect(await nearby.user.login(room)).toBe(0);
  expect(await remote.user.login(room)).toBe(0);
  expect(await from.broadcast(room, `${story}${stream}`)).toBe(0);
  expect(await nearby.subscribe(room, `${story}${stream}`)).toBe(0);
  expect(await remote.subscribe(room, `${story}${stream}`)).toBe(0);
  return { publisher: from, near: nearby, far: remote };
}

const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

async function numbersOf(
  viewer: DataUser,
  roomID: string,
  streamID: string,
  atLeast: number,
): Promise<number[]> {
  await waitFor(async () => (await viewer.read(roomID, streamID)).numbers.length >= atLeast, {
    timeoutMs: 60_000,
    describe: `${atLeast} messages at ${viewer.user.userId}`,
  });
  return (await viewer.read(roomID, streamID)).numbers;
}

test('refuses a user outside the room with a code and no data', async () => {
  const secret = 'data-of-room1';
  expect(await publisher.broadcast('room1', secret)).toBe(0);
  const apart = await open('apart', 0);
  expect(await apart.user.login('elsewhere')).toBe(0);
  expect(await apart.subscribe('room1', secret)).toBe(1002002);
  expect(await apart.subscribe('elsewhere', secret)).toBe(0);
  const outsider = await testCluster.connect(0);
  await outsider.call('room.login', loginParams(app, 'elsewhere', 'outsider'));
  const playing = { streamId: secret, rtpCapabilities: {}, data: true };
  expect(await outsider.codeOf('stream.play', { ...playing, roomId: 'room1' })).toBe(1002002);
  expect(await outsider.codeOf('stream.play', { ...playing, roomId: 'elsewhere' })).toBe(1004002);
  expect(await outsider.codeOf('stream.play', playing)).toBe(1004002);
  expect(await publisher.send('room1', secret, 20)).toEqual([]);
  const { downlinks } = (await watch.sessionOf('apart'))!;
  expect(downlinks).toEqual([]);
  expect((await apart.read('elsewhere', secret)).numbers).toEqual([]);
  expect(await apart.stop('stopSubscribing', 'elsewhere', secret)).toBe(0);
  expect(await publisher.stop('stopBroadcasting', 'room1', secret)).toBe(0);
  outsider.close();
  await apart.user.close();
});

test('delivers all messages once and in order on both nodes, without another handshake', async () => {
  const [room, sight, data] = ['all-room1', `all-${camera}`, `all-${stream}`];
  const { publisher: from, near: nearby, far: remote } = await begin('all-');
  await from.user.publish(sight, room);
  await Promise.all([nearby.user.play(sight, room), remote.user.play(sight, room)]);
  await Promise.all([expectMediaToFlow(nearby.user), expectMediaToFlow(remote.user)]);
  const users = ['all-publisher', 'all-near', 'all-far'];
  const handshakes = () => Promise.all(users.map((userId) => watch.handshakesOf(userId)));
  const before = await handshakes();
  expect(before).toEqual([1, 1, 1]);
  const [ofPublisher, ofNear, ofFar] = await Promise.all(users.map((userId) => watch.sessionOf(userId)));
  expect(ofNear!.nodeId).toBe(ofPublisher!.nodeId);
  expect(ofFar!.nodeId).not.toBe(ofPublisher!.nodeId);

  // Allowed refusals: rate exceeded, or send buffer full.
  const refusals = await from.send(room, data, 2000);
  expect(refusals.filter((code) => code !== 1009015 && code !== 1009039)).toEqual([]);
  for (const viewer of [nearby, remote]) {
    expect(await numbersOf(viewer, room, data, 2000)).toEqual(upTo(2000));
    expect(await viewer.read(room, data)).toMatchObject({ damaged: 0, interrupted: 0 });
  }
  expect(await handshakes()).toEqual(before);
  const piped = (await watch.dump(ofFar!.nodeId)).pipesIn.map(({ streamId }) => streamId);
  expect(piped.filter((streamId) => streamId.startsWith('all-')).sort()).toEqual([sight, data]);
  for (const { user } of [from, nearby, remote]) {
    const { peerConnections, socketsMade } = await user.record();
    expect({ peerConnections, socketsMade }).toEqual({
      peerConnections: { open: 1, everConnected: 1 },
      socketsMade: 1,
    });
    expect(user.consoleErrors).toEqual([]);
  }
  await Promise.all([from, nearby, remote].map(({ user }) => user.close()));
});

test('refuses invalid operations with their codes', async () => {
  expect(await publisher.sendBytes('room1', stream, 4097)).toBe(1009003);
  expect(await publisher.sendBytes('room1', stream, 0)).toBe(1009001);
  expect(await publisher.sendBytes('room1', 'unknown', 1)).toBe(1009039);
  expect(await publisher.broadcast('room1', stream)).toBe(1009035);
  expect(await publisher.broadcast('room1', camera)).toBe(1009034);
  expect(await publisher.broadcast('room1', 'data-2')).toBe(0);
  expect(await publisher.broadcast('room1', 'data-3')).toBe(1009033);
  expect(await publisher.stop('stopBroadcasting', 'room1', 'data-3')).toBe(1009036);
  expect(await publisher.stop('stopBroadcasting', 'room1', 'data-2')).toBe(0);
  expect(await near.broadcast('room1', stream)).toBe(1003028);
  expect(await near.subscribe('room1', stream)).toBe(1009038);
  expect(await near.stop('stopSubscribing', 'room1', 'unknown')).toBe(1009037);
});

test('sends a stream of two rooms once, and ends it in a room that is left', async () => {
  const { publisher: from, near: nearby, far: remote } = await begin('two-');
  const [room1, room2, data] = ['two-room1', 'two-room2', `two-${stream}`];
  expect(await from.user.login(room2)).toBe(0);
  expect(await remote.user.login(room2)).toBe(0);
  expect(await from.broadcast(room2, data)).toBe(0);
  expect(await remote.subscribe(room2, data)).toBe(0);
  expect((await watch.sessionOf('two-publisher'))!.upstreams.map(({ streamId }) => streamId)).toEqual([data]);
  await from.send(room2, data, 10);
  expect(await numbersOf(remote, room2, data, 10)).toHaveLength(10);
  expect(await numbersOf(remote, room1, data, 10)).toHaveLength(10);
  expect(await numbersOf(nearby, room1, data, 10)).toHaveLength(10);

  await from.user.logout(room1);
  await waitFor(async () => (await watch.sessionOf('two-near'))!.downlinks.length === 0, {
    timeoutMs: 10_000,
    describe: 'the subscription in the room that was left to end',
  });
  // A manager is unusable after its room was left.
  expect(await from.sendBytes(room1, data, 10)).toBe(1009032);
  await from.send(room2, data, 10);
  expect(await numbersOf(remote, room2, data, 20)).toHaveLength(20);
  expect((await remote.read(room1, data)).numbers).toHaveLength(10);
  expect((await nearby.read(room1, data)).numbers).toHaveLength(10);
  await Promise.all([from, nearby, remote].map(({ user }) => user.close()));
});

test('stops a publisher that exceeds the rate, and the workers keep running', async () => {
  const before = (await watch.dumps()).map(({ workers }) => workers.map(({ pid }) => pid));
  expect(await near.broadcast('room1', 'flood')).toBe(0);
  expect(await far.subscribe('room1', 'flood')).toBe(0);
  expect(await near.flood(5000)).toBeGreaterThan(2000);
  await waitFor(async () => (await near.publisherCodes('flood')).includes(1009015), {
    timeoutMs: 10_000,
    describe: 'the flood to be stopped',
  });
  await waitFor(async () => (await watch.sessionOf('near'))!.upstreams.length === 0, {
    timeoutMs: 10_000,
    describe: 'its stream to be removed',
  });
  expect(await near.broadcast('room1', 'flood')).toBe(1009015);
  expect((await watch.dumps()).map(({ workers }) => workers.map(({ pid }) => pid))).toEqual(before);
});

test('resumes data after the publisher’s node is killed', async () => {
  const { publisher: from, near: nearby, far: remote } = await begin('killed-');
  const [room, data] = ['killed-room1', `killed-${stream}`];
  await from.keepSending(room, data);
  const [ofNear, ofFar] = [await numbersOf(nearby, room, data, 10), await numbersOf(remote, room, data, 40)];
  const { nodeId } = (await watch.sessionOf('killed-publisher'))!;
  testCluster.cluster.process(nodeId.replace('nd_', 'media-')).kill();
  for (const [viewer, had] of [
    [nearby, ofNear],
    [remote, ofFar],
  ] as const) {
    const numbers = await numbersOf(viewer, room, data, had.length + 150);
    // Messages may be lost with the node, but none is duplicated or reordered.
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    expect((await viewer.read(room, data)).interrupted).toBeGreaterThan(0);
    const last = numbers.slice(-50);
    expect(last).toEqual(upTo(50).map((number) => number + last[0]!));
    const { roomStates } = await viewer.user.record();
    const own = roomStates.filter(({ roomID }) => !roomID.startsWith('lobby'));
    expect(own.filter(({ reason }) => reason > 1)).toEqual([]);
  }
  await Promise.all([from, nearby, remote].map(({ user }) => user.close()));
  await testCluster.cluster.ready();
});

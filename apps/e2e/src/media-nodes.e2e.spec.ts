import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { BrowserUser, launchBrowser } from '@polyroom/cluster';
import { waitFor } from '@polyroom/testing';
import { type Browser } from 'playwright-core';
import { expectMediaToFlow, MediaWatch } from './support/media-watch.js';
import { loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

/** One camera and viewers on two media nodes, five rooms, in a real browser. */
const stream = 'camera-of-a';
const rooms = ['room1', 'room2', 'room3', 'room4', 'room5'];
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
  app = await testCluster.createApp({ multiRoom: true, maxRoomsPerUser: 6 });
  browser = await launchBrowser();
  [publisher, near, far] = await begin('', [open('publisher', 0), open('near', 1), open('far', 0)]);
}, 180_000);
afterAll(async () => {
  try {
    if (far !== undefined) {
      await Promise.all([publisher, near, far].map((user) => user.logout()));
      await watch.waitUntilEmpty();
      expect([publisher, near, far].flatMap((user) => user.consoleErrors)).toEqual([]);
    }
  } finally {
    await browser?.close();
    await bus?.close();
    await testCluster?.close();
  }
});

/** A publisher with a viewer on its own node and one on the other, in room1. */
async function begin(
  story: string,
  opening: [Promise<BrowserUser>, Promise<BrowserUser>, Promise<BrowserUser>],
): Promise<[BrowserUser, BrowserUser, BrowserUser]> {
  const users = await Promise.all(opening);
  const [from, nearby, remote] = users;
  const room = `${story}room1`;
  expect(await from.login(room)).toBe(0);
  // A session that enters an occupied room is placed near its members.
  await watch.placeApart(remote, `${story}elsewhere`, from.userId);
  expect(await nearby.login(room)).toBe(0);
  expect(await remote.login(room)).toBe(0);
  await from.publish(`${story}${stream}`, room);
  await Promise.all([nearby, remote].map((viewer) => viewer.play(`${story}${stream}`, room)));
  await Promise.all([nearby, remote].map(expectMediaToFlow));
  return users;
}

function open(userId: string, gateway: 0 | 1): Promise<BrowserUser> {
  return BrowserUser.open(browser, testCluster.cluster.consoleUrl!, {
    appId: app.appId,
    appSign: app.appSign,
    gatewayUrl: testCluster.cluster.gateways[gateway]!.wsUrl,
    userId,
  });
}

const isOf = (streamId: string) => (each: { streamId: string }) => each.streamId === streamId;
const isOfStream = isOf(stream);

test('shows a stream on the publisher’s node and on the other node, over one pipe', async () => {
  const [ofPublisher, ofNear, ofFar] = await Promise.all(
    ['publisher', 'near', 'far'].map((userId) => watch.sessionOf(userId)),
  );
  expect(ofNear!.nodeId).toBe(ofPublisher!.nodeId);
  expect(ofFar!.nodeId).not.toBe(ofPublisher!.nodeId);
  const { pipesOut } = await watch.dump(ofPublisher!.nodeId);
  expect(pipesOut.filter(isOfStream)).toEqual([{ streamId: stream, targetNodeId: ofFar!.nodeId }]);
  const { pipesIn } = await watch.dump(ofFar!.nodeId);
  expect(pipesIn.filter(isOfStream)).toEqual([
    { streamId: stream, sourceNodeId: ofPublisher!.nodeId, downlinks: 1 },
  ]);
});

test('adds four rooms without a handshake, a transport or a second delivery', async () => {
  await far.publish('camera-of-far', 'room1');
  await near.play('camera-of-far', 'room1');
  await expectMediaToFlow(near);
  const before = await Promise.all(['publisher', 'near', 'far'].map((userId) => watch.handshakesOf(userId)));
  // One connection per direction in use.
  expect(before).toEqual([1, 1, 2]);

  for (const room of rooms.slice(1)) {
    expect(await publisher.login(room)).toBe(0);
    expect(await far.login(room)).toBe(0);
    await publisher.share(stream, room);
    await far.play(stream, room);
  }
  await expectMediaToFlow(far);

  expect(await Promise.all(['publisher', 'near', 'far'].map((userId) => watch.handshakesOf(userId)))).toEqual(
    before,
  );
  const ofFar = await watch.sessionOf('far');
  expect(ofFar!.transports.map(({ direction }) => direction).sort()).toEqual(['recv', 'send']);
  const downlinks = ofFar!.downlinks.filter(isOfStream);
  expect(downlinks).toHaveLength(1);
  expect([...downlinks[0]!.roomIds].sort()).toEqual(rooms);
  const { pipesIn } = await watch.dump(ofFar!.nodeId);
  expect(pipesIn.filter(isOfStream)).toMatchObject([{ downlinks: 1 }]);
  const record = await far.record();
  expect(record.socketsMade).toBe(1);
  expect(record.peerConnections).toEqual({ open: 2, everConnected: 2 });
});

test('publishes on four channels at once, and adds a camera for viewers of an audio-only stream', async () => {
  const audioStreams = ['audio-1', 'audio-2', 'audio-3'];
  for (const [index, streamId] of audioStreams.entries()) {
    await publisher.publishAudio(streamId, 'room1', index + 1);
  }
  await expect(publisher.publishAudio('audio-4', 'room1', 3)).rejects.toThrow(/channel is already in use/);
  await expect(publisher.publishAudio('audio-4', 'room1', 4)).rejects.toThrow();
  const { upstreams, transports } = (await watch.sessionOf('publisher'))!;
  expect(upstreams.map(({ streamId, kinds }) => [streamId, kinds.length])).toEqual([
    [stream, 2],
    ...audioStreams.map((streamId) => [streamId, 1]),
  ]);
  expect(transports.filter(({ dtlsState }) => dtlsState === 'connected')).toHaveLength(1);

  const viewers = [near, far];
  await Promise.all(
    viewers.flatMap((viewer) => audioStreams.map((streamId) => viewer.play(streamId, 'room1'))),
  );
  await Promise.all(viewers.map(expectMediaToFlow));
  expect(await Promise.all(viewers.map((viewer) => viewer.takeLongestGapMs('audio-2')))).toEqual([-1, -1]);
  await publisher.switchCameraOn('audio-2');
  for (const viewer of viewers) {
    await waitFor(async () => (await viewer.takeLongestGapMs('audio-2')) >= 0, {
      timeoutMs: 10_000,
      describe: `the new camera at ${viewer.userId}`,
    });
  }
});

test('refuses a 13th played stream with 1004010', async () => {
  const users = await Promise.all(
    ['p1', 'p2', 'p3', 'p4', 'v'].map(async (userId) => {
      const client = await testCluster.connect(0);
      const entered = await client.call('room.login', loginParams(app, 'room6', userId));
      return { client, media: 'result' in entered ? entered.result.media! : undefined };
    }),
  );
  const viewer = users.pop()!;
  const streams = users.flatMap((_, user) => [0, 1, 2, 3].map((channel) => ({ user, channel })));
  for (const { channel, user } of streams) {
    const { client } = users[user]!;
    const streamId = `many-${user}-${channel}`;
    const codecs = [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }];
    const rtpParameters = { mid: `m${channel}`, codecs, encodings: [{ ssrc: 1000 + user * 4 + channel }] };
    expect(await client.codeOf('stream.publish', { streamId, channel, roomId: 'room6' })).toBe(0);
    expect(await client.codeOf('stream.produce', { streamId, kind: 'audio', rtpParameters })).toBe(0);
    expect(await client.codeOf('stream.share', { streamId, roomId: 'room6' })).toBe(0);
  }
  const play = ({ channel, user }: { user: number; channel: number }): Promise<number> =>
    viewer.client.codeOf('stream.play', {
      streamId: `many-${user}-${channel}`,
      roomId: 'room6',
      rtpCapabilities: viewer.media!.routerRtpCapabilities,
    });
  expect(await Promise.all(streams.slice(0, 12).map(play))).toEqual(Array(12).fill(0));
  expect(await play(streams[12]!)).toBe(1004010);
  // Stopping one allows another.
  expect(await viewer.client.codeOf('stream.stopPlay', { streamId: 'many-0-0' })).toBe(0);
  expect(await play(streams[12]!)).toBe(0);
  expect(await play(streams[13]!)).toBe(1004010);
  for (const { client } of [...users, viewer]) {
    expect(await client.codeOf('room.logout', {})).toBe(0);
    client.close();
  }
});

test('closes the pipe with its last viewer, and leaves nothing behind when all users have left', async () => {
  const story = 'last-';
  const opening = ['publisher', 'near', 'far'].map((name) => open(`${story}${name}`, 0));
  const users = await begin(story, opening as Parameters<typeof begin>[1]);
  const [from, , remote] = users;
  const { nodeId } = (await watch.sessionOf(from.userId))!;
  const pipesOut = async () => (await watch.dump(nodeId)).pipesOut.filter(isOf(`${story}${stream}`));
  expect(await pipesOut()).toHaveLength(1);
  await remote.logout(`${story}room1`);
  await waitFor(async () => (await pipesOut()).length === 0, { describe: 'the pipe to close' });
  await Promise.all(users.map((user) => user.close()));
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { BrowserUser, launchBrowser } from '@polyroom/cluster';
import { mediaRpc } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { type Browser } from 'playwright-core';
import { CuttableProxy } from './support/cuttable-proxy.js';
import { expectWithin } from './support/expect-within.js';
import { expectFlow, expectMediaToFlow, MediaWatch } from './support/media-watch.js';
import { loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

/**
 * One upstream in several rooms: a stream muted in one room is still received in the other rooms, by any of
 * their members.
 */
const stream = 'camera-of-a';
const rooms = ['room1', 'room2', 'room3'];
let testCluster: TestCluster;
let bus: Bus;
let watch: MediaWatch;
let browser: Browser;
let app: TestApp;
let publisher: BrowserUser;
let inThree: BrowserUser;
let inOne: BrowserUser;
/** How in-one saw the stream before it was published. */
let waitingState: unknown;

beforeAll(async () => {
  testCluster = await TestCluster.withConsole({ mediaNodes: 2, mediaWorkers: 1, sessionGraceMs: 10_000 });
  bus = await Bus.connect({ url: testCluster.cluster.natsUrl, name: 'e2e' });
  watch = new MediaWatch(bus, ['nd_1', 'nd_2']);
  app = await testCluster.createApp({ multiRoom: true });
  browser = await launchBrowser();
  [publisher, inThree, inOne] = await Promise.all([open('publisher'), open('in-three'), open('in-one')]);
  await enterAll(publisher, rooms);
  await watch.placeApart(inOne, 'elsewhere', 'publisher');
  expect(await inOne.login('room2')).toBe(0);
  await inOne.play(stream, 'room2');
  waitingState = (await inOne.record()).playerStates.at(-1);
  await enterAll(inThree, rooms);
  await playIn(stream, inThree, rooms);
  await publishIn(stream, publisher, rooms);
  await Promise.all([expectMediaToFlow(inThree), expectMediaToFlow(inOne)]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await bus?.close();
  await testCluster?.close();
});

function open(userId: string, gatewayUrl = testCluster.cluster.gateways[0]!.wsUrl): Promise<BrowserUser> {
  return BrowserUser.open(browser, testCluster.cluster.consoleUrl!, {
    appId: app.appId,
    appSign: app.appSign,
    gatewayUrl,
    userId,
  });
}

/** What flows at a viewer. */
const both = { audio: true, video: true };
const onlyVideo = { audio: false, video: true };
const onlyAudio = { audio: true, video: false };
const nothing = { audio: false, video: false };

async function enterAll(user: BrowserUser, roomIds: string[]): Promise<void> {
  for (const room of roomIds) {
    expect(await user.login(room)).toBe(0);
  }
}

async function playIn(camera: string, viewer: BrowserUser, roomIds: string[]): Promise<void> {
  for (const room of roomIds) {
    await viewer.play(camera, room);
  }
}

async function publishIn(camera: string, from: BrowserUser, roomIds: string[]): Promise<void> {
  await from.publish(camera, roomIds[0]!);
  for (const room of roomIds.slice(1)) {
    await from.share(camera, room);
  }
}

test('delivers a stream once to a viewer in three rooms, and to a waiting viewer on the other node', async () => {
  expect(waitingState).toMatchObject({ streamID: stream, state: 1 });
  await Promise.all([expectMediaToFlow(inThree), expectMediaToFlow(inOne)]);
  const session = (await watch.sessionOf('in-three'))!;
  expect(session.downlinks).toMatchObject([{ streamId: stream, consumers: 2 }]);
  await waitFor(async () => (await watch.sessionOf('in-three'))?.downlinks[0]?.roomIds.length === 3, {
    timeoutMs: 5000,
    describe: 'all three bindings',
  });
  expect((await watch.sessionOf('in-one'))!.nodeId).not.toBe(session.nodeId);
});

test('mutes in room2 only, on both nodes, and unmutes', async () => {
  await publisher.mute('audio', true, 'room2');
  await Promise.all([expectFlow(inThree, both), expectFlow(inOne, onlyVideo)]);

  await publisher.mute('video', true, 'room1');
  await publisher.mute('video', true, 'room2');
  await Promise.all([expectFlow(inThree, both), expectFlow(inOne, nothing)]);
  await publisher.mute('video', true, 'room3');
  await expectFlow(inThree, onlyAudio);

  for (const room of rooms) {
    await publisher.mute('video', false, room);
    await publisher.mute('audio', false, room);
  }
  await Promise.all([expectMediaToFlow(inThree), expectMediaToFlow(inOne)]);
});

test('sends nothing over the uplink when muted in all rooms', async () => {
  await publisher.mute('audio', true);
  await Promise.all([expectFlow(inThree, onlyVideo), expectFlow(inOne, onlyVideo)]);
  await publisher.mute('audio', false);
  await Promise.all([expectMediaToFlow(inThree), expectMediaToFlow(inOne)]);
});

test('keeps an operator’s mute in room2 regardless of the publisher’s mutes', async () => {
  const { admin } = testCluster.cluster;
  const mutes = `/v1/apps/${app.appId}/rooms/room2/streams/${stream}/mutes`;
  expect(await admin.send('PUT', `${mutes}/audio`)).toEqual({ kinds: ['audio'] });
  await Promise.all([expectFlow(inThree, both), expectFlow(inOne, onlyVideo)]);
  for (const user of [publisher, inOne]) {
    await waitFor(async () => (await user.record()).streamMutes.length > 0, {
      describe: `the mute at ${user.userId}`,
    });
    expect((await user.record()).streamMutes).toEqual([
      { roomID: 'room2', streamID: stream, kinds: ['audio'] },
    ]);
  }

  // The publisher's own mute changes independently.
  await publisher.mute('audio', true, 'room2');
  await publisher.mute('audio', false, 'room2');
  await expectFlow(inOne, onlyVideo);
  // Sharing it again reports the operator's mute again.
  await publisher.unshare(stream, 'room2');
  await publisher.share(stream, 'room2');
  await waitFor(async () => (await publisher.record()).streamMutes.length === 2, {
    describe: 'the mute at the publisher once more',
  });
  await inOne.play(stream, 'room2');
  await waitFor(async () => (await watch.sessionOf('in-one'))?.downlinks.length === 1, {
    timeoutMs: 5000,
    describe: 'the stream at in-one',
  });
  await expectFlow(inOne, onlyVideo);

  expect(await admin.send('GET', mutes)).toEqual({ kinds: ['audio'] });
  expect(await admin.send('DELETE', `${mutes}/audio`)).toEqual({ kinds: [] });
  expect(await admin.send('DELETE', `${mutes}/audio`)).toEqual({ kinds: [] });
  await Promise.all([expectMediaToFlow(inThree), expectMediaToFlow(inOne)]);
  await waitFor(async () => (await inOne.record()).streamMutes.at(-1)?.kinds.length === 0, {
    describe: 'the end of the mute at in-one',
  });
  await expect(admin.send('PUT', mutes.replace('room2', 'nowhere') + '/audio')).rejects.toMatchObject({
    code: 1002002,
  });
  await expect(admin.send('PUT', `${mutes}/screen`)).rejects.toMatchObject({ code: 1000017 });
});

test('applies an unmute during a gateway failover, and keeps the publisher’s own mutes', async () => {
  const streamId = 'microphone';
  const before = await testCluster.connect(0);
  const entered = await before.call('room.login', loginParams(app, 'room9', 'speaker'));
  if (!('result' in entered)) {
    throw new Error(`refused with ${entered.code}`);
  }
  const { resumeToken, sessionId, snapshot } = entered.result;
  const codecs = [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }];
  const rtpParameters = { mid: '0', codecs, encodings: [{ ssrc: 4711 }] };
  expect(await before.codeOf('stream.publish', { streamId, channel: 0, roomId: 'room9' })).toBe(0);
  expect(await before.codeOf('stream.produce', { streamId, kind: 'audio', rtpParameters })).toBe(0);
  expect(await before.codeOf('stream.share', { streamId, roomId: 'room9' })).toBe(0);
  const mute = { streamId, kind: 'audio', roomId: 'room9' };
  expect(await before.codeOf('stream.mute', { ...mute, muted: true })).toBe(0);
  const { admin } = testCluster.cluster;
  const rule = `/v1/apps/${app.appId}/rooms/room9/streams/${streamId}/mutes/audio`;
  await admin.send('PUT', rule);
  const { nodeId } = (await watch.sessionOf('speaker'))!;
  const session = { appId: app.appId, userId: 'speaker', sessionId };
  const mutesOf = async () =>
    (await bus.requestNode(mediaRpc.getSession, nodeId, { session })).upstreams[0]!.mutes;
  const kept = [{ roomId: 'room9', kinds: ['audio'] }];
  await waitFor(async () => (await mutesOf()).operator.length === 1, {
    timeoutMs: 5000,
    describe: 'the operator’s mute to apply',
  });

  before.close();
  await waitFor(() => before.closeCode !== undefined, { timeoutMs: 5000, describe: 'the socket to close' });
  await admin.send('DELETE', rule);
  const after = await testCluster.connect(1);
  const position = { roomId: 'room9', roomEpoch: snapshot.roomEpoch, seq: snapshot.seq };
  const ticket = {
    appId: app.appId,
    userId: 'speaker',
    sessionId,
    resumeToken: resumeToken!,
    rooms: [position],
  };
  expect(await after.codeOf('session.resume', ticket)).toBe(0);
  expect(await mutesOf()).toEqual({ everywhere: [], publisher: kept, operator: [] });
  expect(await after.codeOf('stream.mute', { ...mute, muted: false })).toBe(0);
  expect(await mutesOf()).toEqual({ everywhere: [], publisher: [], operator: [] });
});

test('ends only the share and binding of a room that is left, without a gap in other rooms', async () => {
  const camera = 'camera-of-leaver';
  const [leaver, viewer] = await Promise.all([open('leaver'), open('viewer-of-leaver')]);
  const left = ['left1', 'left2', 'left3'];
  await enterAll(leaver, left);
  await enterAll(viewer, left);
  await publishIn(camera, leaver, left);
  await playIn(camera, viewer, left);
  await expectMediaToFlow(viewer);
  const roomsPlayed = async () =>
    [...((await watch.sessionOf(viewer.userId))?.downlinks[0]?.roomIds ?? [])].sort().join();
  await waitFor(async () => (await roomsPlayed()) === 'left1,left2,left3', { describe: 'all bindings' });
  await viewer.takeLongestGapMs(camera);
  const { keyFrameRequests } = await leaver.uplinkStats();
  await leaver.logout('left1');
  await waitFor(async () => (await roomsPlayed()) === 'left2,left3', {
    describe: 'the binding of left1 to be removed',
  });
  await viewer.logout('left2');
  await expectFlow(viewer, both);
  // A viewer that loses packets, or resumes after a pause, would request a key frame.
  expect((await leaver.uplinkStats()).keyFrameRequests).toBe(keyFrameRequests);
  expect((await watch.sessionOf(viewer.userId))!.downlinks).toMatchObject([{ roomIds: ['left3'] }]);
  expect(await viewer.takeLongestGapMs(camera)).toBeLessThan(1000);
  expect(await watch.handshakesOf(viewer.userId)).toBe(1);
  await Promise.all([leaver.close(), viewer.close()]);
});

test('mutes within a second while the gateway is unreachable, and on the servers later', async () => {
  const proxy = await CuttableProxy.start(Number(new URL(testCluster.cluster.gateways[0]!.wsUrl).port));
  const [away, viewer] = await Promise.all([
    open('away', `ws://127.0.0.1:${proxy.port}/ws`),
    open('viewer-of-away'),
  ]);
  expect(await away.login('room11')).toBe(0);
  expect(await away.login('room12')).toBe(0);
  await away.publish('far', 'room11');
  await away.share('far', 'room12');
  expect(await viewer.login('room11')).toBe(0);
  await viewer.play('far', 'room11');
  await expectMediaToFlow(viewer);
  const { nodeId, sessionId } = (await watch.sessionOf('away'))!;
  const session = { appId: app.appId, userId: 'away', sessionId };
  const upstreams = async () => (await bus.requestNode(mediaRpc.getSession, nodeId, { session })).upstreams;
  const mutesOf = async () => (await upstreams())[0]!.mutes;
  const none = { everywhere: [], publisher: [], operator: [] };

  // The connection stays open, without responses.
  await expectWithin(1000, async () => {
    proxy.hold();
    const muting = away.mute('audio', true);
    const silentMs = await expectFlow(viewer, onlyVideo);
    expect(await mutesOf()).toEqual(none);
    proxy.restore();
    await muting;
    expect(await mutesOf()).toEqual({ ...none, everywhere: ['audio'] });
    await away.mute('audio', false);
    await expectMediaToFlow(viewer);
    return silentMs;
  });

  // The connection is closed.
  await expectWithin(1000, async () => {
    proxy.cut();
    await waitFor(async () => (await away.record()).roomStates.at(-1)?.reason === 3, {
      timeoutMs: 5000,
      describe: 'the loss to be noticed',
    });
    await away.mute('video', true);
    await away.mute('audio', true, 'room12');
    const silentMs = await expectFlow(viewer, onlyAudio);
    expect(await mutesOf()).toEqual(none);
    proxy.restore();
    await waitFor(async () => (await mutesOf()).everywhere.length === 1, {
      timeoutMs: 15_000,
      describe: 'the mute on the servers',
    });
    await waitFor(async () => (await mutesOf()).publisher.length === 1, {
      timeoutMs: 5000,
      describe: 'the mute of room12',
    });
    expect(await mutesOf()).toEqual({
      ...none,
      everywhere: ['video'],
      publisher: [{ roomId: 'room12', kinds: ['audio'] }],
    });
    await away.mute('video', false);
    await away.mute('audio', false, 'room12');
    await expectMediaToFlow(viewer);
    return silentMs;
  });

  // A stream stopped while the connection is lost is removed from the rooms afterwards.
  proxy.cut();
  await waitFor(async () => (await away.record()).roomStates.at(-1)?.reason === 3, {
    timeoutMs: 5000,
    describe: 'the loss to be noticed',
  });
  await away.stopPublishing('far');
  await expectFlow(viewer, nothing);
  expect((await viewer.record()).streamUpdates.at(-1)).toMatchObject({ updateType: 0 });
  proxy.restore();
  await waitFor(async () => (await viewer.record()).streamUpdates.at(-1)?.updateType === 1, {
    timeoutMs: 15_000,
    describe: 'the stream to be removed from the room',
  });
  // The room reports the stream removed before the media node is asked to close it.
  await waitFor(async () => (await upstreams()).length === 0, { describe: 'the upstream to close' });
  await Promise.all([away.close(), viewer.close()]);
  await proxy.close();
});

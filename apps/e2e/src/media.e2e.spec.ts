import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { waitFor } from '@polyroom/testing';
import { type Browser } from 'playwright-core';
import { BrowserUser, launchBrowser } from '@polyroom/cluster';
import { expectFlow, expectMediaToFlow, MediaWatch } from './support/media-watch.js';
import { type TestApp, TestCluster } from './support/test-cluster.js';

/**
 * The core feature in a real browser: one camera, one connection, several rooms. A publishes into room1 and
 * shares into room2; B is in room2, C in both, D in room3 only.
 */
let testCluster: TestCluster;
let bus: Bus;
let watch: MediaWatch;
let browser: Browser;
let app: TestApp;
let cast: Cast;

/** Users and rooms of one story; the names begin with that of the story. */
interface Cast {
  a: BrowserUser;
  b: BrowserUser;
  c: BrowserUser;
  room1: string;
  room2: string;
  stream: string;
}

beforeAll(async () => {
  testCluster = await TestCluster.withConsole({ sessionGraceMs: 1500 });
  bus = await Bus.connect({ url: testCluster.cluster.natsUrl, name: 'e2e' });
  watch = new MediaWatch(bus, ['nd_1']);
  app = await testCluster.createApp({ multiRoom: true });
  browser = await launchBrowser();
  cast = await begin('');
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await bus?.close();
  await testCluster?.close();
});

function open(userId: string, gateway: 0 | 1): Promise<BrowserUser> {
  return BrowserUser.open(browser, testCluster.cluster.consoleUrl!, {
    appId: app.appId,
    appSign: app.appSign,
    gatewayUrl: testCluster.cluster.gateways[gateway]!.wsUrl,
    userId,
  });
}

/** A publishes into room1 and shares into room2; B plays it in room2, C in both. */
async function begin(story: string): Promise<Cast> {
  const [room1, room2] = [`${story}room1`, `${story}room2`];
  const stream = `${story}camera-of-a`;
  const [a, b, c] = await Promise.all([open(`${story}a`, 0), open(`${story}b`, 1), open(`${story}c`, 1)]);
  for (const [user, roomId] of [
    [a, room1],
    [a, room2],
    [b, room2],
    [c, room1],
    [c, room2],
  ] as const) {
    expect(await user.login(roomId)).toBe(0);
  }
  await a.publish(stream, room1);
  await a.share(stream, room2);
  await b.play(stream, room2);
  await c.play(stream, room1);
  await c.play(stream, room2);
  await Promise.all([expectMediaToFlow(b), expectMediaToFlow(c)]);
  return { a, b, c, room1, room2, stream };
}

test('delivers A’s stream to B in room2, to C once for both rooms, and not to D', async () => {
  const { b, c, room1, room2, stream } = cast;
  const d = await open('d', 0);
  expect(await d.login('room3')).toBe(0);
  await waitFor(async () => (await c.record()).streamUpdates.length > 1, {
    describe: 'C to be notified twice',
  });
  expect((await b.record()).streamUpdates).toEqual([{ roomID: room2, updateType: 0, streamIDs: [stream] }]);
  expect((await c.record()).streamUpdates.map((update) => update.roomID).sort()).toEqual([room1, room2]);

  const viewer = await watch.sessionOf(c.userId);
  expect(viewer?.downlinks).toHaveLength(1);
  expect(viewer?.downlinks[0]).toMatchObject({ streamId: stream, consumers: 2 });
  expect([...viewer!.downlinks[0]!.roomIds].sort()).toEqual([room1, room2]);
  // The sessions are on both workers, so the stream is piped once, regardless of the number of viewers.
  const dump = await watch.dump('nd_1');
  expect(new Set(dump.sessions.map((session) => session.workerPid)).size).toBe(2);
  expect(dump.pipes.filter(({ streamId }) => streamId === stream)).toHaveLength(1);

  expect((await d.record()).streamUpdates).toEqual([]);
  // The stream is in none of D's rooms: playing it waits until it appears there.
  await d.play(stream, 'room3');
  await expectFlow(d, { audio: false, video: false });
  expect((await d.record()).playerStates.at(-1)).toMatchObject({ streamID: stream, state: 1 });
  await d.close();
});

test('uses one socket, one sending and at most one receiving peer connection in five rooms', async () => {
  const { a, c } = cast;
  for (const room of ['room4', 'room5', 'room6']) {
    expect(await a.login(room)).toBe(0);
  }
  const record = await a.record();
  expect(record.socketsMade).toBe(1);
  // A only publishes: one sending connection, and no receiving one.
  expect(record.peerConnections.everConnected).toBe(1);
  expect(record.peerConnections.open).toBeLessThanOrEqual(2);
  const publisher = await watch.sessionOf(a.userId);
  const send = publisher!.transports.filter((transport) => transport.direction === 'send');
  const recv = publisher!.transports.filter((transport) => transport.direction === 'recv');
  expect(send).toMatchObject([{ dtlsState: 'connected', handshakes: 1 }]);
  expect(recv.length).toBeLessThanOrEqual(1);
  expect(await watch.handshakesOf(c.userId)).toBe(1);
});

test('gets key frames to viewers that join within milliseconds of each other', async () => {
  const { a, room2, stream } = cast;
  const before = await a.uplinkStats();
  const viewers = await Promise.all(
    ['e', 'f', 'g', 'h'].map((userId, index) => open(userId, index % 2 ? 1 : 0)),
  );
  for (const viewer of viewers) {
    await viewer.timeToFirstFrame(room2, stream, 'at once');
  }
  // A browser ignores key frame requests within 300 ms of another; the worker repeats them after a second.
  await waitFor(
    async () => {
      const { keyFrameRequests, keyFrames } = await a.uplinkStats();
      const asked = keyFrameRequests - before.keyFrameRequests;
      return asked > 0 && keyFrames - before.keyFrames >= asked;
    },
    { timeoutMs: 5000, describe: 'every request for a key frame to be answered' },
  );
  await Promise.all(viewers.map((viewer) => viewer.logout()));
  await Promise.all(viewers.map((viewer) => viewer.close()));
});

test('restarts ICE on the existing connections after a network change', async () => {
  const { c } = cast;
  const ways = (): Promise<unknown[]> =>
    c.page.evaluate(() =>
      (window as never as { madePeers: RTCPeerConnection[] }).madePeers
        .filter(({ signalingState }) => signalingState !== 'closed')
        .map(({ remoteDescription }) => /a=ice-ufrag:.*/.exec(remoteDescription?.sdp ?? '')?.[0]),
    );
  const before = await ways();
  await c.page.evaluate(() => void window.dispatchEvent(new Event('online')));
  await waitFor(async () => (await ways()).join() !== before.join(), { describe: 'other credentials' });
  await expectMediaToFlow(c);
  expect(await ways()).toHaveLength(before.length);
  expect(await watch.handshakesOf(c.userId)).toBe(1);
  expect((await c.record()).playerStates.filter(({ state }) => state === 0)).toEqual([]);
});

test('delivers messages in their room only', async () => {
  const { a, b, c, room1, room2 } = cast;
  const d = await open('outsider', 0);
  expect(await d.login('room3')).toBe(0);
  expect(await a.send(room2, 'to room2')).toBe(0);
  for (const member of [b, c]) {
    await waitFor(async () => (await member.record()).messages.length > 0, {
      describe: `the message at ${member.userId}`,
    });
    expect((await member.record()).messages).toEqual([{ roomID: room2, message: 'to room2' }]);
  }
  expect(await d.send(room1, 'from outside')).toBe(1009005);
  expect((await d.record()).messages).toEqual([]);
  await d.close();
});

test('ends the share in room1 when it is left, without a lost frame in room2', async () => {
  const { a, b, c, room1, room2 } = await begin('left-');
  const before = { ...(await b.playStats()), ...(await a.uplinkStats()) };
  await a.logout(room1);
  await waitFor(
    async () => {
      const { streamUpdates } = await c.record();
      return streamUpdates.some((update) => update.roomID === room1 && update.updateType === 1);
    },
    { describe: 'C to lose the stream in room1' },
  );
  await waitFor(async () => (await watch.sessionOf(c.userId))?.downlinks[0]?.roomIds.join() === room2, {
    describe: 'the binding of room1 to be removed',
  });
  expect((await b.record()).streamUpdates.filter((update) => update.updateType === 1)).toEqual([]);
  await expectMediaToFlow(b);
  await expectMediaToFlow(c);
  // A viewer that loses packets, or resumes after a pause, would request a key frame.
  expect({ ...(await b.playStats()), ...(await a.uplinkStats()) }).toMatchObject({
    packetsLost: before.packetsLost,
    keyFrameRequests: before.keyFrameRequests,
  });
  // The same consumers continue: neither viewer opened a new connection.
  expect((await c.record()).peerConnections.everConnected).toBe(1);
  await Promise.all([a, b, c].map((user) => user.close()));
});

test('ends the stream in all rooms with logoutRoom() without an ID', async () => {
  const { a, b, c, room2, stream } = await begin('ended-');
  await a.logout();
  await waitFor(
    async () => {
      const { streamUpdates } = await b.record();
      return streamUpdates.some((update) => update.roomID === room2 && update.updateType === 1);
    },
    { describe: 'B to lose the stream' },
  );
  await waitFor(async () => (await watch.sessionOf(a.userId)) === undefined, {
    describe: 'the session of A to close',
  });
  for (const viewer of [b, c]) {
    await waitFor(async () => (await watch.sessionOf(viewer.userId))?.downlinks.length === 0, {
      describe: `the downlink of ${viewer.userId} to close`,
    });
  }
  await waitFor(async () => (await watch.dump('nd_1')).pipes.every(({ streamId }) => streamId !== stream), {
    describe: 'the pipes to close',
  });
  expect(await testCluster.cluster.admin.listUserRooms(app.appId, a.userId)).toEqual([]);
  await Promise.all([a, b, c].map((user) => user.close()));
});

test('leaves nothing on the media node after the pages are closed', async () => {
  const { a, b, c, stream } = await begin('closed-');
  const users = [a, b, c];
  await Promise.all(users.map((user) => user.close()));
  await waitFor(
    async () => {
      const { pipes, sessions } = await watch.dump('nd_1');
      return (
        pipes.every(({ streamId }) => streamId !== stream) &&
        sessions.every(({ userId }) => users.every((user) => user.userId !== userId))
      );
    },
    { timeoutMs: 10_000, describe: 'the sessions and pipes to close' },
  );
  expect(users.flatMap((user) => user.consoleErrors)).toEqual([]);
});

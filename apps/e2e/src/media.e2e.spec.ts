import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { mediaRpc, type ReplyOf } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { type Browser } from 'playwright-core';
import { BrowserUser, launchBrowser } from '@polyroom/cluster';
import { type TestApp, TestCluster } from './support/test-cluster.js';

/**
 * The core feature in a real browser: one camera, one connection, several rooms. A publishes into room1 and
 * shares into room2; B is in room2, C in both, D in room3 only.
 */
const stream = 'camera-of-a';
let testCluster: TestCluster;
let bus: Bus;
let browser: Browser;
let app: TestApp;
let a: BrowserUser;
let b: BrowserUser;
let c: BrowserUser;
let d: BrowserUser;

beforeAll(async () => {
  testCluster = await TestCluster.withConsole({ sessionGraceMs: 1500 });
  bus = await Bus.connect({ url: testCluster.cluster.natsUrl, name: 'e2e' });
  app = await testCluster.createApp({ multiRoom: true });
  browser = await launchBrowser();
  [a, b, c, d] = await Promise.all([open('a', 0), open('b', 1), open('c', 1), open('d', 0)]);
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

type NodeDump = ReplyOf<typeof mediaRpc.dumpNode>;

function dumpNode(): Promise<NodeDump> {
  return bus.requestNode(mediaRpc.dumpNode, 'nd_1', {});
}

async function sessionOf(userId: string): Promise<NodeDump['sessions'][number] | undefined> {
  return (await dumpNode()).sessions.find((session) => session.userId === userId);
}

/** Waits until the viewer has decoded more frames and received more audio packets than now. */
async function expectMediaToFlow(viewer: BrowserUser): Promise<void> {
  const before = await viewer.playStats();
  await waitFor(
    async () => {
      const now = await viewer.playStats();
      return now.framesDecoded >= before.framesDecoded + 10 && now.audioPackets >= before.audioPackets + 10;
    },
    { timeoutMs: 15_000, describe: `frames and audio to grow at ${viewer.userId}` },
  );
}

describe('one camera in several rooms', () => {
  test('delivers A’s stream to B in room2, to C once for both rooms, and not to D', async () => {
    expect(await a.login('room1')).toBe(0);
    expect(await a.login('room2')).toBe(0);
    expect(await b.login('room2')).toBe(0);
    expect(await c.login('room1')).toBe(0);
    expect(await c.login('room2')).toBe(0);
    expect(await d.login('room3')).toBe(0);

    await a.publish(stream, 'room1');
    await a.share(stream, 'room2');
    await waitFor(async () => (await b.record()).streamUpdates.length > 0, {
      timeoutMs: 5000,
      describe: 'B to be notified',
    });
    await waitFor(async () => (await c.record()).streamUpdates.length > 1, {
      timeoutMs: 5000,
      describe: 'C to be notified twice',
    });
    expect((await b.record()).streamUpdates).toEqual([
      { roomID: 'room2', updateType: 0, streamIDs: [stream] },
    ]);
    expect((await c.record()).streamUpdates.map((update) => update.roomID).sort()).toEqual([
      'room1',
      'room2',
    ]);

    await b.play(stream, 'room2');
    await c.play(stream, 'room1');
    await c.play(stream, 'room2');
    await expectMediaToFlow(b);
    await expectMediaToFlow(c);

    const viewer = await sessionOf('c');
    expect(viewer?.downlinks).toHaveLength(1);
    expect(viewer?.downlinks[0]).toMatchObject({ streamId: stream, consumers: 2 });
    expect([...viewer!.downlinks[0]!.roomIds].sort()).toEqual(['room1', 'room2']);
    // The sessions are on both workers, so the stream is piped once, regardless of the number of viewers.
    const dump = await dumpNode();
    expect(new Set(dump.sessions.map((session) => session.workerPid)).size).toBe(2);
    expect(dump.pipes.length).toBeGreaterThan(0);
    expect(new Set(dump.pipes.map((pipe) => pipe.streamId))).toEqual(new Set([stream]));

    expect((await d.record()).streamUpdates).toEqual([]);
    expect(await d.playStats()).toMatchObject({ framesDecoded: 0, audioPackets: 0 });
    // The stream is in none of D's rooms: playing it waits until it appears there.
    await d.play(stream, 'room3');
    expect(await d.playStats()).toMatchObject({ framesDecoded: 0, audioPackets: 0 });
    expect((await d.record()).playerStates.at(-1)).toMatchObject({ streamID: stream, state: 1 });
  }, 90_000);

  test('uses one socket, one sending and at most one receiving peer connection in five rooms', async () => {
    for (const room of ['room4', 'room5', 'room6']) {
      expect(await a.login(room)).toBe(0);
    }
    const record = await a.record();
    expect(record.socketsMade).toBe(1);
    // A only publishes: one sending connection, and no receiving one.
    expect(record.peerConnections.everConnected).toBe(1);
    expect(record.peerConnections.open).toBeLessThanOrEqual(2);
    const publisher = await sessionOf('a');
    const send = publisher!.transports.filter((transport) => transport.direction === 'send');
    const recv = publisher!.transports.filter((transport) => transport.direction === 'recv');
    expect(send).toMatchObject([{ dtlsState: 'connected', handshakes: 1 }]);
    expect(recv.length).toBeLessThanOrEqual(1);
    const viewer = await sessionOf('c');
    expect(viewer!.transports.reduce((sum, transport) => sum + transport.handshakes, 0)).toBe(1);
  });

  test('gets key frames to viewers that join within milliseconds of each other', async () => {
    const before = await a.uplinkStats();
    const viewers = await Promise.all(
      ['e', 'f', 'g', 'h'].map((userId, index) => open(userId, index % 2 ? 1 : 0)),
    );
    for (const viewer of viewers) {
      await viewer.timeToFirstFrame('room2', stream, 'at once');
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
  }, 60_000);

  test('restarts ICE on the existing connections after a network change', async () => {
    const ways = (): Promise<unknown[]> =>
      c.page.evaluate(() =>
        (window as never as { madePeers: RTCPeerConnection[] }).madePeers
          .filter(({ signalingState }) => signalingState !== 'closed')
          .map(({ remoteDescription }) => /a=ice-ufrag:.*/.exec(remoteDescription?.sdp ?? '')?.[0]),
      );
    const before = await ways();
    await c.page.evaluate(() => void window.dispatchEvent(new Event('online')));
    await waitFor(async () => (await ways()).join() !== before.join(), {
      timeoutMs: 5000,
      describe: 'other credentials',
    });
    await expectMediaToFlow(c);
    expect(await ways()).toHaveLength(before.length);
    const viewer = await sessionOf('c');
    expect(viewer!.transports.reduce((sum, transport) => sum + transport.handshakes, 0)).toBe(1);
    expect((await c.record()).playerStates.filter(({ state }) => state === 0)).toEqual([]);
  });

  test('delivers messages in their room only', async () => {
    expect(await a.send('room2', 'to room2')).toBe(0);
    for (const member of [b, c]) {
      await waitFor(async () => (await member.record()).messages.length > 0, {
        describe: `the message at ${member.userId}`,
      });
      expect((await member.record()).messages).toEqual([{ roomID: 'room2', message: 'to room2' }]);
    }
    expect((await d.record()).messages).toEqual([]);
    expect(await d.send('room1', 'from outside')).toBe(1009005);
  });

  test('ends the share in room1 when it is left, without a lost frame in room2', async () => {
    const before = { ...(await b.playStats()), ...(await a.uplinkStats()) };
    await a.logout('room1');
    await waitFor(
      async () => {
        const { streamUpdates } = await c.record();
        return streamUpdates.some((update) => update.roomID === 'room1' && update.updateType === 1);
      },
      { timeoutMs: 5000, describe: 'C to lose the stream in room1' },
    );
    await waitFor(async () => (await sessionOf('c'))?.downlinks[0]?.roomIds.join() === 'room2', {
      timeoutMs: 5000,
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
  }, 60_000);

  test('ends the stream in all rooms with logoutRoom() without an ID', async () => {
    await a.logout();
    await waitFor(
      async () => {
        const { streamUpdates } = await b.record();
        return streamUpdates.some((update) => update.roomID === 'room2' && update.updateType === 1);
      },
      { timeoutMs: 5000, describe: 'B to lose the stream' },
    );
    await waitFor(async () => (await sessionOf('a')) === undefined, {
      timeoutMs: 5000,
      describe: 'the session of A to close',
    });
    await waitFor(async () => (await sessionOf('b'))?.downlinks.length === 0, {
      timeoutMs: 5000,
      describe: 'the downlink of B',
    });
    await waitFor(async () => (await dumpNode()).pipes.length === 0, { describe: 'the pipes to close' });
    expect(await testCluster.cluster.admin.listUserRooms(app.appId, 'a')).toEqual([]);
  });

  test('leaves nothing on the media node after the pages are closed', async () => {
    await Promise.all([b.close(), c.close(), d.close()]);
    await waitFor(async () => (await dumpNode()).sessions.length === 0, {
      timeoutMs: 10_000,
      describe: 'an empty node',
    });
    expect(a.consoleErrors).toEqual([]);
  }, 30_000);
});

import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { BrowserUser, launchBrowser, type UserRecord } from '@polyroom/cluster';
import { waitFor } from '@polyroom/testing';
import { type Browser } from 'playwright-core';
import { type TestApp, TestCluster } from './support/test-cluster.js';

/** Nothing listens there: clients that reach the media node directly need no TURN server. */
const turnUrl = 'turn:127.0.0.1:9?transport=udp';
const turn = { POLYROOM_TURN_URLS: turnUrl, POLYROOM_TURN_SECRET: 'shared with the TURN server' };

/** Publishes a steady tone, so it is always the active speaker. */
let testCluster: TestCluster;
let browser: Browser;
let app: TestApp;
let a: BrowserUser;
let b: BrowserUser;
/** In the room at another gateway, and plays nothing. */
let c: BrowserUser;

beforeAll(async () => {
  testCluster = await TestCluster.withConsole({ gatewayEnv: turn });
  app = await testCluster.createApp({ multiRoom: true });
  browser = await launchBrowser();
  [a, b, c] = await Promise.all([open('a', 0), open('b', 1), open('c', 1)]);
  expect(await c.login('room2')).toBe(0);
  for (const room of ['room1', 'room2']) {
    expect(await a.login(room)).toBe(0);
    expect(await b.login(room)).toBe(0);
  }
  await a.publish('camera', 'room1', 'tone');
  await a.share('camera', 'room2');
  await b.play('camera', 'room1');
  await b.play('camera', 'room2');
}, 180_000);
afterAll(async () => {
  await browser?.close();
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

async function waitForRecord(
  user: BrowserUser,
  describe: string,
  isThere: (record: UserRecord) => boolean,
): Promise<void> {
  await waitFor(async () => isThere(await user.record()), { timeoutMs: 20_000, describe });
}

test('reports quality to publisher and viewer, with the rooms of the stream', async () => {
  const isFlowing = (fps: number | undefined): boolean => (fps ?? 0) > 5;
  await waitForRecord(a, 'the quality of what a sends', ({ publisherQuality }) =>
    isFlowing(publisherQuality['camera']?.quality['videoSendFPS']),
  );
  await waitForRecord(b, 'the quality of what b plays', ({ playerQuality }) =>
    isFlowing(playerQuality['camera']?.quality['videoDecodeFPS']),
  );
  const sent = (await a.record()).publisherQuality['camera']!;
  const played = (await b.record()).playerQuality['camera']!;
  expect(sent.roomIDs).toEqual(['room1', 'room2']);
  expect(sent.quality['videoKBPS']).toBeGreaterThan(10);
  expect(sent.quality['audioSendFPS']).toBeGreaterThan(10);
  expect(sent.quality['videoCodecID']).toBe(2);
  expect(played.roomIDs).toEqual(['room1', 'room2']);
  expect(played.quality['totalRecvBytes']).toBeGreaterThan(10_000);
  expect(played.quality['packetLostRate']).toBeLessThan(0.5);
  expect(played.quality['mos']).toBeGreaterThan(1);
});

test('reports network quality only for the directions in use', async () => {
  await waitForRecord(a, 'the network of a', ({ networkQuality }) =>
    networkQuality.some(([up, down]) => up < 4 && down === 5),
  );
  await waitForRecord(b, 'the network of b', ({ networkQuality }) =>
    networkQuality.some(([up, down]) => up === 5 && down < 4),
  );
});

test('reports captured and remote sound levels while enabled', async () => {
  await a.listenToLevels();
  await b.listenToLevels();
  await waitForRecord(a, 'the tone at a', ({ loudest }) => loudest.captured > 20);
  await waitForRecord(b, 'the tone at b', ({ loudest }) => (loudest.remote['camera'] ?? 0) > 20);
  expect((await b.record()).loudest.captured).toBe(0);
});

test('configures the TURN server on both connections, with credentials of their user', async () => {
  const { iceServers } = await a.record();
  const known = iceServers.filter((servers) => servers.length > 0);
  expect(known.length).toBeGreaterThan(0);
  for (const [server] of known) {
    expect(server).toMatchObject({ urls: [turnUrl] });
    const { credential, username } = server!;
    expect(username).toMatch(new RegExp(`^\\d{10}:${app.appId}-a$`));
    const signed = createHmac('sha1', turn.POLYROOM_TURN_SECRET).update(username!).digest('base64');
    expect(credential).toBe(signed);
  }
});

test('exports the traffic of the workers as metrics', async () => {
  const sumOf = (text: string, metric: string): number =>
    [...text.matchAll(new RegExp(`^polyroom_media_worker_${metric}.* ([\\d.e+]+)$`, 'gm'))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    );
  await waitFor(
    async () => {
      const text = await (await fetch(`${testCluster.cluster.monitorUrlOf('media-1')}/metrics`)).text();
      return ['in', 'out'].every((direction) => {
        const bytes = sumOf(text, `bytes_total{[^}]*direction="${direction}"}`);
        return bytes > 10_000 && sumOf(text, 'consumers') >= 2 && sumOf(text, 'producers') >= 2;
      });
    },
    { timeoutMs: 20_000, describe: 'the bytes of the camera' },
  );
});

test('reports the dominant speaker to all members, and none once it is muted in the room', async () => {
  const isA = (room: string, record: UserRecord): boolean =>
    record.dominantSpeakers.some(
      ({ roomID, streamID, userID }) => roomID === room && streamID === 'camera' && userID === 'a',
    );
  await waitForRecord(c, 'c to be notified of a', (record) => isA('room2', record));
  await waitForRecord(a, 'a to be notified of itself in both rooms', (record) =>
    ['room1', 'room2'].every((room) => isA(room, record)),
  );
  expect((await c.record()).dominantSpeakers.every(({ roomID }) => roomID === 'room2')).toBe(true);

  await a.mute('audio', true, 'room2');
  await waitForRecord(c, 'c to be notified that there is no speaker', ({ dominantSpeakers }) => {
    const last = dominantSpeakers.at(-1)!;
    return last.userID === '' && last.streamID === '';
  });
});

import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { BrowserUser, launchBrowser } from '@polyroom/cluster';
import { type PayloadOf, recordingFileClosed } from '@polyroom/contracts';
import { issueNativeToken } from '@polyroom/tokens';
import { probeMedia, processesWith, waitFor } from '@polyroom/testing';
import { type Browser } from 'playwright-core';
import { MediaWatch } from './support/media-watch.js';
import { type TestApp, TestCluster } from './support/test-cluster.js';
import { WhipPage } from './support/whip-page.js';

/** Streams published by browsers are recorded to playable files, across failures. */
const recordedMs = 10_000;

interface View {
  recordingId: string;
  roomId?: string;
  streamId?: string;
  recordings: { streamId: string; nodeId: string; files: number; file?: { path: string; kinds: string[] } }[];
}

let dir: string;
let testCluster: TestCluster;
let bus: Bus;
let watch: MediaWatch;
let browser: Browser;
let app: TestApp;
let anna: BrowserUser;
let ben: BrowserUser;
const files: PayloadOf<typeof recordingFileClosed>[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'polyroom-recordings-'));
  testCluster = await TestCluster.withInterop(1, {
    mediaNodes: 2,
    recorderInstances: 2,
    mediaWorkers: 1,
    sessionGraceMs: 1500,
    mediaEnv: { POLYROOM_RECORDING_DIR: dir },
  });
  bus = await Bus.connect({ url: testCluster.cluster.natsUrl, name: 'e2e' });
  bus.subscribe(recordingFileClosed, {}, (fact) => void files.push(fact));
  watch = new MediaWatch(bus, ['nd_1', 'nd_2']);
  app = await testCluster.createApp({ multiRoom: true });
  browser = await launchBrowser();
  [anna, ben] = (await Promise.all(
    ['anna', 'ben'].map((userId) =>
      BrowserUser.open(browser, testCluster.cluster.consoleUrl!, {
        appId: app.appId,
        appSign: app.appSign,
        gatewayUrl: testCluster.cluster.gateways[0]!.wsUrl,
        userId,
      }),
    ),
  )) as [BrowserUser, BrowserUser];
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await bus?.close();
  await testCluster?.close();
  await rm(dir, { recursive: true, force: true });
});

const url = (path: string) => `/v1/admin/apps/${app.appId}${path}`;
const begin = (path: string) => testCluster.cluster.admin.send('POST', url(path)) as Promise<View>;
const list = async () =>
  ((await testCluster.cluster.admin.send('GET', url('/recordings'))) as { recordings: View[] }).recordings;
const ask = (gateway: 0 | 1, method: string, path: string): Promise<Response> =>
  fetch(`${testCluster.cluster.gateways[gateway]!.httpUrl}${url(path)}`, {
    method,
    headers: { authorization: `Bearer ${testCluster.cluster.adminToken}` },
  });
const endAt = (gateway: 0 | 1, recordingId: string) => ask(gateway, 'DELETE', `/recordings/${recordingId}`);

/** An encoder that publishes in the room over WHIP. */
async function encode(streamId: string, codec: string): Promise<WhipPage> {
  const { appId, serverSecret: secret } = app;
  const token = await issueNativeToken({ appId, userId: 'encoder', secret, effectiveTimeSeconds: 600 });
  const page = await WhipPage.open(browser, `${testCluster.cluster.gateways[1]!.httpUrl}/healthz`);
  const whip = `${testCluster.cluster.interopUrls[0]}/v1/apps/${appId}/rooms/lesson/streams/${streamId}/whip`;
  const { status } = await page.publish(whip, token, { codec: `video/${codec}` });
  expect(status).toBe(201);
  return page;
}

/** Frames that a browser has sent in total, of its highest layer. */
const framesSent = (user: BrowserUser): Promise<number> =>
  user.page.evaluate(async () => {
    const { madePeers } = window as never as { madePeers: RTCPeerConnection[] };
    const reports = await Promise.all(madePeers.map((peer) => peer.getStats()));
    const frames = reports.flatMap((report) =>
      [...report.values()]
        .filter(({ kind, type }) => type === 'outbound-rtp' && kind === 'video')
        .map(({ framesSent: count }) => Number(count ?? 0)),
    );
    return Math.max(0, ...frames);
  });

test('records a room, later publishers included, until another gateway ends the recording', async () => {
  for (const user of [anna, ben]) {
    expect(await user.login('lesson')).toBe(0);
  }
  const { recordingId, recordings } = await begin('/rooms/lesson/recordings');
  expect(recordings).toEqual([]);
  // Large enough for two layers; the highest one is recorded.
  await anna.page.evaluate(() => {
    const { mediaDevices } = navigator;
    const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = (constraints) =>
      getUserMedia({ ...constraints, video: { width: 640, height: 480, frameRate: 20 } });
  });
  await anna.publish('camera-of-anna', 'lesson', 'tone');
  const isWritten = async () => (await list())[0]?.recordings.some(({ file }) => file?.kinds.length === 2);
  await waitFor(isWritten, { timeoutMs: 15_000, describe: 'the first stream to be recorded' });
  await ben.publish('camera-of-ben', 'lesson', 'tone');
  const areTwo = async () =>
    (await list())[0]?.recordings.filter(({ file }) => file !== undefined).length === 2;
  await waitFor(areTwo, { timeoutMs: 15_000, describe: 'the second stream to be recorded' });
  await expect(begin('/rooms/lesson/recordings')).rejects.toMatchObject({
    errorName: 'RECORDING_ALREADY_RUNNING',
  });

  const sentBefore = await framesSent(anna);
  const sinceMs = Date.now();
  await sleep(recordedMs);
  const sent = (await framesSent(anna)) - sentBefore;
  const sentPerSecond = (sent * 1000) / (Date.now() - sinceMs);
  const answer = await endAt(1, recordingId);
  expect([answer.status, await answer.json()]).toEqual([200, { streams: 2 }]);
  expect(await list()).toEqual([]);
  expect((await endAt(1, recordingId)).status).toBe(404);

  await waitFor(() => files.length === 2, { timeoutMs: 5000, describe: 'the facts of both files' });
  for (const { file, streamId, userId } of files) {
    expect(streamId).toBe(`camera-of-${userId}`);
    expect(file.path).toMatch(
      new RegExp(`^app-${app.appId}/room-lesson/${streamId}\\.\\d{8}T\\d{9}Z\\.mkv$`),
    );
    for (const path of [`app-${app.appId}`, dirname(file.path), file.path, `${file.path}.json`]) {
      expect((await stat(join(dir, path))).mode & 0o077).toBe(0);
    }
    const { complaints, heights, seconds, tracks } = probeMedia(join(dir, file.path));
    expect(complaints).toBe('');
    // A key frame is requested every second, and a new stream may ignore the first request.
    expect(seconds).toBeGreaterThan(recordedMs / 1000 - 2.5);
    expect(Math.abs(seconds - (file.endedAtMs - file.startedAtMs) / 1000)).toBeLessThan(0.5);
    expect(tracks).toMatchObject({ audio: { codec: 'opus' }, video: { codec: 'vp8' } });
    // 20 ms per frame; and every frame that the browser sent, except around start and end.
    expect(Math.abs(tracks.audio!.frames / (seconds * 50) - 1)).toBeLessThan(0.05);
    expect(heights.at(-1)).toBe(userId === 'anna' ? 480 : 240);
    if (userId === 'anna') {
      expect(Math.abs(tracks.video!.frames / (seconds * sentPerSecond) - 1)).toBeLessThan(0.1);
    }
    process.stdout.write(
      `${streamId}: ${seconds.toFixed(2)} s, ${heights.join(', then ')} lines, ${tracks.video!.frames} video frames (${sentPerSecond.toFixed(1)}/s sent), ` +
        `${tracks.audio!.frames} audio frames\n`,
    );
  }
}, 90_000);

test('continues a stream that moves to another node in the next file', async () => {
  files.length = 0;
  const { recordingId, recordings } = await begin('/streams/camera-of-anna/recordings');
  expect(recordings).toMatchObject([{ streamId: 'camera-of-anna', file: { kinds: ['audio', 'video'] } }]);
  const { nodeId } = recordings[0]!;
  const dying = testCluster.cluster.process(nodeId.replace('nd_', 'media-'));
  await sleep(3000);
  dying.kill('SIGKILL');
  const path = join(dir, recordings[0]!.file!.path);
  const isWithoutFfmpeg = async () => (await processesWith(path)).length === 0;
  await waitFor(isWithoutFfmpeg, {
    timeoutMs: 5000,
    describe: 'the ffmpeg of the killed node to end with it',
  });
  const isElsewhere = async () => {
    const [view] = await list();
    const now = view?.recordings[0];
    return now?.file !== undefined && now.nodeId !== nodeId;
  };
  await waitFor(isElsewhere, { timeoutMs: 20_000, describe: 'the recording at the other node' });
  await sleep(2000);
  expect((await endAt(0, recordingId)).status).toBe(200);
  await waitFor(() => files.length === 1, { timeoutMs: 5000, describe: 'the file of the other node' });
  const names = (await readdir(join(dir, `app-${app.appId}`, 'streams'))).sort();
  // The file of the killed node keeps its temporary name, and is playable.
  expect(names.map((name) => name.slice(name.indexOf('Z') + 1))).toEqual(['.mkv.part', '.mkv', '.mkv.json']);
  for (const name of names.slice(0, 2)) {
    const { tracks } = probeMedia(join(dir, `app-${app.appId}`, 'streams', name));
    expect(tracks.audio!.frames).toBeGreaterThan(50);
    expect(tracks.video!.frames).toBeGreaterThan(20);
  }
}, 90_000);

test('records H264 from an encoder without transcoding, and refuses VP9', async () => {
  files.length = 0;
  const h264 = await encode('H264', 'H264');
  const { recordingId } = await begin('/streams/H264/recordings');
  const hasBegun = async () =>
    (await readdir(join(dir, `app-${app.appId}`, 'streams'))).some((name) => name.startsWith('H264.'));
  await waitFor(hasBegun, { timeoutMs: 10_000, describe: 'the file' });
  await sleep(3000);
  expect((await endAt(1, recordingId)).status).toBe(200);
  await h264.page.close();
  await waitFor(() => files.length === 1, { timeoutMs: 5000, describe: 'the fact of the file' });
  const { complaints, seconds, tracks } = probeMedia(join(dir, files[0]!.file.path));
  // Two lines per damaged frame: an overloaded machine may lose a packet, which damages that frame, not the
  // file.
  expect(complaints.split('\n').length).toBeLessThanOrEqual(2 * 2 + 1);
  expect(tracks).toMatchObject({ audio: { codec: 'opus' }, video: { codec: 'h264' } });
  expect(tracks.video!.frames).toBeGreaterThan(seconds * 10);

  const vp9 = await encode('VP9', 'VP9');
  await expect(begin('/streams/VP9/recordings')).rejects.toMatchObject({
    errorName: 'RECORDING_CODEC_UNSUPPORTED',
  });
  await vp9.page.close();
}, 60_000);

test('continues a room recording after its recorder is killed', async () => {
  files.length = 0;
  const { recordingId } = await begin('/rooms/lesson/recordings');
  const begun = () => testCluster.logsWith(recordingId).find((line) => line.includes('recording begun'));
  await waitFor(() => begun() !== undefined, { timeoutMs: 5000, describe: 'the line of the owner' });
  const owner = begun()!.split(' ')[0]!;
  expect(owner).toMatch(/^recorder-[12]$/);
  const streamsOf = (view?: View) =>
    view?.recordings.flatMap(({ file, streamId }) => (file?.kinds.length === 2 ? streamId : [])).sort();
  const areRecorded = (streamIds: string[]) => async () => {
    const views = await list();
    expect(views.map((view) => view.recordingId)).toEqual([recordingId]);
    return streamsOf(views[0])?.join() === streamIds.join();
  };
  const cameras = ['camera-of-anna', 'camera-of-ben'];
  await waitFor(areRecorded(cameras), { timeoutMs: 15_000, describe: 'both cameras to be recorded' });
  // Parts before the first video frame are in a file of their own.
  files.length = 0;
  const pathsOf = (view?: View) => view!.recordings.map(({ file }) => file!.path).sort();
  const paths = pathsOf((await list())[0]);
  testCluster.cluster.process(owner).kill('SIGKILL');
  const late = await encode('late', 'H264');
  await waitFor(areRecorded([...cameras, 'late']), {
    timeoutMs: 20_000,
    describe: 'the stream that was published after the kill to be recorded',
  });
  expect(testCluster.logsWith(recordingId).some((line) => line.includes('recording order taken over'))).toBe(
    true,
  );
  await sleep(2000);
  const answer = await endAt(1, recordingId);
  expect([answer.status, await answer.json()]).toEqual([200, { streams: 3 }]);
  await late.page.close();
  const withPicture = () => files.filter(({ file }) => file.kinds.length === 2);
  await waitFor(() => withPicture().length === 3, { timeoutMs: 5000, describe: 'the facts of all files' });
  for (const { file, streamId, recordingId: id } of withPicture()) {
    expect(id).toBe(recordingId);
    // The media nodes keep recording: one file per camera, across the kill.
    expect({ streamId, isOld: paths.includes(file.path) }).toEqual({ streamId, isOld: streamId !== 'late' });
    expect(probeMedia(join(dir, file.path)).tracks).toMatchObject({ audio: {}, video: {} });
  }
  expect(await list()).toEqual([]);
  await testCluster.cluster.ready();
}, 90_000);

test('continues a recording without the gateway that started it, and ends it at another gateway', async () => {
  files.length = 0;
  const begun = (await (await ask(1, 'POST', '/streams/camera-of-anna/recordings')).json()) as View;
  await sleep(1500);
  testCluster.cluster.process('gateway-2').kill('SIGKILL');
  await sleep(1500);
  expect(await list()).toMatchObject([
    { recordingId: begun.recordingId, recordings: [{ streamId: 'camera-of-anna' }] },
  ]);
  expect(await (await endAt(0, begun.recordingId)).json()).toEqual({ streams: 1 });
  await waitFor(() => files.length === 1, { timeoutMs: 5000, describe: 'the fact of the file' });
  expect(probeMedia(join(dir, files[0]!.file.path)).tracks).toMatchObject({ audio: {}, video: {} });
  expect(await list()).toEqual([]);
}, 60_000);

test('refuses an unknown or invalid ID with its code', async () => {
  await expect(begin('/rooms/nowhere/recordings')).rejects.toMatchObject({
    errorName: 'ROOM_ROOMID_INCORRECT',
  });
  await expect(begin('/streams/nothing/recordings')).rejects.toMatchObject({
    errorName: 'PLAYER_PLAY_STREAM_NOT_EXIST',
  });
  await expect(begin('/streams/a%2fb/recordings')).rejects.toMatchObject({
    errorName: 'COMMON_STREAM_ID_INVALID_CHARACTER',
  });
  for (const [id, status] of [
    ['nonsense', 400],
    [`rc_1_${'0'.repeat(32)}`, 404],
    [`rc_gone_${'0'.repeat(32)}`, 404],
  ] as const) {
    expect((await endAt(0, id)).status).toBe(status);
  }
  const unauthorized = await fetch(`${testCluster.cluster.gateways[0]!.httpUrl}${url('/recordings')}`);
  expect(unauthorized.status).toBe(401);
  expect((await watch.sessionOf('anna'))?.upstreams).toHaveLength(1);
});

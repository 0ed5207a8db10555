import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { BrowserUser, launchBrowser } from '@polyroom/cluster';
import { type PayloadOf, recordingFileClosed } from '@polyroom/contracts';
import { issueNativeToken } from '@polyroom/tokens';
import { probeMedia, processesWith, waitFor } from '@polyroom/testing';
import { type Browser, type Page } from 'playwright-core';
import { Cli } from './support/cli-run.js';
import { fillIn, runShell, samplesOf } from './support/docs-samples.js';
import { MediaWatch } from './support/media-watch.js';
import { type TestApp, TestCluster } from './support/test-cluster.js';
import { WhipPage } from './support/whip-page.js';

/** Streams published by browsers are recorded to playable files, across failures. */
const roomId = 'lesson';

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
    webhooksInstances: 1,
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
  // Large enough for two layers; the highest one is recorded.
  await anna.page.evaluate(() => {
    const { mediaDevices } = navigator;
    const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = (constraints) =>
      getUserMedia({ ...constraints, video: { width: 640, height: 480, frameRate: 20 } });
  });
  for (const user of [anna, ben]) {
    expect(await user.login(roomId)).toBe(0);
  }
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await bus?.close();
  await testCluster?.close();
  await rm(dir, { recursive: true, force: true });
});

const url = (path: string) => `/v1/apps/${app.appId}${path}`;
const begin = (path: string) => testCluster.cluster.admin.send('POST', url(path)) as Promise<View>;
const list = async () =>
  ((await testCluster.cluster.admin.send('GET', url('/recordings'))) as { recordings: View[] }).recordings;
const ask = (gateway: 0 | 1, method: string, path: string, headers = {}): Promise<Response> =>
  fetch(`${testCluster.cluster.gateways[gateway]!.httpUrl}${url(path)}`, {
    method,
    headers: { authorization: `Bearer ${testCluster.cluster.adminToken}`, ...headers },
  });
const endAt = (gateway: 0 | 1, recordingId: string) => ask(gateway, 'DELETE', `/recordings/${recordingId}`);

/** An encoder that publishes in the room over WHIP. */
async function encode(streamId: string, codec: string): Promise<WhipPage> {
  const { appId, serverSecret: secret } = app;
  const token = await issueNativeToken({ appId, userId: 'encoder', secret, effectiveTimeSeconds: 600 });
  const page = await WhipPage.open(browser, `${testCluster.cluster.gateways[1]!.httpUrl}/openapi.json`);
  const whip = `${testCluster.cluster.interopUrls[0]}/v1/interop/apps/${appId}/rooms/lesson/streams/${streamId}/whip`;
  const { status } = await page.publish(whip, token, { codec: `video/${codec}` });
  expect(status).toBe(201);
  return page;
}

/** A file over REST is the file on the disk, as a whole and in ranges. */
async function expectDownload(path: string, recordingId: string): Promise<void> {
  const content = await readFile(join(dir, path));
  const from = (id: string, range?: string) =>
    ask(
      1,
      'GET',
      `/recordings/${id}/file?${new URLSearchParams({ path })}`,
      range === undefined ? {} : { range },
    );
  const whole = await from(recordingId);
  expect([whole.status, whole.headers.get('content-length')]).toEqual([200, String(content.length)]);
  expect(whole.headers.get('content-disposition')).toBe(`attachment; filename="${basename(path)}"`);
  expect(content.equals(Buffer.from(await whole.arrayBuffer()))).toBe(true);
  const rest = await from(recordingId, 'bytes=1000-');
  expect([rest.status, rest.headers.get('content-range')]).toEqual([
    206,
    `bytes 1000-${content.length - 1}/${content.length}`,
  ]);
  expect(content.subarray(1000).equals(Buffer.from(await rest.arrayBuffer()))).toBe(true);
  const other = await from(recordingId.replace(/.$/, (last) => (last === '0' ? '1' : '0')));
  expect([other.status, ((await other.json()) as { code: number }).code]).toEqual([404, 1190709]);
}

/** Video frames that a page has sent in all, of the largest layer of each connection. */
const framesSent = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const { madePeers, peer } = window as never as {
      madePeers?: RTCPeerConnection[];
      peer: RTCPeerConnection;
    };
    let sum = 0;
    for (const made of madePeers ?? [peer]) {
      const reports = [...(await made.getStats()).values()];
      const layers = reports.filter(({ kind, type }) => type === 'outbound-rtp' && kind === 'video');
      sum += Math.max(0, ...layers.map(({ framesSent: count }) => Number(count ?? 0)));
    }
    return sum;
  });

/** Waits until a page has sent as many more frames. */
async function whenSent(page: Page, frames: number): Promise<void> {
  let last = await framesSent(page);
  let sent = 0;
  await waitFor(
    async () => {
      const now = await framesSent(page);
      // Negative: a connection was closed and took its counters with it.
      sent += Math.max(0, now - last);
      last = now;
      return sent >= frames;
    },
    { timeoutMs: 60_000, intervalMs: 100, describe: `${frames} frames to be sent` },
  );
}

const cameras = () => [anna, ben].map((user) => ({ user, streamId: `camera-of-${user.userId}` }));
const isPublished = async ({ user }: { user: BrowserUser }) =>
  (await watch.sessionOf(user.userId))?.upstreams.length === 1;

async function publishCameras(): Promise<void> {
  for (const camera of cameras()) {
    if (!(await isPublished(camera))) {
      await camera.user.publish(camera.streamId, roomId, 'tone');
    }
  }
}

async function stopCameras(): Promise<void> {
  for (const camera of cameras()) {
    if (await isPublished(camera)) {
      await camera.user.stopPublishing(camera.streamId);
      await waitFor(async () => !(await isPublished(camera)), { describe: `the end of ${camera.streamId}` });
    }
  }
}

beforeEach(() => {
  files.length = 0;
});

test('records a room, later publishers included, until another gateway ends the recording', async () => {
  await stopCameras();
  const { recordingId, recordings } = await begin('/rooms/lesson/recordings');
  expect(recordings).toEqual([]);
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

  const sentBefore = await framesSent(anna.page);
  const sinceMs = Date.now();
  await whenSent(anna.page, 150);
  const recordedSeconds = (Date.now() - sinceMs) / 1000;
  const sentMeanwhile = (await framesSent(anna.page)) - sentBefore;
  const answer = await endAt(1, recordingId);
  const sentInAll = await framesSent(anna.page);
  expect([answer.status, await answer.json()]).toEqual([200, { streams: 2 }]);
  expect(await list()).toEqual([]);
  expect((await endAt(1, recordingId)).status).toBe(404);

  await waitFor(() => files.length === 2, { timeoutMs: 5000, describe: 'the facts of both files' });
  const ready = async () => {
    const { events } = (await testCluster.cluster.admin.send('GET', url('/events?room=lesson'))) as {
      events: { type: string; data: Record<string, unknown> }[];
    };
    return events.filter(({ type }) => type === 'recording.fileReady').map(({ data }) => data);
  };
  await waitFor(async () => (await ready()).length === 2, { timeoutMs: 10_000, describe: 'both events' });
  for (const { file, ...fact } of files) {
    const { recordingId, streamId, userId } = fact;
    expect(await ready()).toContainEqual(
      expect.objectContaining({ recordingId, streamId, userId, path: file.path, bytes: file.bytes }),
    );
  }
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
    expect(seconds).toBeGreaterThan(recordedSeconds - 2.5);
    expect(Math.abs(seconds - (file.endedAtMs - file.startedAtMs) / 1000)).toBeLessThan(0.5);
    expect(tracks).toMatchObject({ audio: { codec: 'opus' }, video: { codec: 'vp8' } });
    // 20 ms per frame; and every frame that the browser sent, except around start and end.
    expect(Math.abs(tracks.audio!.frames / (seconds * 50) - 1)).toBeLessThan(0.05);
    expect(heights.at(-1)).toBe(userId === 'anna' ? 480 : 240);
    if (userId === 'anna') {
      // A busy browser sends at varying rates.
      expect(tracks.video!.frames).toBeGreaterThan(0.9 * sentMeanwhile);
      expect(tracks.video!.frames).toBeLessThanOrEqual(sentInAll);
    }
    process.stdout.write(
      `${streamId}: ${seconds.toFixed(2)} s, ${heights.join(', then ')} lines, ${tracks.video!.frames} video frames (${sentMeanwhile} to ${sentInAll} sent), ` +
        `${tracks.audio!.frames} audio frames\n`,
    );
    await expectDownload(file.path, recordingId);
  }
  // The nodes share a directory.
  const listed = (await (await ask(1, 'GET', '/recordings/files')).json()) as { files: { path: string }[] };
  expect(listed.files.map(({ path }) => path).sort()).toEqual(files.map(({ file }) => file.path).sort());
});

test('the commands of recording.md record a room, end it, and download the file', async () => {
  const [start = '', end = ''] = await samplesOf('recording.md', 'sh', 2);
  const env = {
    KEY: await testCluster.cluster.admin.createApiKey(app.appId, ['recordings:read', 'recordings:write']),
    GATEWAY: testCluster.cluster.gateways[0]!.httpUrl,
  };
  await publishCameras();
  const examples = { 1234567: app.appId, 'rooms/stage': `rooms/${roomId}`, 'ada-camera': 'camera-of-anna' };
  const [variables = '', ofRoom = ''] = start.split(/(?=^curl .*rooms)/m);
  const begun = await runShell(fillIn(`${variables}${ofRoom}`, examples), env);
  expect(begun.map(({ status }) => status)).toEqual([201, 201]);
  const { recordingId } = begun[0]!.body as { recordingId: string };
  await whenSent(anna.page, 30);
  const own = { ...env, AUTH: `Authorization: Bearer ${env.KEY}`, APP: `${env.GATEWAY}${url('')}` };
  const [beforeDownload = '', download = ''] = end.split(/(?=^.*-OJ)/m);
  const ended = await runShell(fillIn(beforeDownload, { 'rc_…': recordingId }), own);
  expect(ended.map(({ status }) => status)).toEqual([200, 200, 200]);
  const listed = ended[2]!.body as { files: { path: string; recordingId: string }[] };
  const { path } = listed.files.find((file) => file.recordingId === recordingId)!;
  const downloaded = `${fillIn(download, { 'rc_…': recordingId, 'path=…': `path=${path}` })}
    cmp "${basename(path)}" "${join(dir, path)}"`;
  expect((await runShell(downloaded, own)).map(({ status }) => status)).toEqual([200]);
  await endAt(0, (begun[1]!.body as { recordingId: string }).recordingId);
});

test('polyroom downloads the files of a recording, continues a part, and fetches nothing twice', async () => {
  const cli = await Cli.open({
    POLYROOM_URL: testCluster.cluster.gateways[1]!.httpUrl,
    POLYROOM_APP_ID: String(app.appId),
    POLYROOM_API_KEY: await testCluster.cluster.admin.createApiKey(app.appId, ['recordings:read']),
  });
  try {
    const { files: listed } = (await cli.json(['recordings', 'files'])) as {
      files: { recordingId: string; streamId: string; path: string }[];
    };
    const { path, recordingId, streamId } = listed[0]!;
    const content = await readFile(join(dir, path));
    const download = ['recordings', 'download', recordingId, '--stream', streamId, '--output', 'lessons'];
    const target = join(cli.folder, 'lessons', basename(path));
    expect(await cli.json(download)).toMatchObject({ files: [{ bytes: content.length, streamId }] });
    expect(content.equals(await readFile(target))).toBe(true);
    expect((await stat(target)).mode & 0o077).toBe(0);

    await rm(target);
    await writeFile(`${target}.part`, content.subarray(0, 1000));
    expect(await cli.run(download)).toMatchObject({ code: 0 });
    expect(content.equals(await readFile(target))).toBe(true);

    const changedAtMs = (await stat(target)).mtimeMs;
    expect(await cli.run(download)).toMatchObject({ code: 0 });
    expect((await stat(target)).mtimeMs).toBe(changedAtMs);
    await writeFile(target, 'another file');
    expect(await cli.run(download)).toMatchObject({ code: 2, stderr: expect.stringContaining('exists') });
    const missing = await cli.run(['recordings', 'download', 'rc_none']);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('has no complete file') });
  } finally {
    await cli.close();
  }
});

test('continues a stream that moves to another node in the next file', async () => {
  await publishCameras();
  const folder = join(dir, `app-${app.appId}`, 'streams');
  const before = await readdir(folder).catch((): string[] => []);
  const { recordingId, recordings } = await begin('/streams/camera-of-anna/recordings');
  expect(recordings).toMatchObject([{ streamId: 'camera-of-anna', file: { kinds: ['audio', 'video'] } }]);
  const { nodeId } = recordings[0]!;
  const dying = testCluster.cluster.process(nodeId.replace('nd_', 'media-'));
  await whenSent(anna.page, 60);
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
  await waitFor(isElsewhere, { timeoutMs: 45_000, describe: 'the recording at the other node' });
  await whenSent(anna.page, 50);
  expect((await endAt(0, recordingId)).status).toBe(200);
  await waitFor(() => files.length === 1, { timeoutMs: 5000, describe: 'the file of the other node' });
  const names = (await readdir(folder)).filter((name) => !before.includes(name)).sort();
  // The file of the killed node keeps its temporary name, and is playable.
  expect(names.map((name) => name.slice(name.indexOf('Z') + 1))).toEqual(['.mkv.part', '.mkv', '.mkv.json']);
  for (const name of names.slice(0, 2)) {
    const { tracks } = probeMedia(join(folder, name));
    expect(tracks.audio!.frames).toBeGreaterThan(50);
    expect(tracks.video!.frames).toBeGreaterThan(20);
  }
  await testCluster.cluster.ready();
});

test('records H264 from an encoder without transcoding, and refuses VP9', async () => {
  const h264 = await encode('H264', 'H264');
  const { recordingId } = await begin('/streams/H264/recordings');
  const hasBegun = async () =>
    (await readdir(join(dir, `app-${app.appId}`, 'streams'))).some((name) => name.startsWith('H264.'));
  await waitFor(hasBegun, { timeoutMs: 10_000, describe: 'the file' });
  await whenSent(h264.page, 60);
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
});

test('continues a room recording after its recorder is killed', async () => {
  await publishCameras();
  const { recordingId } = await begin('/rooms/lesson/recordings');
  const begun = () => testCluster.logsWith(recordingId).find((line) => line.includes('recording begun'));
  await waitFor(() => begun() !== undefined, { timeoutMs: 5000, describe: 'the line of the owner' });
  const owner = begun()!.split(' ')[0]!;
  expect(owner).toMatch(/^recorder-[12]$/);
  const streamsOf = (view?: View) =>
    view?.recordings.flatMap(({ file, streamId }) => (file?.kinds.length === 2 ? streamId : [])).sort();
  const areRecorded = (expected: string[]) => async () => {
    const views = await list();
    expect(views.map((view) => view.recordingId)).toEqual([recordingId]);
    return streamsOf(views[0])?.join() === expected.join();
  };
  const streamIds = cameras().map(({ streamId }) => streamId);
  await waitFor(areRecorded(streamIds), { timeoutMs: 15_000, describe: 'both cameras to be recorded' });
  // Parts before the first video frame are in a file of their own.
  files.length = 0;
  const pathsOf = (view?: View) => view!.recordings.map(({ file }) => file!.path).sort();
  const paths = pathsOf((await list())[0]);
  testCluster.cluster.process(owner).kill('SIGKILL');
  const late = await encode('late', 'H264');
  await waitFor(areRecorded([...streamIds, 'late']), {
    timeoutMs: 20_000,
    describe: 'the stream that was published after the kill to be recorded',
  });
  expect(testCluster.logsWith(recordingId).some((line) => line.includes('recording order taken over'))).toBe(
    true,
  );
  await whenSent(late.page, 40);
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
});

test('continues a recording without the gateway that started it, and ends it at another gateway', async () => {
  await publishCameras();
  const begun = (await (await ask(1, 'POST', '/streams/camera-of-anna/recordings')).json()) as View;
  await whenSent(anna.page, 30);
  testCluster.cluster.process('gateway-2').kill('SIGKILL');
  await whenSent(anna.page, 30);
  expect(await list()).toMatchObject([
    { recordingId: begun.recordingId, recordings: [{ streamId: 'camera-of-anna' }] },
  ]);
  expect(await (await endAt(0, begun.recordingId)).json()).toEqual({ streams: 1 });
  await waitFor(() => files.length === 1, { timeoutMs: 5000, describe: 'the fact of the file' });
  expect(probeMedia(join(dir, files[0]!.file.path)).tracks).toMatchObject({ audio: {}, video: {} });
  expect(await list()).toEqual([]);
  await testCluster.cluster.ready();
});

test('refuses an unknown or invalid ID with its code', async () => {
  await publishCameras();
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
  for (const camera of cameras()) {
    expect(await isPublished(camera)).toBe(true);
  }
});

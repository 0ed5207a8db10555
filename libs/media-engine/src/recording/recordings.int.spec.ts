import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type MediaKind, type RecordedStream } from '@polyroom/contracts';
import { probeMedia, processesWith, waitFor } from '@polyroom/testing';
import { findProgram } from './ffmpeg.js';
import { fps, makeSample, RtpPublisher } from './recording.fixtures.js';
import {
  type RecordingEndedFact,
  type RecordingFileFact,
  Recordings,
  type RecordingsOptions,
} from './recordings.js';

const ports = { min: 20_000, max: 29_999 };
const stream: RecordedStream = {
  recordingId: `rc_spec_${'0'.repeat(32)}`,
  appId: 7,
  roomId: '../../room',
  streamId: 'stream1',
};
const findBin = (name: string) => findProgram(name, process.env['PATH'] ?? '');

let samples: string;
let dir: string;
let publisher: RtpPublisher;
let recordings: Recordings;
let files: RecordingFileFact[];
let ends: RecordingEndedFact[];

function open(over: Partial<RecordingsOptions> = {}): Recordings {
  const setprivBin = findBin('setpriv');
  return new Recordings(
    publisher.upstreams,
    { dir, ffmpegBin: findBin('ffmpeg')!, maxRecordings: 2, ...(setprivBin && { setprivBin }), ...over },
    ports,
    { onFile: (fact) => void files.push(fact), onEnded: (fact) => void ends.push(fact) },
  );
}

beforeAll(async () => {
  samples = await mkdtemp(join(tmpdir(), 'polyroom-samples-'));
  await makeSample(samples);
});
afterAll(() => rm(samples, { recursive: true }));
beforeEach(async () => {
  [files, ends] = [[], []];
  dir = await mkdtemp(join(tmpdir(), 'polyroom-recordings-'));
  publisher = await RtpPublisher.create(samples);
  recordings = open();
});
afterEach(async () => {
  await recordings.close();
  await publisher.close();
  await rm(dir, { recursive: true });
});

async function publish(): Promise<void> {
  for (const kind of ['audio', 'video'] as const) {
    await publisher.produce('stream1', kind);
    publisher.send(kind);
  }
}

/** Waits until a file is written, and as many packets have arrived since. */
async function record(kind: MediaKind, packets: number): Promise<void> {
  const started = () =>
    readdir(dir, { recursive: true }).then((names) => names.some((name) => name.endsWith('.part')));
  await waitFor(started, { timeoutMs: 10_000, describe: 'a file' });
  await publisher.whenReceived(kind, packets);
}

test('records a stream with both tracks and leaves no transports', async () => {
  await publish();
  const before = await publisher.dump();
  const active = await recordings.start(stream);
  expect(active).toMatchObject({ ...stream, files: 0, file: { kinds: ['audio', 'video'] } });
  expect(await recordings.start(stream)).toEqual(active);
  await record('audio', 200);
  expect(await recordings.stop(stream.recordingId, undefined)).toBe(1);

  expect(files).toHaveLength(1);
  const { file, userId } = files[0]!;
  expect(userId).toBe('someone');
  expect(file.path).toMatch(/^app-7\/room-_2e_2e_2f_2e_2e_2froom\/stream1\.\d{8}T\d{9}Z\.mkv$/);
  const found = probeMedia(join(dir, file.path));
  expect(found.complaints).toBe('');
  expect(found.tracks).toMatchObject({ audio: { codec: 'opus' }, video: { codec: 'vp8' } });
  const seconds = (file.endedAtMs - file.startedAtMs) / 1000;
  expect(Math.abs(found.seconds - seconds)).toBeLessThan(0.5);
  expect(found.tracks.video!.frames).toBeGreaterThan(seconds * fps * 0.9);
  expect(found.tracks.video!.frames).toBeLessThan(seconds * fps * 1.1);
  expect(found.tracks.audio!.frames).toBeGreaterThan(seconds * 50 * 0.9);
  expect(ends).toEqual([{ stream, userId, reason: 'stopped', files: 1 }]);
  expect(JSON.parse(await readFile(join(dir, `${file.path}.json`), 'utf8'))).toMatchObject({
    ...stream,
    userId,
    bytes: file.bytes,
    tracks: [
      { kind: 'audio', codec: 'opus' },
      { kind: 'video', codec: 'VP8' },
    ],
  });
  const left = (await readdir(dir, { recursive: true })).filter((name) => name.includes('.mkv'));
  expect(left.sort()).toEqual([file.path, `${file.path}.json`]);
  expect((await publisher.dump()).transportIds).toEqual(before.transportIds);
  expect(await processesWith(dir)).toEqual([]);
  expect(recordings.count).toBe(0);
});

test('records an H264 camera without transcoding', async () => {
  const codec = 'h264';
  await makeSample(samples, codec);
  await publisher.produce('stream1', 'video', codec);
  publisher.send('video', codec);
  await recordings.start(stream);
  await record('video', 60);
  await recordings.stop(stream.recordingId, undefined);
  const { complaints, seconds, tracks } = probeMedia(join(dir, files[0]!.file.path));
  expect(complaints).toBe('');
  expect(tracks).toEqual({ video: { codec, frames: expect.any(Number) } });
  expect(Math.abs(tracks.video!.frames / (seconds * fps) - 1)).toBeLessThan(0.1);
});

test('begins a new file when the camera is switched on', async () => {
  await publisher.produce('stream1', 'audio');
  publisher.send('audio');
  await recordings.start(stream);
  await record('audio', 75);
  await publisher.produce('stream1', 'video');
  publisher.send('video');
  await waitFor(() => files.length === 1, { timeoutMs: 10_000, describe: 'the end of the first file' });
  await publisher.whenReceived('audio', 100);
  await recordings.stop(stream.recordingId, 'stream1');
  const found = files.map(({ file }) => probeMedia(join(dir, file.path)));
  expect(found.map(({ tracks }) => Object.keys(tracks))).toEqual([['audio'], ['audio', 'video']]);
  expect(found.map(({ complaints }) => complaints)).toEqual(['', '']);
  // The files have no gap in the audio.
  expect(files[1]!.file.startedAtMs).toBeLessThanOrEqual(files[0]!.file.endedAtMs);
  expect(ends).toMatchObject([{ reason: 'stopped', files: 2 }]);
});

test('keeps the file during a pause and leaves out what is muted in the room', async () => {
  await publish();
  const upstream = publisher.upstreams.find(7, 'stream1')!;
  await upstream.mute({ by: 'publisher', kind: 'audio', muted: true, roomId: stream.roomId });
  await recordings.start(stream);
  await record('audio', 50);
  expect(recordings.list({ appId: 7 })).toMatchObject([{ file: { kinds: ['video'] } }]);
  expect(recordings.list({ appId: 8 })).toEqual([]);
  await upstream.mute({ by: 'publisher', kind: 'video', muted: true });
  await publisher.whenReceived('audio', 75);
  await upstream.mute({ by: 'publisher', kind: 'video', muted: false });
  await publisher.whenReceived('audio', 75);
  publisher.upstreams.close(publisher.session, 'stream1');
  await waitFor(() => ends.length === 1, { timeoutMs: 10_000, describe: 'the end' });
  expect(ends).toMatchObject([{ reason: 'sourceEnded', files: 1 }]);
  const found = probeMedia(join(dir, files[0]!.file.path));
  expect(found.complaints).toBe('');
  expect(found.tracks).toEqual({ video: { codec: 'vp8', frames: expect.any(Number) } });
  expect(found.seconds).toBeGreaterThan(3.4);
  expect(found.tracks.video!.frames).toBeLessThan((found.seconds - 1.3) * fps);
});

test('leaves a playable file when the worker dies', async () => {
  await publish();
  await recordings.start(stream);
  await record('audio', 75);
  process.kill(publisher.workerPid, 'SIGKILL');
  await waitFor(() => publisher.isWorkerDead, { describe: 'the end of the worker' });
  publisher.upstreams.closeAllOf(publisher.session, 'workerDied');
  await waitFor(() => ends.length === 1, { timeoutMs: 10_000, describe: 'the end' });
  expect(ends).toMatchObject([{ reason: 'workerDied', files: 1 }]);
  expect(probeMedia(join(dir, files[0]!.file.path)).tracks).toMatchObject({ audio: {}, video: {} });
});

test('leaves no file for a stream without packets', async () => {
  await publisher.produce('stream1', 'video');
  await recordings.start(stream);
  await recordings.close();
  expect(ends).toMatchObject([{ reason: 'nodeClosed', files: 0 }]);
  expect(files).toEqual([]);
  const left = await readdir(dir, { recursive: true, withFileTypes: true });
  expect(left.filter((entry) => entry.isFile())).toEqual([]);
  expect((await publisher.dump()).mapConsumerIdProducerId).toEqual([]);
});

test('refuses what cannot be recorded with its code, and leaves nothing', async () => {
  const refusal = async (recorder: Recordings, wanted = stream): Promise<string> =>
    recorder.start(wanted).then(
      () => 'started',
      (error: { errorName: string }) => error.errorName,
    );
  expect(await refusal(recordings)).toBe('PLAYER_PLAY_STREAM_NOT_EXIST');
  await publisher.produce('stream1', 'audio');
  const disabled = new Recordings(publisher.upstreams, undefined, ports, {
    onFile: () => undefined,
    onEnded: () => undefined,
  });
  expect(await refusal(disabled)).toBe('RECORDING_DISABLED');
  const { ffmpegBin: _, ...without } = { dir, ffmpegBin: '', maxRecordings: 1 };
  const noFfmpeg = new Recordings(publisher.upstreams, without, ports, {
    onFile: () => undefined,
    onEnded: () => undefined,
  });
  expect(await refusal(noFfmpeg)).toBe('RECORDING_FFMPEG_MISSING');
  expect(await refusal(open({ ffmpegBin: '/bin/false' }))).toBe('RECORDING_FAILED');
  expect(await refusal(open({ ffmpegBin: '/nowhere' }))).toBe('RECORDING_FAILED');
  expect((await publisher.dump()).mapConsumerIdProducerId).toEqual([]);
  expect(await refusal(recordings)).toBe('started');
  const again = { ...stream, recordingId: `rc_spec_${'1'.repeat(32)}` };
  expect(await refusal(recordings, again)).toBe('RECORDING_ALREADY_RUNNING');
  expect(await refusal(recordings, { ...again, roomId: 'room2' })).toBe('started');
  const third = { ...stream, recordingId: `rc_spec_${'2'.repeat(32)}`, roomId: 'room3' };
  expect(await refusal(recordings, third)).toBe('RECORDING_LIMIT_REACHED');
});

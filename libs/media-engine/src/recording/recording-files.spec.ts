import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { recordingRpc } from '@polyroom/contracts';
import { RecordingFiles } from './recording-files.js';
import { recordingPath } from './recording-path.js';

const content = 'matroska bytes';
const recordingId = (digit: string) => `rc_spec_${digit.repeat(32)}`;
const startedAtMs = Date.UTC(2026, 10, 23, 9, 15);
let dir: string;
let files: RecordingFiles;

async function write(appId: number, roomId: string | undefined, minute: number): Promise<string> {
  const id = recordingId(String(minute));
  const stream = { recordingId: id, appId, streamId: 's', ...(roomId === undefined ? {} : { roomId }) };
  const startMs = startedAtMs + minute * 60_000;
  const path = recordingPath(stream, startMs);
  const startedAt = new Date(startMs).toISOString();
  const note = {
    ...stream,
    userId: 'ada',
    startedAt,
    endedAt: startedAt,
    durationMs: 0,
    bytes: content.length,
  };
  await mkdir(dirname(join(dir, path)), { recursive: true });
  await writeFile(join(dir, path), content);
  await writeFile(
    join(dir, `${path}.json`),
    JSON.stringify({ ...note, tracks: [{ kind: 'audio', codec: 'opus' }] }),
  );
  return path;
}

let paths: string[];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'polyroom-files-'));
  files = new RecordingFiles(dir);
  paths = [await write(7, 'lobby', 1), await write(7, undefined, 2), await write(7, 'b.c', 3)];
  await write(8, 'lobby', 4);
  // Still being written.
  await writeFile(join(dir, dirname(paths[0]!), 's.20261123T091900000Z.mkv.part'), content);
});
afterAll(() => rm(dir, { recursive: true }));

test('lists the complete files of an AppID, newest first, page by page', async () => {
  const [oldest, middle, newest] = paths as [string, string, string];
  const all = await files.list({ appId: 7, limit: 10 });
  expect(all.map(({ path }) => path)).toEqual([newest, middle, oldest]);
  expect(all[2]).toMatchObject({ roomId: 'lobby', streamId: 's', userId: 'ada', kinds: ['audio'] });
  expect((await files.list({ appId: 7, limit: 1 })).map(({ path }) => path)).toEqual([newest]);
  expect((await files.list({ appId: 7, after: newest, limit: 1 })).map(({ path }) => path)).toEqual([middle]);
  expect(await files.list({ appId: 7, after: oldest, limit: 1 })).toEqual([]);
  expect(await files.list({ appId: 9, limit: 1 })).toEqual([]);
  expect(await new RecordingFiles(undefined).list({ appId: 7, limit: 1 })).toEqual([]);
});

test('reads parts of a file, of its own AppID and recording only', async () => {
  const part = { appId: 7, recordingId: recordingId('1'), path: paths[0]!, offset: 9, length: 100 };
  const { data, file } = await files.read(part);
  expect(Buffer.from(data, 'base64').toString()).toBe(content.slice(9));
  expect(file.bytes).toBe(content.length);
  expect((await files.read({ ...part, length: 0 })).data).toBe('');
  for (const wrong of [{ appId: 8 }, { recordingId: recordingId('2') }, { path: paths[1]! }]) {
    await expect(files.read({ ...part, ...wrong })).rejects.toMatchObject({
      errorName: 'RECORDING_FILE_NOT_FOUND',
    });
  }
});

test('a path names a complete file of an AppID, and leads nowhere else', () => {
  expect(paths.map((path) => recordingRpc.recordingPathSchema.safeParse(path).success)).not.toContain(false);
  for (const path of [
    '../app-7/streams/s.20261123T091500000Z.mkv',
    'app-7/../streams/s.20261123T091500000Z.mkv',
    'app-7/streams/../../s.20261123T091500000Z.mkv',
    '/app-7/streams/s.20261123T091500000Z.mkv',
    'app-7/streams/s.20261123T091500000Z.mkv.json',
    'app-7/streams/s.20261123T091500000Z.mkv.part',
    'app-7/streams/s.20261123T091500000Z.mkv\0',
  ]) {
    expect([path, recordingRpc.recordingPathSchema.safeParse(path).success]).toEqual([path, false]);
  }
});

import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { type CompleteFile, recordingRpc } from '@polyroom/contracts';
import { readRange, streamFile } from './recording-download.js';

const file: CompleteFile = {
  recordingId: `rc_spec_${'0'.repeat(32)}`,
  appId: 7,
  streamId: 's',
  userId: 'ada',
  path: 'app-7/streams/s.20261123T091500000Z.mkv',
  startedAtMs: 1,
  endedAtMs: 2,
  bytes: 1000,
  kinds: ['audio'],
};

test.each([
  ['bytes=0-', { first: 0, last: 999 }],
  ['bytes=100-199', { first: 100, last: 199 }],
  ['bytes=100-5000', { first: 100, last: 999 }],
  ['bytes=-100', { first: 900, last: 999 }],
  ['bytes=-5000', { first: 0, last: 999 }],
  ['Bytes=100-199', { first: 100, last: 199 }],
  ['bytes=999-', { first: 999, last: 999 }],
  ['bytes=1000-', 'unsatisfiable'],
  ['bytes=1000-1001', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=1000-, 2000-3000', 'unsatisfiable'],
  ['bytes= ,5-6 , 1000-', { first: 5, last: 6 }],
  ['bytes=0-1,5-6', undefined],
  ['bytes=9-1', undefined],
  ['bytes=5-6,9-1', undefined],
  ['bytes=1000-,x', undefined],
  ['bytes=-', undefined],
  ['bytes=', undefined],
  ['bytes=1x-5', undefined],
  ['lines=0-1', undefined],
  [undefined, undefined],
])('the range %s of 1000 bytes', (range, expected) => {
  expect(readRange(range === undefined ? {} : { range }, file)).toEqual(expected);
});

test('a range of another state of the file is the whole file', () => {
  expect(readRange({ range: 'bytes=5-', 'if-range': '"2-1000"' }, file)).toEqual({ first: 5, last: 999 });
  expect(readRange({ range: 'bytes=5-', 'if-range': '"1-1000"' }, file)).toBeUndefined();
});

test('no range of an empty file is satisfiable', () => {
  const empty = { ...file, bytes: 0 };
  expect(['bytes=0-', 'bytes=-5'].map((range) => readRange({ range }, empty))).toEqual([
    'unsatisfiable',
    'unsatisfiable',
  ]);
});

test('reads a file in parts, and fails if it is shorter than it says', async () => {
  const bytes = recordingRpc.mostChunkBytes + 10;
  const content = Buffer.alloc(bytes, 'x');
  const reads: [number, number][] = [];
  const read = async (offset: number, length: number) => {
    reads.push([offset, length]);
    return content.subarray(offset, offset + length);
  };
  const whole = streamFile(file, { first: 5, last: bytes - 1 }, read);
  expect(whole.getHeaders()).toMatchObject({
    disposition: 'attachment; filename="s.20261123T091500000Z.mkv"',
    length: bytes - 5,
  });
  expect((await text(whole.getStream())).length).toBe(bytes - 5);
  expect(reads).toEqual([
    [5, recordingRpc.mostChunkBytes],
    [recordingRpc.mostChunkBytes + 5, 5],
  ]);
  const short = streamFile(file, { first: 0, last: bytes }, read);
  await expect(text(short.getStream())).rejects.toThrow('has only');
});

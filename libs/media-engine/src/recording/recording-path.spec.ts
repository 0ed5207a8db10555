import { expect, test } from '@jest/globals';
import { fileNamePart, recordingPath } from './recording-path.js';

const recordingId = `rc_spec_${'0'.repeat(32)}`;

test('a path names the stream and the start time', () => {
  const stream = { recordingId, appId: 7, roomId: 'lesson-1', streamId: 'anna-camera' };
  const atMs = Date.UTC(2026, 10, 23, 9, 15, 0, 123);
  expect(recordingPath(stream, atMs)).toBe('app-7/room-lesson-1/anna-camera.20261123T091500123Z.mkv');
  const { roomId: _, ...alone } = stream;
  expect(recordingPath(alone, atMs)).toBe('app-7/streams/anna-camera.20261123T091500123Z.mkv');
});

test('no ID escapes its directory, hides its file or collides with another', () => {
  const hostile = [
    '..',
    '../..',
    '.',
    '/',
    '\\',
    '.hidden',
    'a_b',
    'a.b',
    'a b',
    "'; rm -rf",
    '_2e',
    '\0',
    'ä',
    '-',
  ];
  const parts = hostile.map(fileNamePart);
  parts.forEach((part) => expect(part).toMatch(/^[0-9A-Za-z_-]+$/));
  expect(new Set(parts).size).toBe(hostile.length);
});

test('long IDs stay distinct in names that a file system accepts', () => {
  const long = ['.'.repeat(127), `${'.'.repeat(126)}!`, 'x'.repeat(255), `${'x'.repeat(254)}y`];
  const parts = long.map(fileNamePart);
  expect(new Set(parts).size).toBe(long.length);
  parts.forEach((part) => expect(part.length).toBeLessThan(100));
});

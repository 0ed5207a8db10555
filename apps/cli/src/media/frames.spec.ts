import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { fit, forEachBlock } from './file-source.js';
import { scaleFrame } from './scale-frame.js';
import { patternFrame } from './test-pattern.js';

test('scales the three planes of a frame, odd sizes too', () => {
  const frame = { width: 2, height: 2, data: Uint8Array.from([1, 2, 3, 4, 5, 6]) };
  expect([...scaleFrame(frame, 4, 2)]).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
  expect([...scaleFrame(frame, 2, 2)]).toEqual([1, 2, 3, 4, 5, 6]);
  const odd = { width: 3, height: 1, data: Uint8Array.from([1, 2, 3, 8, 9, 8, 9]) };
  expect([...scaleFrame(odd, 2, 2)]).toEqual([1, 2, 1, 2, 8, 8]);
});

test('the bar of the test pattern moves', () => {
  const options = { width: 64, height: 36, framesPerSecond: 15 };
  const barAt = (frame: number) => patternFrame(options, frame).indexOf(235);
  expect(patternFrame(options, 0)).toHaveLength(64 * 36 * 1.5);
  expect(barAt(0)).toBe(0);
  expect(barAt(30)).toBeGreaterThan(barAt(15));
  expect(barAt(60)).toBe(0);
});

test('files are scaled to 720p at most, with their proportions and even sides', () => {
  expect(fit({ width: 1920, height: 1080 })).toEqual({ width: 1280, height: 720 });
  expect(fit({ width: 1080, height: 1920 })).toEqual({ width: 406, height: 720 });
  expect(fit({ width: 641, height: 361 })).toEqual({ width: 642, height: 362 });
});

test('cuts a stream into blocks, whatever its chunks', () => {
  const stream = new PassThrough();
  const blocks: number[][] = [];
  forEachBlock(stream, 3, (block) => blocks.push([...block]));
  for (const chunk of [[1], [2, 3, 4], [5, 6, 7, 8, 9, 10]]) {
    stream.emit('data', Buffer.from(chunk));
  }
  expect(blocks).toEqual([
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ]);
});

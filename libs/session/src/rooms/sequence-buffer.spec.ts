import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { SequenceBuffer } from './sequence-buffer.js';

let delivered: number[];
let gaps: Array<[number, number]>;

function createBuffer(): SequenceBuffer<number> {
  return new SequenceBuffer<number>({
    deliver: (item) => delivered.push(item),
    onGap: (from, to) => gaps.push([from, to]),
    holdMs: 250,
  });
}

beforeEach(() => {
  jest.useFakeTimers();
  delivered = [];
  gaps = [];
});
afterEach(() => void jest.useRealTimers());

test('delivers nothing before the start, and no item that the start covers', () => {
  const buffer = createBuffer();
  [4, 5, 6].forEach((seq) => buffer.push(seq, seq));
  expect(delivered).toEqual([]);
  buffer.start(4);
  expect(delivered).toEqual([5, 6]);
});

test('delivers items once and in order, regardless of order and duplicates', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7], { minLength: 7 }),
      fc.array(fc.integer({ min: 1, max: 7 })),
      (order, repeated) => {
        delivered = [];
        const buffer = createBuffer();
        buffer.start(0);
        [...order.slice(0, 4), ...repeated, ...order.slice(4), ...repeated].forEach((seq) =>
          buffer.push(seq, seq),
        );
        expect(delivered).toEqual([1, 2, 3, 4, 5, 6, 7]);
        buffer.close();
      },
    ),
  );
});

test('gives up a missing number after the hold time and counts it', () => {
  const buffer = createBuffer();
  buffer.start(1);
  [2, 5, 6].forEach((seq) => buffer.push(seq, seq));
  jest.advanceTimersByTime(249);
  expect(delivered).toEqual([2]);
  jest.advanceTimersByTime(1);
  expect(delivered).toEqual([2, 5, 6]);
  expect(gaps).toEqual([[3, 4]]);
  buffer.push(4, 4);
  expect(delivered).toEqual([2, 5, 6]);
});

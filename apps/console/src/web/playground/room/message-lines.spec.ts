import { expect, test } from '@jest/globals';
import { addPassing, maxPassing, mergeLines, type MessageLine } from './message-lines.js';

const line = (text: string, atMs: number): MessageLine => ({
  ...{ key: text, kind: 'message', name: 'Ada', text, isOwn: false, atMs },
});
const textsOf = (lines: readonly MessageLine[]): string[] => lines.map(({ text }) => text);

test('stored messages keep the order of the room, passing ones have the place of their time', () => {
  // The clock of a sender may differ.
  const stored = [line('first', 10), line('second', 30), line('third', 20)];
  const passing = [line('barrage', 15), line('command', 40)];
  expect(textsOf(mergeLines(stored, passing))).toEqual(['first', 'barrage', 'second', 'third', 'command']);
  expect(textsOf(mergeLines([], passing))).toEqual(['barrage', 'command']);
});

test('the oldest passing message makes room for the newest', () => {
  const many = Array.from({ length: maxPassing }, (_, index) => line(String(index), index));
  const kept = addPassing(many, [line('new', 1000)]);
  expect(kept).toHaveLength(maxPassing);
  expect([kept[0]?.text, kept.at(-1)?.text]).toEqual(['1', 'new']);
});

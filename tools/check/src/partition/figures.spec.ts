import { beforeEach, expect, test } from '@jest/globals';
import { type Messages } from '../load/message-count.js';
import { CutFigures } from './figures.js';

const messages: Messages = {
  acknowledged: 900,
  unsent: 0,
  lost: 0,
  duplicated: 0,
  reordered: 0,
  wrongRoom: 0,
  gone: 0,
};
let process: CutFigures;
let store: CutFigures;

function figuresOf(target: 'room' | 'nats'): CutFigures {
  const figures = new CutFigures(target, 'both');
  figures.logins.push({ ms: 20, retries: 0 });
  figures.messages.push(messages);
  figures.gapsMs.push(60, 250);
  figures.reads = 30;
  figures.convergedMs.set('logins', 300);
  figures.convergedMs.set('rooms', 6000);
  return figures;
}

beforeEach(() => {
  process = figuresOf('room');
  store = figuresOf('nats');
});

test('a cut that users do not notice meets the goals', () => {
  expect([process.isRight, store.isRight]).toEqual([true, true]);
  expect(process.describe()).toMatch(
    /^room cut off: 1 logins, 0 failed, 0 retried, .*; 30 reads of rooms, 0 failed; 0 violations; media gap p95 .*; converged: logins 0\.3 s, rooms 6\.0 s$/,
  );
});

test.each(['lost', 'duplicated', 'reordered', 'wrongRoom', 'gone'] as const)(
  'a message that is %s is a fault',
  (fault) => {
    for (const figures of [process, store]) {
      figures.messages.push({ ...messages, [fault]: 1 });
      expect(figures.isRight).toBe(false);
    }
  },
);

test.each<[string, (figures: CutFigures) => void]>([
  ['a broken rule', ({ violations }) => violations.push('room-0 counts 7 and lists 6')],
  ['a long gap of media', ({ gapsMs }) => gapsMs.push(251)],
  ['a part that follows late', ({ convergedMs }) => convergedMs.set('rooms', 6001)],
  ['a part that never follows', ({ convergedMs }) => convergedMs.set('rooms', undefined)],
  ['an unclear error', ({ logins }) => logins.push({ ms: 1, retries: 0, failure: '-3', isClear: false })],
])('%s is a fault', (_name, break_) => {
  for (const figures of [process, store]) {
    break_(figures);
    expect(figures.isRight).toBe(false);
  }
});

test.each<[string, (figures: CutFigures) => void]>([
  [
    'a clear error',
    ({ logins }) => logins.push({ ms: 15_000, retries: 9, failure: '1190203', isClear: true }),
  ],
  ['a message that is not sent', (figures) => figures.messages.push({ ...messages, unsent: 1 })],
  ['a failed read', ({ failedReads }) => failedReads.push('BUS_TIMEOUT')],
])('%s is a fault unless a store is cut off', (_name, break_) => {
  break_(process);
  break_(store);
  expect([process.isRight, store.isRight]).toEqual([false, true]);
});

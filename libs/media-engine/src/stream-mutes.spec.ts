import { expect, test } from '@jest/globals';
import { StreamMutes } from './stream-mutes.js';

const inRoom = (roomId: string): ReadonlySet<string> => new Set([roomId]);

test('unmutes only when both authors have unmuted', () => {
  const mutes = new StreamMutes();
  const reported: unknown[] = [];
  mutes.onChange(() => reported.push(mutes.list()));
  mutes.set('publisher', 'room1', 'audio', true);
  mutes.set('operator', 'room1', 'audio', true);
  mutes.set('operator', 'room1', 'audio', true);
  mutes.set('publisher', 'room1', 'audio', false);
  expect(mutes.silences('audio', inRoom('room1'))).toBe(true);
  expect(mutes.list('publisher')).toEqual([]);
  mutes.set('operator', 'room1', 'audio', false);
  expect(mutes.silences('audio', inRoom('room1'))).toBe(false);
  const kept = [{ roomId: 'room1', kinds: ['audio'] }];
  expect(reported).toEqual([kept, kept, kept, []]);
});

test('plays while one of the rooms is not muted', () => {
  const mutes = new StreamMutes();
  mutes.set('operator', 'room1', 'video', true);
  expect(mutes.silences('video', new Set(['room1', 'room2']))).toBe(false);
  mutes.set('publisher', 'room2', 'video', true);
  expect(mutes.silences('video', new Set(['room1', 'room2']))).toBe(true);
  expect(mutes.silences('audio', new Set(['room1', 'room2']))).toBe(false);
  expect(mutes.list()).toHaveLength(2);
});

test('replaces everything with the list of another node', () => {
  const mutes = new StreamMutes();
  mutes.set('operator', 'room1', 'audio', true);
  mutes.replace([{ roomId: 'room2', kinds: ['video'] }]);
  expect(mutes.list()).toEqual([{ roomId: 'room2', kinds: ['video'] }]);
});

import { expect, test } from '@jest/globals';
import { StreamMutes } from './stream-mutes.js';

const inRoom = (roomId: string): ReadonlySet<string> => new Set([roomId]);

test('what two authors mute is let through when both lift it', () => {
  const mutes = new StreamMutes();
  const told: unknown[] = [];
  mutes.onChange(() => told.push(mutes.list()));
  mutes.set('publisher', 'room1', 'audio', true);
  mutes.set('operator', 'room1', 'audio', true);
  mutes.set('operator', 'room1', 'audio', true);
  mutes.set('publisher', 'room1', 'audio', false);
  expect(mutes.silences('audio', inRoom('room1'))).toBe(true);
  expect(mutes.list('publisher')).toEqual([]);
  mutes.set('operator', 'room1', 'audio', false);
  expect(mutes.silences('audio', inRoom('room1'))).toBe(false);
  const kept = [{ roomId: 'room1', kinds: ['audio'] }];
  expect(told).toEqual([kept, kept, kept, []]);
});

test('who has the stream for two rooms gets it while one of them may have it', () => {
  const mutes = new StreamMutes();
  mutes.set('operator', 'room1', 'video', true);
  expect(mutes.silences('video', new Set(['room1', 'room2']))).toBe(false);
  mutes.set('publisher', 'room2', 'video', true);
  expect(mutes.silences('video', new Set(['room1', 'room2']))).toBe(true);
  expect(mutes.silences('audio', new Set(['room1', 'room2']))).toBe(false);
  expect(mutes.list()).toHaveLength(2);
});

test('what another node says replaces all', () => {
  const mutes = new StreamMutes();
  mutes.set('operator', 'room1', 'audio', true);
  mutes.replace([{ roomId: 'room2', kinds: ['video'] }]);
  expect(mutes.list()).toEqual([{ roomId: 'room2', kinds: ['video'] }]);
});

import { expect, test } from '@jest/globals';
import { chooseByRendezvous } from './rendezvous.js';

const names = ['in_1', 'in_2', 'in_3'];
const keys = Array.from({ length: 3000 }, (_, index) => `42:room-${index}`);

test('chooses the same name in any order, and none of an empty list', () => {
  for (const key of keys) {
    expect(chooseByRendezvous([...names].reverse(), key)).toBe(chooseByRendezvous(names, key));
  }
  expect(chooseByRendezvous([], 'a')).toBeUndefined();
});

test('distributes keys evenly', () => {
  const counts = names.map((name) => keys.filter((key) => chooseByRendezvous(names, key) === name).length);
  counts.forEach((count) => expect(Math.abs(count - 1000)).toBeLessThan(150));
});

test('moves only the keys of a removed name', () => {
  for (const key of keys) {
    const before = chooseByRendezvous(names, key);
    const after = chooseByRendezvous(['in_1', 'in_3'], key);
    expect(after).not.toBe('in_2');
    if (before !== 'in_2') {
      expect(after).toBe(before);
    }
  }
});

import { expect, test } from '@jest/globals';
import { Slots } from './slots.js';

test('so many run at a time, in order, and a failure hands its slot over', async () => {
  const slots = new Slots(2);
  const started: number[] = [];
  let running = 0;
  let most = 0;
  const work = (index: number): Promise<number> =>
    slots.run(async () => {
      started.push(index);
      most = Math.max(most, (running += 1));
      await Promise.resolve();
      running -= 1;
      if (index === 1) {
        throw new Error('failed');
      }
      return index;
    });
  const results = await Promise.allSettled([0, 1, 2, 3, 4].map(work));
  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ]);
  expect(started).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
});

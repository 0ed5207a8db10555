import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { StrangerTurn } from './stranger-turn.js';

test('a packet full of frames is worked off in many turns, in its order, and what comes meanwhile waits behind it', async () => {
  const turn = new StrangerTurn();
  const done: number[] = [];
  const add = (number: number): void => turn.run(() => void done.push(number));
  for (let number = 0; number < 200; number++) {
    add(number);
  }
  const counts = [done.length];
  for (let number = 200; done.length < 300; number++) {
    if (number < 300) {
      add(number);
    }
    await nextTurn();
    counts.push(done.length);
  }
  expect(done).toEqual(Array.from({ length: 300 }, (_, number) => number));
  const steps = counts.map((count, index) => count - (counts[index - 1] ?? 0));
  expect(Math.max(...steps)).toBeLessThanOrEqual(17);
});

test('what comes alone is not held up, in any turn', async () => {
  const turn = new StrangerTurn();
  for (let round = 0; round < 5; round++) {
    let isDone = false;
    turn.run(() => (isDone = true));
    expect(isDone).toBe(true);
    await nextTurn();
  }
});

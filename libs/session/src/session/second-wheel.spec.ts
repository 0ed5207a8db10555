import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { SecondWheel } from './second-wheel.js';

const startMs = 1_800_000_000_250;
let due: string[][];
let wheel: SecondWheel<string>;

beforeEach(() => {
  jest.useFakeTimers({ now: startMs });
  due = [];
  wheel = new SecondWheel((items) => due.push([...items]));
});
afterEach(() => {
  wheel.close();
  jest.useRealTimers();
});

describe('SecondWheel', () => {
  test('calls back with all items of a second, at the first full second that is not before their time', () => {
    wheel.set('a', startMs + 100);
    wheel.set('b', startMs + 750);
    wheel.set('c', startMs + 751);
    jest.advanceTimersByTime(749);
    expect(due).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(due).toEqual([['a', 'b']]);
    jest.advanceTimersByTime(1000);
    expect(due).toEqual([['a', 'b'], ['c']]);
    expect(wheel.size).toBe(0);
  });

  test('calls back once per item, at the time that was set last, and never for a removed one', () => {
    wheel.set('a', startMs + 1000);
    wheel.set('a', startMs + 3000);
    wheel.set('b', startMs + 1000);
    wheel.remove('b');
    wheel.remove('b');
    jest.advanceTimersByTime(10_000);
    expect(due).toEqual([['a']]);
  });

  test('an item that is overdue comes with the next second, also if `onDue` adds it', () => {
    const again = new SecondWheel<string>((items) => {
      due.push([...items]);
      if (due.length < 3) {
        again.set('a', 0);
      }
    });
    again.set('a', startMs - 5000);
    jest.advanceTimersByTime(10_000);
    expect(due).toEqual([['a'], ['a'], ['a']]);
    again.close();
  });

  test('catches up on seconds that passed while the process was stopped', () => {
    wheel.set('a', startMs + 1000);
    wheel.set('b', startMs + 40_000);
    jest.setSystemTime(startMs + 60_000);
    jest.advanceTimersByTime(1000);
    expect(due).toEqual([['a'], ['b']]);
  });

  test('has one timer with 100,000 items, and none without items', () => {
    for (let item = 0; item < 100_000; item += 1) {
      wheel.set(`item-${item}`, startMs + item);
    }
    expect(jest.getTimerCount()).toBe(1);
    for (let item = 0; item < 100_000; item += 1) {
      wheel.remove(`item-${item}`);
    }
    jest.advanceTimersByTime(1000);
    expect(jest.getTimerCount()).toBe(0);
  });
});

import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { AppError } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { LastKnown } from './last-known.js';

interface Rule {
  value: number;
}

/** A database that fails, hangs or answers as the test says. */
class FakeDatabase {
  reads = 0;
  answer: () => Promise<Rule | undefined> = () => Promise.resolve({ value: 1 });

  read = (): Promise<Rule | undefined> => {
    this.reads += 1;
    return this.answer();
  };
}

const away = () => Promise.reject(new AppError('DATABASE_UNAVAILABLE'));

function start({ maxAgeMs = 60_000, retryMs = 60_000, timeoutMs = 50 } = {}) {
  const database = new FakeDatabase();
  const onChange = jest.fn<(isAway: boolean) => void>();
  const { read } = database;
  return { database, onChange, known: new LastKnown({ read, maxAgeMs, retryMs, timeoutMs, onChange }) };
}

describe('LastKnown', () => {
  it('reads each time while the database is available', async () => {
    const { database, known, onChange } = start();
    expect([await known.get(1), await known.get(1)]).toEqual([{ value: 1 }, { value: 1 }]);
    expect([database.reads, onChange.mock.calls]).toEqual([2, []]);
  });

  it('uses what it has read last while the database is unavailable, and asks it once per interval', async () => {
    const { database, known, onChange } = start();
    await known.get(1);
    database.answer = away;
    await known.get(1);
    await known.get(1);
    expect(await known.get(1)).toEqual({ value: 1 });
    expect([database.reads, onChange.mock.calls]).toEqual([2, [[true]]]);
    await expect(known.get(2)).rejects.toMatchObject({ code: 1190204 });
  });

  it('counts a database that hangs as unavailable', async () => {
    const { database, known } = start();
    await known.get(1);
    database.answer = () => new Promise(() => {});
    expect(await known.get(1)).toEqual({ value: 1 });
    await expect(known.get(2)).rejects.toMatchObject({ code: 1190204 });
  });

  it('does not take a standstill of its own process for one of the database', async () => {
    const timeoutMs = 500;
    const { database, known, onChange } = start({ timeoutMs });
    database.answer = async () => {
      // Two answers, each of which needs an event-loop tick.
      await setImmediate();
      await setImmediate();
      return { value: 2 };
    };
    const reading = known.get(1);
    const untilMs = performance.now() + 2 * timeoutMs;
    while (performance.now() < untilMs) {}
    expect(await reading).toEqual({ value: 2 });
    expect(onChange).not.toHaveBeenCalled();
  });

  it('reads again when the database is back', async () => {
    const { database, known, onChange } = start({ retryMs: 1 });
    await known.get(1);
    database.answer = away;
    await known.get(1);
    database.answer = () => Promise.resolve({ value: 2 });
    await waitFor(async () => (await known.get(1))?.value === 2, { describe: 'the new value' });
    expect(onChange.mock.calls).toEqual([[true], [false]]);
  });

  it('uses no value beyond its maximum age', async () => {
    const { database, known } = start({ maxAgeMs: 50 });
    await known.get(1);
    database.answer = away;
    await waitFor(
      () =>
        known.get(1).then(
          () => false,
          () => true,
        ),
      { describe: 'the value to expire' },
    );
    await expect(known.get(1)).rejects.toMatchObject({ code: 1190204 });
  });

  it('uses no value after a change, even if it was read meanwhile', async () => {
    const { database, known } = start();
    await known.get(1);
    known.delete(1);
    let answer: ((rule: Rule) => void) | undefined;
    database.answer = () => new Promise((resolve) => (answer = resolve));
    const reading = known.get(1);
    known.delete(1);
    answer?.({ value: 1 });
    await reading;
    database.answer = away;
    await expect(known.get(1)).rejects.toMatchObject({ code: 1190204 });
  });

  it('keeps what a later read has found', async () => {
    const { database, known } = start();
    let answer: ((rule: Rule) => void) | undefined;
    database.answer = () => new Promise((resolve) => (answer = resolve));
    const slow = known.get(1);
    database.answer = () => Promise.resolve({ value: 2 });
    await known.get(1);
    answer?.({ value: 1 });
    expect(await slow).toEqual({ value: 1 });
    database.answer = away;
    expect(await known.get(1)).toEqual({ value: 2 });
  });

  it('forgets a key that the database does not have any more, and passes on other errors', async () => {
    const { database, known } = start();
    await known.get(1);
    database.answer = () => Promise.resolve(undefined);
    expect(await known.get(1)).toBeUndefined();
    database.answer = away;
    await expect(known.get(1)).rejects.toMatchObject({ code: 1190204 });
    database.answer = () => Promise.reject(new Error('a fault'));
    await expect(known.get(1)).rejects.toThrow('a fault');
  });
});

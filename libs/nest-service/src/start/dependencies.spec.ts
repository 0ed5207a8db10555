import { expect, test } from '@jest/globals';
import { createLogger } from '@polyroom/observability';
import { waitFor } from '@polyroom/testing';
import { Dependencies, type Dependency, StartError } from './dependencies.js';

function keep(): { lines: Record<string, unknown>[]; write(line: string): void } {
  const lines: Record<string, unknown>[] = [];
  return { lines, write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
}

/** A dependency that is unavailable until `answers` is set. */
function away(): { attempts: number; answers: boolean; dependency: Dependency<object> } {
  const state = {
    attempts: 0,
    answers: false,
    dependency: {
      check: 'store',
      name: 'Store',
      address: 'store://a',
      connect: async () => {
        state.attempts += 1;
        if (!state.answers) {
          throw new Error('no route to store://u:hidden@a', { cause: new Error('EHOSTUNREACH') });
        }
        return {};
      },
    },
  };
  return state;
}

test('logs an unavailable dependency once while attempts fail, and again when it is reached', async () => {
  const output = keep();
  const dependencies = new Dependencies();
  const store = away();
  const reaching = dependencies.reach(store.dependency, createLogger('test', 'info', output));
  expect(dependencies.describe()).toEqual({ store: 'waiting for Store at store://a: no answer yet' });
  await waitFor(() => store.attempts >= 4, { describe: 'several attempts' });
  expect(output.lines).toEqual([
    expect.objectContaining({
      level: 40,
      msg: 'waiting for a dependency',
      dependency: 'Store',
      address: 'store://a',
      reason: 'no route to store://[redacted]@a: EHOSTUNREACH',
    }),
  ]);
  expect(dependencies.describe()).toEqual({
    store: 'waiting for Store at store://a: no route to store://[redacted]@a: EHOSTUNREACH',
  });
  store.answers = true;
  await reaching;
  expect(output.lines.slice(1)).toEqual([expect.objectContaining({ level: 30, msg: 'dependency reached' })]);
  expect(dependencies.describe()).toEqual({});
});

test('repeats the log line at a fixed interval, whether attempts fail or hang', async () => {
  const output = keep();
  const dependencies = new Dependencies(100);
  let connected = (_connection: object): void => {};
  const connect = (): Promise<object> => new Promise((resolve) => (connected = resolve));
  const reaching = dependencies.reach(
    { ...away().dependency, connect },
    createLogger('test', 'info', output),
  );
  await waitFor(() => output.lines.length >= 3, { describe: 'the second reminder' });
  expect(output.lines.map(({ reason }) => reason)).toEqual(output.lines.map(() => 'no answer yet'));
  expect(Number(output.lines[2]!['waitedMs'])).toBeGreaterThanOrEqual(1190);
  connected({});
  await reaching;
});

test('fails the start on a permanent error', async () => {
  const store = away();
  const dependency = { ...store.dependency, isFatal: () => true };
  const reaching = new Dependencies().reach(dependency, createLogger('test', 'silent'));
  await expect(reaching).rejects.toThrow(StartError);
  expect(store.attempts).toBe(1);
});

import { expect, test } from '@jest/globals';
import { KeyedQueue } from './keyed-queue.js';

/** Tasks that a test ends, with a record of those that have started. */
function setUp() {
  const queue = new KeyedQueue();
  const started: string[] = [];
  const tasks = new Map<string, PromiseWithResolvers<string>>();
  const run = (key: string, name: string): Promise<string> =>
    queue.run(key, () => {
      started.push(name);
      const task = Promise.withResolvers<string>();
      tasks.set(name, task);
      return task.promise;
    });
  return { queue, run, started, end: (name: string) => tasks.get(name)!.resolve(name), tasks };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('runs tasks of one key in the order of the calls, the first one at once', async () => {
  const { run, started, end } = setUp();
  const results = [run('a', '1'), run('a', '2'), run('a', '3')];
  expect(started).toEqual(['1']);
  for (const name of ['1', '2', '3']) {
    end(name);
    await settle();
  }
  expect(started).toEqual(['1', '2', '3']);
  expect(await Promise.all(results)).toEqual(['1', '2', '3']);
});

test('runs tasks of different keys concurrently', () => {
  const { run, started } = setUp();
  void run('a', '1');
  void run('b', '2');
  expect(started).toEqual(['1', '2']);
});

test('a failure reaches its caller and the next task runs', async () => {
  const { run, started, tasks } = setUp();
  const first = run('a', '1');
  const second = run('a', '2');
  tasks.get('1')!.reject(new Error('broken'));
  await expect(first).rejects.toThrow('broken');
  await settle();
  expect(started).toEqual(['1', '2']);
  tasks.get('2')!.resolve('done');
  expect(await second).toBe('done');
});

test('forgets a key whose tasks have ended', async () => {
  const { queue, run, end } = setUp();
  void run('a', '1');
  void run('a', '2');
  end('1');
  await settle();
  expect(queue.size).toBe(1);
  end('2');
  await settle();
  expect(queue.size).toBe(0);
});

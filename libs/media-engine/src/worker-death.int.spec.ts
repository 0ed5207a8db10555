import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { type MediaNodeEvents } from './media-node.js';
import { TestNode } from './media-node.fixtures.js';

let testNode: TestNode;

beforeEach(async () => {
  testNode = await TestNode.start(2);
});
afterEach(() => testNode.close());

test('a killed worker ends only its own sessions and is replaced', async () => {
  const [lost, other, lostToo, otherToo] = [
    await testNode.join('lost'),
    await testNode.join('other'),
    await testNode.join('lostToo'),
    await testNode.join('otherToo'),
  ];
  const pid = lost.dump!.workerPid;
  expect(lostToo.dump!.workerPid).toBe(pid);
  await lost.publish('of-lost');
  await other.publish('of-other');
  await Promise.all([
    other.bind('of-lost'),
    otherToo.bind('of-lost'),
    lost.bind('of-other'),
    otherToo.bind('of-other'),
  ]);

  const deaths: MediaNodeEvents['workerDied'][] = [];
  const closed: MediaNodeEvents['downlinkClosed'][] = [];
  testNode.node.on('workerDied', (...fact) => deaths.push(fact));
  testNode.node.on('downlinkClosed', (...fact) => closed.push(fact));
  process.kill(pid, 'SIGKILL');
  await waitFor(() => deaths.length === 1, { timeoutMs: 5000, describe: 'the workerDied event' });

  expect(deaths[0]![0]).toMatchObject({ pid, sessions: [lost.ref, lostToo.ref] });
  expect(closed.flat()).toHaveLength(3);
  expect(closed.flat()).toEqual(
    expect.arrayContaining([
      { session: lost.ref, streamId: 'of-other', reason: 'workerDied' },
      { session: other.ref, streamId: 'of-lost', reason: 'workerDied' },
      { session: otherToo.ref, streamId: 'of-lost', reason: 'workerDied' },
    ]),
  );
  const { sessions, pipes } = testNode.node.dump();
  expect(sessions.map(({ userId }) => userId)).toEqual(['other', 'otherToo']);
  expect(pipes).toEqual([]);
  expect(otherToo.dump!.downlinks).toEqual([{ streamId: 'of-other', roomIds: ['room1'], consumers: 2 }]);

  await waitFor(() => testNode.node.dump().workers.length === 2, {
    timeoutMs: 5000,
    describe: 'the pool to be refilled',
  });
  expect(testNode.node.dump().workers.map((worker) => worker.pid)).not.toContain(pid);
  // The new worker is empty, so the next session is anchored there, and its streams reach the other worker.
  const back = await testNode.join('back');
  expect(back.dump!.workerPid).not.toBe(other.dump!.workerPid);
  await back.publish('of-lost');
  await expect(other.bind('of-lost')).resolves.toMatchObject({ created: true });
  expect(await testNode.countInWorkers()).toMatchObject({ routers: 2 });
});

test('completes every request when a worker dies, and leaves nothing of it', async () => {
  const publisher = await testNode.join('publisher');
  const viewer = await testNode.join('viewer');
  await publisher.publish('stream1');
  const requests = Promise.allSettled([
    viewer.bind('stream1'),
    publisher.produce('stream2', 'audio'),
    ...Array.from({ length: 6 }, () => testNode.join('late')),
  ]);
  process.kill(publisher.dump!.workerPid, 'SIGKILL');
  for (const result of await requests) {
    if (result.status === 'rejected') {
      expect(result.reason).toMatchObject({ errorName: expect.stringMatching(/^(MEDIA|PLAYER)_/) });
    }
  }
  await waitFor(() => publisher.dump === undefined && testNode.node.counts().workers === 2, {
    timeoutMs: 5000,
    describe: 'the worker to be replaced',
  });
  const dump = testNode.node.dump();
  expect(dump.pipes).toEqual([]);
  expect(dump.sessions.flatMap(({ downlinks }) => downlinks)).toEqual([]);
  expect(await testNode.countInWorkers()).toMatchObject({ producers: 0, consumers: 0 });
});

test('a closed node leaves no process and refuses sessions', async () => {
  const { workers } = testNode.node.dump();
  await testNode.join();
  await Promise.all([testNode.close(), testNode.close()]);
  for (const { pid } of workers) {
    expect(() => process.kill(pid, 0)).toThrow();
  }
  await expect(testNode.join()).rejects.toMatchObject({ errorName: 'MEDIA_NODE_UNAVAILABLE' });
});

test('replaces a dead worker although a listener throws', async () => {
  const failures: unknown[] = [];
  testNode.node.on('listenererror', (event, error) => failures.push([event, error.message]));
  testNode.node.on('workerDied', () => {
    throw new Error('a broken listener');
  });
  const { workerPid } = (await testNode.join('user')).dump!;
  process.kill(workerPid, 'SIGKILL');
  const pids = () => testNode.node.dump().workers.map(({ pid }) => pid);
  await waitFor(() => pids().length === 2 && !pids().includes(workerPid), {
    timeoutMs: 5000,
    describe: 'the replacement of the worker',
  });
  expect(failures).toEqual([['workerDied', 'a broken listener']]);
});

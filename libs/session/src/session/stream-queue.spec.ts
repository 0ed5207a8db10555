import { expect, test } from '@jest/globals';
import { StreamQueue } from './stream-queue.js';

/** Work that starts when the queue says so, and ends when the test says so. */
function newWork(name: string, log: string[]) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const work = async (): Promise<string> => {
    log.push(name);
    try {
      return await promise;
    } finally {
      log.push(`${name} ends`);
    }
  };
  return { work, end: () => resolve(name), fail: () => reject(new Error(name)) };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('runs adjacent tracks of a stream concurrently, and other work before and after them', async () => {
  const log: string[] = [];
  const queue = new StreamQueue();
  const [claim, audio, video, share, late] = ['claim', 'audio', 'video', 'share', 'late'].map((name) =>
    newWork(name, log),
  );
  const results = [
    queue.run('s', claim!.work),
    queue.runForTrack('s', audio!.work),
    queue.runForTrack('s', video!.work),
    queue.run('s', share!.work),
    queue.runForTrack('s', late!.work),
  ];
  await settle();
  expect(log).toEqual(['claim']);
  claim!.end();
  await settle();
  expect(log).toEqual(['claim', 'claim ends', 'audio', 'video']);
  video!.end();
  await settle();
  expect(log.slice(4)).toEqual(['video ends']);
  audio!.end();
  await settle();
  expect(log.slice(5)).toEqual(['audio ends', 'share']);
  share!.end();
  late!.end();
  expect(await Promise.all(results)).toEqual(['claim', 'audio', 'video', 'share', 'late']);
  expect(log.slice(7)).toEqual(['share ends', 'late', 'late ends']);
});

test('waits for all tracks before the next work if one of them fails', async () => {
  const log: string[] = [];
  const queue = new StreamQueue();
  const [audio, video, stop] = ['audio', 'video', 'stop'].map((name) => newWork(name, log));
  const producing = Promise.allSettled([
    queue.runForTrack('s', audio!.work),
    queue.runForTrack('s', video!.work),
  ]);
  const stopping = queue.run('s', stop!.work);
  audio!.fail();
  await settle();
  expect(log).toEqual(['audio', 'video', 'audio ends']);
  video!.end();
  stop!.end();
  await stopping;
  expect((await producing).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(log.slice(3)).toEqual(['video ends', 'stop', 'stop ends']);
});

test('lets a track join while another one is running, and runs streams independently', async () => {
  const log: string[] = [];
  const queue = new StreamQueue();
  const [audio, video, other] = ['audio', 'video', 'other'].map((name) => newWork(name, log));
  const first = queue.runForTrack('s', audio!.work);
  await settle();
  const second = queue.runForTrack('s', video!.work);
  const third = queue.run('t', other!.work);
  await settle();
  expect([...log].sort()).toEqual(['audio', 'other', 'video']);
  [audio, video, other].forEach((work) => work!.end());
  expect(await Promise.all([first, second, third])).toEqual(['audio', 'video', 'other']);
});

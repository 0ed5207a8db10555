import { expect, test } from '@jest/globals';
import { readCosts, socketLimits } from '@polyroom/contracts';
import { type Frame } from '../test/raw-client.js';
import { useGateway } from '../test/use-gateway.js';

const used = useGateway();
const { readBurst, readsPerSecond, maxReadWaitMs } = socketLimits;
const cost = readCosts['room.getSnapshot']!;

test('delays and then refuses the reads of one session beyond its budget, and nothing else', async () => {
  const polling = await used.connectTo('r1', 'polling');
  const other = await used.connectTo('r1', 'other');
  const read = () => polling.ask('room.getSnapshot', { roomId: 'r1' });
  const firstAtMs = performance.now();
  let sent = 0;
  for (; sent < readBurst / cost; sent += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, read));
    expect(answers.filter(({ error }) => error !== undefined)).toEqual([]);
  }
  expect(used.cluster.countCalls('readMemberRooms')).toBe(sent);
  const startedAtMs = performance.now();
  const flood = Array.from({ length: 250 }, read);
  // Requests that are no reads, and the reads of other sessions, do not wait.
  const message = { roomId: 'r1', content: 'hi', clientMessageId: 'm1' };
  expect((await polling.ask('message.broadcast', message)).error).toBeUndefined();
  expect((await other.ask('room.getSnapshot', { roomId: 'r1' })).error).toBeUndefined();
  expect(performance.now() - startedAtMs).toBeLessThan(maxReadWaitMs / 2);
  const answers: Frame[] = await Promise.all(flood);
  const elapsedSeconds = (performance.now() - firstAtMs) / 1000;
  const refused = answers.filter(({ error }) => error?.code === 1190003);
  const answered = answers.filter(({ error }) => error === undefined);
  expect(refused.length + answered.length).toBe(flood.length);
  expect(refused.length).toBeGreaterThan(0);
  expect(sent + answered.length).toBeLessThanOrEqual(
    (readBurst + elapsedSeconds * readsPerSecond) / cost + 1,
  );
});

test('a session with delayed reads that closes its socket is suspended at once', async () => {
  const polling = await used.connectTo('r1', 'polling');
  for (let sent = 0; sent < readBurst / cost; sent += 50) {
    await Promise.all(Array.from({ length: 50 }, () => polling.ask('room.getSnapshot', { roomId: 'r1' })));
  }
  for (let id = 1000; id < 1090; id++) {
    polling.socket.send(JSON.stringify({ id, method: 'room.getSnapshot', params: { roomId: 'r1' } }));
  }
  await polling.ask('message.broadcast', { roomId: 'r1', content: 'hi', clientMessageId: 'm1' });
  const startedAtMs = performance.now();
  await polling.closeWith(4900);
  while (used.cluster.countCalls('endSession') === 0) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(performance.now() - startedAtMs).toBeLessThan(maxReadWaitMs / 2);
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AppError, newId } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import fc from 'fast-check';
import { eventLoopTurns, TestNode, TestSession } from './media-node.fixtures.js';

const userCount = 4;
const streams = ['stream0', 'stream1', 'stream2'];
const rooms = ['room1', 'room2'];

let testNode: TestNode;
let rtpCapabilities: object;

beforeAll(async () => {
  testNode = await TestNode.start(3);
  const probe = await testNode.join();
  rtpCapabilities = probe.rtpCapabilities;
  await probe.close();
});
afterAll(() => testNode.close());

const operation = fc.record({
  name: fc.constantFrom(
    'open',
    'close',
    'publish',
    'closeUpstream',
    'bind',
    'bind',
    'bind',
    'unbind',
    'unbindAll',
    'resume',
  ),
  user: fc.nat(userCount - 1),
  stream: fc.constantFrom(...streams),
  room: fc.constantFrom(...rooms),
  /** How far it gets before the next one: some event loop turns, or to its end. */
  pause: fc.constantFrom<number | 'untilDone'>(0, 0, 1, 3, 6, 12, 'untilDone'),
});
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

async function run({ name, user, stream, room }: Operation, users: TestSession[]): Promise<void> {
  const session = users[user]!;
  switch (name) {
    case 'open':
      await testNode.node.openSession({ session: session.ref });
      return;
    case 'close':
      return session.close();
    case 'publish':
      return session.publish(stream);
    case 'closeUpstream':
      return session.closeUpstream(stream);
    case 'bind':
      await session.bind(stream, room, { maxPlays: 2 });
      return;
    case 'unbind':
      session.unbind(stream, room);
      return;
    case 'unbindAll':
      session.unbind(stream);
      return;
    case 'resume':
      return session.resume(stream);
  }
}

/** What the node's books and the workers have to agree on. */
async function expectConsistent(): Promise<void> {
  const { sessions, pipes } = testNode.node.dump();
  const upstreamKinds = new Map(
    sessions.flatMap(({ upstreams }) =>
      upstreams.map(({ streamId, kinds }) => [streamId, kinds.length] as const),
    ),
  );
  const consumers = sessions.flatMap(({ downlinks }) => downlinks.map((downlink) => downlink.consumers));
  const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, one) => total + one, 0);
  const held = await testNode.countInWorkers();
  // What is left over is piped: a consumer where it leaves and a producer where it arrives. A pipe carries
  // what the stream had when the last viewer came to it, so at least one kind and at most all.
  const piped = held.producers - sum(upstreamKinds.values());
  expect(held.consumers - sum(consumers)).toBe(piped);
  expect(piped).toBeGreaterThanOrEqual(pipes.length);
  expect(piped).toBeLessThanOrEqual(sum(pipes.map(({ streamId }) => upstreamKinds.get(streamId) ?? 0)));
  for (const { downlinks } of sessions) {
    expect(downlinks.length).toBeLessThanOrEqual(2);
    expect(
      downlinks.every(({ roomIds, streamId }) => roomIds.length > 0 && upstreamKinds.has(streamId)),
    ).toBe(true);
  }
}

async function expectNothing(): Promise<void> {
  expect(testNode.node.dump()).toMatchObject({ sessions: [], pipes: [] });
  expect(testNode.node.counts()).toMatchObject({ sessions: 0, upstreams: 0, downlinks: 0, pipes: 0 });
  const left = await testNode.countInWorkers();
  expect(left).toMatchObject({ producers: 0, consumers: 0 });
  // Only the pair of pipe transports that each pair of routers keeps: three pairs at most.
  expect(left.transports).toBeLessThanOrEqual(6);
}

async function untilHolds(describe: string, check: () => Promise<void>): Promise<void> {
  await waitFor(() => check().then(() => true), { timeoutMs: 2000, describe });
}

test('whatever happens in whatever order, the books agree with the workers and nothing is left at the end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 20, maxLength: 60 }), async (operations) => {
      const users = Array.from(
        { length: userCount },
        (_, index) =>
          new TestSession(
            testNode.node,
            { appId: 1, userId: `user${index}`, sessionId: newId('session') },
            rtpCapabilities,
          ),
      );
      await Promise.all(users.map(({ ref }) => testNode.node.openSession({ session: ref })));
      const running: Promise<void>[] = [];
      for (const one of operations) {
        const done = run(one, users).catch((error: unknown) => {
          // Refusals are part of the game; anything without a code is not.
          if (!AppError.is(error)) {
            throw error;
          }
        });
        running.push(done);
        await (one.pause === 'untilDone' ? done : eventLoopTurns(one.pause));
      }
      await Promise.all(running);
      // A kind that was added is still on its way to those who play the stream when it is published.
      await untilHolds('the books to agree with the workers', expectConsistent);

      await Promise.all(users.map((user) => user.close()));
      await untilHolds('nothing to be left', expectNothing);
    }),
    // Timing decides as well, so a smaller example would be another one.
    { numRuns: 40, endOnFailure: true },
  );
}, 120_000);

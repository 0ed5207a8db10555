import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AppError, newId } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import fc from 'fast-check';
import { eventLoopTicks, TestNode, TestSession } from './media-node.fixtures.js';

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
  /** How far the operation runs before the next one starts: a number of event-loop ticks, or to its end. */
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

/** Invariants between the node's bookkeeping and the workers' actual state. */
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
  // The remainder is piped: a consumer at the source and a producer at the target. A pipe carries what the
  // stream had when its last viewer bound, so at least one kind and at most all.
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
  // Only the transport pair of each pair of routers remains: three pairs at most.
  expect(left.transports).toBeLessThanOrEqual(6);
}

async function untilHolds(describe: string, check: () => Promise<void>): Promise<void> {
  await waitFor(() => check().then(() => true), { describe });
}

test('keeps the bookkeeping consistent with the workers under random operations and leaves nothing', async () => {
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
          // Coded refusals are expected; any other error is a failure.
          if (!AppError.is(error)) {
            throw error;
          }
        });
        running.push(done);
        await (one.pause === 'untilDone' ? done : eventLoopTicks(one.pause));
      }
      await Promise.all(running);
      // A kind that was just published may still be on its way to the players of its stream.
      await untilHolds('the bookkeeping to agree with the workers', expectConsistent);

      await Promise.all(users.map((user) => user.close()));
      await untilHolds('nothing to be left', expectNothing);
    }),
    // The outcome depends on timing too, so a shrunk example would be a different one.
    { numRuns: 40, endOnFailure: true },
  );
});

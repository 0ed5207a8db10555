import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@polyroom/contracts';
import { waitFor, waitUntilStopped } from '@polyroom/testing';
import { eventLoopTicks, rtpParametersOf, TestNode, type TestSession } from './media-node.fixtures.js';

let testNode: TestNode;

beforeEach(async () => {
  testNode = await TestNode.start(2);
});
afterEach(() => testNode.close());

/**
 * A publisher and viewers. Sessions alternate between the two workers, so the second one is on the other
 * worker.
 */
async function join(count: number): Promise<TestSession[]> {
  const sessions: TestSession[] = [];
  for (let index = 0; index < count; index += 1) {
    sessions.push(await testNode.join(`user${index}`));
  }
  return sessions;
}

async function joinPublisherAndViewers() {
  const [publisher, across, near, acrossToo] = await join(4);
  await publisher!.publish('stream1');
  return { publisher: publisher!, across: across!, near: near!, acrossToo: acrossToo! };
}

describe('sessions', () => {
  test('are spread over the workers, even in a burst', async () => {
    await Promise.all(Array.from({ length: 6 }, () => testNode.join()));
    const { sessions, workers } = testNode.node.dump();
    const perWorker = workers.map(({ pid }) => sessions.filter(({ workerPid }) => workerPid === pid).length);
    expect(perWorker).toEqual([3, 3]);
    expect(workers.map(({ routers }) => routers)).toEqual([1, 1]);
  });

  test('have two transports on one port, and reopening returns the same ones', async () => {
    const session = { appId: 1, userId: 'a', sessionId: newId('session') };
    const [first, second] = await Promise.all([
      testNode.node.openSession({ session }),
      testNode.node.openSession({ session }),
    ]);
    expect(second).toEqual(first);
    const ports = [first.send, first.recv].flatMap(({ iceCandidates }) =>
      iceCandidates.filter(({ protocol }) => protocol === 'udp').map(({ port }) => port),
    );
    expect(new Set(ports).size).toBe(1);
    // From there on Linux takes ports for outgoing connections.
    expect(ports[0]).toBeLessThan(32_768);
    expect(first.send.iceCandidates.map(({ protocol }) => protocol).sort()).toEqual(['tcp', 'udp']);
    expect(testNode.node.dump().sessions).toHaveLength(1);
    expect((await testNode.countInWorkers()).transports).toBe(2);
  });

  test('have candidates for every announced address', async () => {
    const clientAddresses = [
      { ip: '127.0.0.1', announcedAddress: '203.0.113.7', announceIp: true },
      { ip: '127.0.0.2', announcedAddress: 'media.example' },
    ];
    const other = await TestNode.start(1, { clientAddresses });
    const { send } = await other.node.openSession({
      session: { appId: 1, userId: 'a', sessionId: newId('session') },
    });
    for (const protocol of ['udp', 'tcp']) {
      const candidates = send.iceCandidates.filter((candidate) => candidate.protocol === protocol);
      expect(candidates.map(({ address }) => address).sort()).toEqual([
        '127.0.0.1',
        '203.0.113.7',
        'media.example',
      ]);
    }
    await other.close();
  });

  test('leave nothing when closed while opening', async () => {
    const session = { appId: 1, userId: 'a', sessionId: newId('session') };
    const opening = testNode.node.openSession({ session });
    await Promise.all([
      testNode.node.closeSession({ session }),
      expect(opening).rejects.toMatchObject({ errorName: 'MEDIA_NODE_UNAVAILABLE', fault: 'client' }),
    ]);
    expect(testNode.node.dump().sessions).toEqual([]);
    expect((await testNode.countInWorkers()).transports).toBe(0);
  });

  test('close with all of their streams, idempotently', async () => {
    const { publisher, across } = await joinPublisherAndViewers();
    await across.publish('stream2');
    await across.bind('stream1');
    await publisher.bind('stream2');
    const closed: unknown[] = [];
    testNode.node.on('downlinkClosed', (fact) => closed.push(fact));
    await across.close();
    await across.close();
    expect(closed).toEqual([{ session: publisher.ref, streamId: 'stream2', reason: 'sourceEnded' }]);
    expect(across.dump).toBeUndefined();
    expect(publisher.dump!.downlinks).toEqual([]);
    expect(testNode.node.dump().pipes).toEqual([]);
    await expect(across.bind('stream1')).rejects.toMatchObject({ errorName: 'MEDIA_SESSION_NOT_FOUND' });
  });
});

test('reads the traffic of all workers but one that does not answer', async () => {
  const [first, second] = await join(2);
  const read: string[] = [];
  testNode.node.on('sessionTraffic', ({ session }) => read.push(session.userId));
  const { workerPid } = first!.dump!;
  process.kill(workerPid, 'SIGSTOP');
  waitUntilStopped(workerPid);
  try {
    await testNode.node.readTraffic();
    expect(read).toEqual([second!.ref.userId]);
  } finally {
    process.kill(workerPid, 'SIGCONT');
  }
  await waitFor(() => read.includes(first!.ref.userId), { describe: 'the late figures' });
});

test('reads the traffic of a session when its rooms change, not for each stream', async () => {
  const { publisher, near } = await joinPublisherAndViewers();
  await publisher.publish('stream2', ['audio']);
  await publisher.publish('stream3', ['audio']);
  let readings = 0;
  testNode.node.on('sessionTraffic', () => (readings += 1));
  const reads = (count: number) => waitFor(() => readings === count, { describe: `${count} readings` });
  await near.bind('stream1', 'lobby');
  await near.bind('stream2', 'lobby');
  await reads(1);
  await near.bind('stream3', 'stage');
  await reads(2);
  near.unbind('stream3');
  await reads(3);
  near.unbind('stream2');
  near.unbind('stream1');
  await near.bind('stream1', 'lobby');
  await testNode.node.readTraffic();
  // One of each session.
  await reads(7);
});

test('hides a stream until all announced kinds are produced', async () => {
  const [publisher, viewer] = await join(2);
  const request = (kind: 'audio' | 'video') => ({
    session: publisher!.ref,
    streamId: 'stream1',
    kind,
    kinds: ['audio' as const, 'video' as const],
    rtpParameters: rtpParametersOf(kind),
  });
  await testNode.node.produce(request('audio'));
  await expect(viewer!.bind('stream1')).rejects.toMatchObject({ errorName: 'PLAYER_PLAY_STREAM_NOT_EXIST' });
  await testNode.node.produce(request('video'));
  const { consumers } = await viewer!.bind('stream1');
  expect(consumers.map(({ kind }) => kind)).toEqual(['audio', 'video']);
});

describe('downlinks', () => {
  test('start on request, or by themselves after the given delay', async () => {
    const { across, near } = await joinPublisherAndViewers();
    const paused = (ids: { consumerId: string }[]) =>
      testNode.consumers
        .filter(({ id }) => ids.some(({ consumerId }) => consumerId === id))
        .map((consumer) => consumer.paused);
    const asking = await near.bind('stream1');
    const waiting = await across.bind('stream1', 'room1', { resumeAfterMs: 5 });
    expect(paused(waiting.consumers)).toEqual([true, true]);
    await waitFor(() => paused(waiting.consumers).every((value) => !value), { describe: 'packets' });
    expect(paused(asking.consumers)).toEqual([true, true]);
    await near.resume('stream1');
    expect(paused(asking.consumers)).toEqual([false, false]);
    // A downlink closed before its delayed resume does no harm.
    await near.bind('stream2').catch(() => undefined);
    across.unbind('stream1');
    await across.bind('stream1', 'room1', { resumeAfterMs: 5 });
    across.unbind('stream1');
  });

  test('extend when a stream gains a kind, on the same worker and through a pipe', async () => {
    const [publisher, across, near] = await join(3);
    await publisher!.produce('stream1', 'audio');
    await Promise.all([across!.bind('stream1'), near!.bind('stream1')]);
    const extended: { userId: string; kind: string; consumerId: string }[] = [];
    testNode.node.on('downlinkExtended', ({ consumer, session }) =>
      extended.push({ userId: session.userId, kind: consumer.kind, consumerId: consumer.consumerId }),
    );
    await publisher!.produce('stream1', 'video');
    await waitFor(() => extended.length === 2, { describe: 'both viewers' });
    expect(extended.map(({ kind, userId }) => `${userId} ${kind}`).sort()).toEqual([
      'user1 video',
      'user2 video',
    ]);
    const added = testNode.consumers.filter(({ id }) => extended.some(({ consumerId }) => consumerId === id));
    expect(added.map(({ paused }) => paused)).toEqual([true, true]);
    await near!.resume('stream1');
    await across!.resume('stream1');
    expect(added.map(({ paused }) => paused)).toEqual([false, false]);
    // Later viewers get it with the first reply; no extension is reported twice.
    const { consumers } = await across!.bind('stream1', 'room2');
    expect(consumers.map(({ kind }) => kind)).toEqual(['audio', 'video']);
    expect(extended).toHaveLength(2);
  });

  test('forward a lone VP8 encoding with temporal layers whole', async () => {
    const [publisher, viewer] = await join(2);
    const parameters = rtpParametersOf('video');
    const encodings = parameters.encodings.map((encoding) => ({ ...encoding, scalabilityMode: 'L1T3' }));
    await publisher!.produce('stream1', 'video', { ...parameters, encodings });
    await viewer!.bind('stream1');
    expect(testNode.consumers.at(-1)!.type).toBe('simple');
  });

  test('share one pipe per stream and worker', async () => {
    const { across, acrossToo } = await joinPublisherAndViewers();
    const bound = await across.bind('stream1');
    expect(bound).toMatchObject({ created: true, roomIds: ['room1'] });
    expect(bound.consumers.map(({ kind }) => kind)).toEqual(['audio', 'video']);
    expect(testNode.node.dump().pipes).toEqual([{ streamId: 'stream1', downlinks: 1 }]);
    await acrossToo.bind('stream1');
    expect(testNode.node.dump().pipes).toEqual([{ streamId: 'stream1', downlinks: 2 }]);
    // Two producers at the source and two piped ones, for any number of viewers.
    expect((await testNode.countInWorkers()).producers).toBe(4);

    expect(across.unbind('stream1', 'room1')).toEqual({ closed: true, roomIds: [] });
    expect(testNode.node.dump().pipes).toEqual([{ streamId: 'stream1', downlinks: 1 }]);
    acrossToo.unbind('stream1');
    expect(testNode.node.dump().pipes).toEqual([]);
    expect(await testNode.countInWorkers()).toMatchObject({ producers: 2, consumers: 0 });
  });

  test('need no pipe on the same router', async () => {
    const { near } = await joinPublisherAndViewers();
    await near.bind('stream1');
    expect(testNode.node.dump().pipes).toEqual([]);
    expect(near.dump!.downlinks).toEqual([{ streamId: 'stream1', roomIds: ['room1'], consumers: 2 }]);
  });

  test('keep their consumers when a second room is bound', async () => {
    const { across } = await joinPublisherAndViewers();
    const first = await across.bind('stream1', 'room1');
    const before = await testNode.countInWorkers();
    const second = await across.bind('stream1', 'room2');
    expect(second).toEqual({ ...first, created: false, roomIds: ['room1', 'room2'] });
    expect(await testNode.countInWorkers()).toEqual(before);
    expect(across.unbind('stream1', 'room1')).toEqual({ closed: false, roomIds: ['room2'] });
    expect(across.dump!.downlinks).toHaveLength(1);
    expect(across.unbind('stream1', 'room2')).toEqual({ closed: true, roomIds: [] });
    expect(across.unbind('stream1', 'room2')).toEqual({ closed: true, roomIds: [] });
  });

  test('create one downlink and one pipe for fifty concurrent bindings', async () => {
    const { across, acrossToo } = await joinPublisherAndViewers();
    const rooms = Array.from({ length: 50 }, (_, index) => `room${index}`);
    const [ofOne, ofOther] = await Promise.all(
      [across, acrossToo].map((viewer) => Promise.all(rooms.map((room) => viewer.bind('stream1', room)))),
    );
    for (const replies of [ofOne!, ofOther!]) {
      expect(replies.filter(({ created }) => created)).toHaveLength(1);
      expect(new Set(replies.map(({ consumers }) => JSON.stringify(consumers))).size).toBe(1);
    }
    expect(across.dump!.downlinks).toEqual([{ streamId: 'stream1', roomIds: rooms, consumers: 2 }]);
    expect(testNode.node.dump().pipes).toEqual([{ streamId: 'stream1', downlinks: 2 }]);
    // Two through the pipe and two for each viewer.
    expect(await testNode.countInWorkers()).toMatchObject({ producers: 4, consumers: 6 });
  });

  test('are limited to maxPlays', async () => {
    const { publisher, across } = await joinPublisherAndViewers();
    await publisher.publish('stream2', ['audio']);
    await across.bind('stream1', 'room1', { maxPlays: 1 });
    await expect(across.bind('stream2', 'room1', { maxPlays: 1 })).rejects.toMatchObject({
      errorName: 'PLAYER_COUNT_EXCEED',
    });
    await expect(across.bind('stream1', 'room2', { maxPlays: 1 })).resolves.toMatchObject({ created: false });
  });

  test('refuse a missing, remote or undecodable stream with a code each', async () => {
    const { across } = await joinPublisherAndViewers();
    await expect(across.bind('stream2')).rejects.toMatchObject({ errorName: 'PLAYER_PLAY_STREAM_NOT_EXIST' });
    await expect(across.bind('stream1', 'room1', { sourceNodeId: 'nd_other' })).rejects.toMatchObject({
      errorName: 'MEDIA_NODE_UNAVAILABLE',
    });
    for (const rtpCapabilities of [{}, { codecs: [] }, { codecs: [{ mimeType: 'x', clockRate: 1 }] }]) {
      await expect(across.bind('stream1', 'room1', { rtpCapabilities })).rejects.toMatchObject({
        errorName: 'MEDIA_PARAMETERS_INVALID',
      });
    }
    expect(across.dump!.downlinks).toEqual([]);
    expect(testNode.node.dump().pipes).toEqual([]);
    await expect(across.bind('stream1')).resolves.toMatchObject({ created: true });
  });

  test('send only the kinds and the layers that the viewer wants', async () => {
    // The viewer is on the worker of the publisher, so that no pipe has consumers.
    const [publisher, , viewer] = await join(3);
    await publisher!.produce('limited', 'audio');
    const { codecs, ...video } = rtpParametersOf('video');
    const encodings = [1, 2, 3].map((ssrc) => ({ ssrc: 7000 + ssrc, scalabilityMode: 'L1T1' }));
    await publisher!.produce('limited', 'video', { ...video, codecs, encodings });
    await viewer!.bind('limited');
    await viewer!.resume('limited');
    const [audio, camera] = testNode.consumers;
    const whenStates = (states: unknown[]) =>
      waitFor(
        () =>
          JSON.stringify([audio!.paused, camera!.paused, camera!.preferredLayers?.spatialLayer]) ===
          JSON.stringify(states),
        { describe: `audio paused, video paused, layer: ${states.join()}` },
      );
    await whenStates([false, false, 2]);
    await viewer!.limit('limited', ['audio'], 0);
    await whenStates([false, true, 0]);
    // A resume does not lift the limit.
    await viewer!.resume('limited');
    await viewer!.limit('limited', ['video']);
    await whenStates([true, false, 2]);
    await expect(viewer!.limit('other', [])).rejects.toMatchObject({ code: 1004011 });
  });

  test('end in the state that was requested last, and answer when it is applied', async () => {
    const [publisher, , viewer] = await join(3);
    const { codecs, ...video } = rtpParametersOf('video');
    const encodings = [1, 2, 3].map((ssrc) => ({ ssrc: 8000 + ssrc, scalabilityMode: 'L1T1' }));
    await publisher!.produce('hasty', 'audio');
    await publisher!.produce('hasty', 'video', { ...video, codecs, encodings });
    await viewer!.bind('hasty');
    await viewer!.resume('hasty');
    const [audio, camera] = testNode.consumers;
    const states = () => [audio!.paused, camera!.paused, camera!.preferredLayers?.spatialLayer];
    await Promise.all([viewer!.limit('hasty', [], 0), viewer!.limit('hasty', ['audio', 'video'])]);
    expect(states()).toEqual([false, false, 2]);
    await viewer!.limit('hasty', ['video']);
    expect(states()).toEqual([true, false, 2]);
    await Promise.all([
      viewer!.limit('hasty', ['audio', 'video']),
      viewer!.limit('hasty', ['video']),
      viewer!.resume('hasty'),
    ]);
    expect(states()).toEqual([true, false, 2]);
    const mute = (muted: boolean) =>
      publisher!.node.muteUpstream({
        session: publisher!.ref,
        streamId: 'hasty',
        kind: 'video',
        by: 'publisher',
        roomId: 'room1',
        muted,
      });
    await Promise.all([mute(true), mute(false)]);
    // Waits for the changes before it.
    await viewer!.limit('hasty', ['audio', 'video']);
    expect(states()).toEqual([false, false, 2]);
  });

  test('refuse to resume what is not played', async () => {
    const { across } = await joinPublisherAndViewers();
    await expect(across.resume('stream1')).rejects.toMatchObject({
      errorName: 'PLAYER_STREAM_WAS_NOT_PLAYED',
    });
    await across.bind('stream1');
    await across.resume('stream1');
    await across.resume('stream1');
  });

  test('leave nothing when unbound during the first binding', async () => {
    const { across, near } = await joinPublisherAndViewers();
    for (const viewer of [across, near]) {
      const binding = viewer.bind('stream1');
      viewer.unbind('stream1');
      await expect(binding).rejects.toMatchObject({ errorName: 'PLAYER_PLAY_STREAM_NOT_EXIST' });
    }
    expect(testNode.node.dump().pipes).toEqual([]);
    expect(await testNode.countInWorkers()).toMatchObject({ producers: 2, consumers: 0 });
    // The next binding works, with a new pipe.
    await expect(across.bind('stream1')).resolves.toMatchObject({ created: true });
  });

  test('survive an unbind at any point of the first binding, followed by a new one', async () => {
    const { across, near } = await joinPublisherAndViewers();
    for (let moment = 0; moment < 40; moment += 1) {
      for (const viewer of [across, near]) {
        const first = viewer.bind('stream1').catch((error: unknown) => error);
        await eventLoopTicks(moment);
        viewer.unbind('stream1');
        if (moment % 2 === 0) {
          await expect(viewer.bind('stream1')).resolves.toMatchObject({ created: true });
          viewer.unbind('stream1');
        }
        await first;
        expect(testNode.node.dump().pipes).toEqual([]);
        expect(await testNode.countInWorkers()).toMatchObject({ producers: 2, consumers: 0 });
      }
    }
  });
});

describe('upstreams', () => {
  test('close their pipes and downlinks on all routers and report it', async () => {
    const { publisher, across, near, acrossToo } = await joinPublisherAndViewers();
    await Promise.all([across, near, acrossToo].map((viewer) => viewer.bind('stream1')));
    const closed: unknown[] = [];
    testNode.node.on('downlinkClosed', (fact) => closed.push(fact));
    publisher.closeUpstream('stream1');
    publisher.closeUpstream('stream1');
    expect(closed).toHaveLength(3);
    expect(closed).toEqual(
      expect.arrayContaining(
        [across, near, acrossToo].map(({ ref }) => ({
          session: ref,
          streamId: 'stream1',
          reason: 'sourceEnded',
        })),
      ),
    );
    const { sessions, pipes } = testNode.node.dump();
    expect(pipes).toEqual([]);
    expect(sessions.flatMap(({ upstreams, downlinks }) => [...upstreams, ...downlinks])).toEqual([]);
    expect(await testNode.countInWorkers()).toMatchObject({ producers: 0, consumers: 0 });
  });

  test('leave nothing when closed at any point of a binding', async () => {
    const { publisher, across, near, acrossToo } = await joinPublisherAndViewers();
    for (let ticks = 0; ticks < 30; ticks += 1) {
      const bindings = [across, near, acrossToo].map((viewer) => viewer.bind('stream1'));
      const settled = Promise.allSettled(bindings);
      await eventLoopTicks(ticks);
      publisher.closeUpstream('stream1');
      for (const result of await settled) {
        if (result.status === 'rejected') {
          expect(result.reason).toMatchObject({ errorName: 'PLAYER_PLAY_STREAM_NOT_EXIST' });
        }
      }
      expect(testNode.node.dump().pipes).toEqual([]);
      expect(await testNode.countInWorkers()).toMatchObject({ producers: 0, consumers: 0 });
      await publisher.publish('stream1');
    }
  });

  test('are muted by a request that arrives while the worker creates the producer', async () => {
    const [publisher, , viewer] = await join(3);
    const mute = (muted: boolean) =>
      publisher!.node.muteUpstream({
        session: publisher!.ref,
        streamId: 'stream1',
        kind: 'audio',
        by: 'publisher',
        muted,
      });
    const producing = publisher!.produce('stream1', 'audio');
    await mute(true);
    await producing;
    await viewer!.bind('stream1');
    expect(testNode.consumers.map(({ producerPaused }) => producerPaused)).toEqual([true]);
    await mute(false);
    await waitFor(() => !testNode.consumers[0]!.producerPaused, { describe: 'the unmuted producer' });
  });

  test('have at most one producer per kind', async () => {
    const [publisher] = await join(1);
    const results = await Promise.allSettled([1, 2, 3].map(() => publisher!.produce('stream1', 'audio')));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    await expect(publisher!.produce('stream1', 'audio')).rejects.toMatchObject({
      errorName: 'MEDIA_PARAMETERS_INVALID',
    });
    await publisher!.produce('stream1', 'video');
    expect(publisher!.dump!.upstreams).toEqual([{ streamId: 'stream1', kinds: ['audio', 'video'] }]);
  });

  test('belong to one session of an AppID; a newer claim takes over', async () => {
    const { publisher, across, near } = await joinPublisherAndViewers();
    const otherApp = await testNode.join('user0', { appId: 2 });
    await otherApp.publish('stream1');
    await near.bind('stream1');
    await across.publish('stream1', ['audio']);
    expect(publisher.dump!.upstreams).toEqual([]);
    expect(near.dump!.downlinks).toEqual([]);
    // A late close from the former owner does not affect the new one.
    publisher.closeUpstream('stream1');
    expect(across.dump!.upstreams).toEqual([{ streamId: 'stream1', kinds: ['audio'] }]);
    expect(otherApp.dump!.upstreams).toHaveLength(1);
  });
});

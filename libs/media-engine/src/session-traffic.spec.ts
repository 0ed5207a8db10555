import { expect, test } from '@jest/globals';
import { type Downlink } from './downlink.js';
import { type Session } from './session.js';
import { divide, TrafficMeter } from './session-traffic.js';

const ref = { appId: 1, userId: 'ada', sessionId: 'se_1' };

/** A session whose transports have these figures. */
function newSession(figures: { sent: number; received: number; isDead?: boolean }): Session {
  const stats = (name: 'bytesReceived' | 'bytesSent', value: () => number) => ({
    transport: {
      getStats: () =>
        figures.isDead === true
          ? Promise.reject(new Error('the worker has died'))
          : Promise.resolve([{ [name]: value() }]),
    },
  });
  return {
    ref,
    send: stats('bytesReceived', () => figures.sent),
    recv: stats('bytesSent', () => figures.received),
  } as unknown as Session;
}

function play(roomIds: string[], figures: { id: string; bytes: number }): Downlink {
  const consumer = {
    id: figures.id,
    getStats: () =>
      Promise.resolve([
        { type: 'outbound-rtp', byteCount: figures.bytes },
        // Of the producer.
        { type: 'inbound-rtp', byteCount: 1_000_000 },
      ]),
  };
  return { roomIds: new Set(roomIds), consumers: [consumer], dataConsumer: undefined } as unknown as Downlink;
}

test('reads what a session sent and received since the last reading', async () => {
  const figures = { sent: 1000, received: 500 };
  const session = newSession(figures);
  const meter = new TrafficMeter();
  const played = [play(['lobby'], { id: 'c1', bytes: 400 })];
  expect(await meter.read(session, played)).toEqual({
    session: ref,
    sentBytes: 1000,
    receivedBytes: [{ roomId: 'lobby', bytes: 500 }],
  });
  Object.assign(figures, { sent: 1500, received: 500 });
  expect(await meter.read(session, played)).toEqual({ session: ref, sentBytes: 500, receivedBytes: [] });
});

test('counts a stream that is played for two rooms once, in the first', async () => {
  const session = newSession({ sent: 0, received: 800 });
  const traffic = await new TrafficMeter().read(session, [
    play(['lobby', 'stage'], { id: 'c1', bytes: 700 }),
  ]);
  expect(traffic?.receivedBytes).toEqual([{ roomId: 'lobby', bytes: 800 }]);
});

test('divides what is received for several rooms by what their streams had, and loses no byte', async () => {
  const figures = { sent: 0, received: 1000 };
  const session = newSession(figures);
  const meter = new TrafficMeter();
  const [one, two] = [
    { id: 'c1', bytes: 600 },
    { id: 'c2', bytes: 300 },
  ];
  const played = [play(['lobby'], one!), play(['stage', 'lobby'], two!)];
  expect((await meter.read(session, played))?.receivedBytes).toEqual([
    { roomId: 'lobby', bytes: 667 },
    { roomId: 'stage', bytes: 333 },
  ]);
  // Only the second stream flows on.
  figures.received = 1900;
  two!.bytes = 1200;
  expect((await meter.read(session, played))?.receivedBytes).toEqual([{ roomId: 'stage', bytes: 900 }]);
});

test('two readings at once do not count twice', async () => {
  const session = newSession({ sent: 1000, received: 0 });
  const meter = new TrafficMeter();
  const both = await Promise.all([meter.read(session, []), meter.read(session, [])]);
  expect(both.map((traffic) => traffic?.sentBytes).sort()).toEqual([0, 1000]);
});

test('has nothing of a session whose worker has died', async () => {
  const meter = new TrafficMeter();
  expect(await meter.read(newSession({ sent: 1, received: 1, isDead: true }), [])).toBeUndefined();
  await meter.whenIdle();
});

test('gives bytes without weights to the first room', () => {
  expect(
    divide(10, [
      { roomId: 'a', weight: 0 },
      { roomId: 'b', weight: 0 },
    ]),
  ).toEqual([{ roomId: 'a', bytes: 10 }]);
  expect(divide(0, [{ roomId: 'a', weight: 1 }])).toEqual([]);
});

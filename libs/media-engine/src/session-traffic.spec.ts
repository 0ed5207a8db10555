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

test('reads before a stream is played for another room, and then weighs by what came since', async () => {
  const figures = { sent: 0, received: 100 };
  const session = newSession(figures);
  const meter = new TrafficMeter();
  expect((await meter.readBeforeBind(session, [], 'lobby'))?.receivedBytes).toEqual([
    { roomId: '', bytes: 100 },
  ]);
  const one = { id: 'c1', bytes: 900 };
  const played = [play(['lobby'], one)];
  expect(meter.readBeforeBind(session, played, 'lobby')).toBeUndefined();
  figures.received = 1000;
  expect((await meter.readBeforeBind(session, played, 'stage'))?.receivedBytes).toEqual([
    { roomId: 'lobby', bytes: 900 },
  ]);
  figures.received = 1400;
  one.bytes = 1000;
  played.push(play(['stage'], { id: 'c2', bytes: 300 }));
  expect((await meter.read(session, played))?.receivedBytes).toEqual([
    { roomId: 'lobby', bytes: 100 },
    { roomId: 'stage', bytes: 300 },
  ]);
});

test('counts what a session received last for the room that it left', async () => {
  const session = newSession({ sent: 0, received: 800 });
  const meter = new TrafficMeter();
  const lobby = play(['lobby'], { id: 'c1', bytes: 700 });
  expect(meter.readBeforeUnbind(session, [lobby], lobby, undefined)).toBeUndefined();
  expect((await meter.read(session, []))?.receivedBytes).toEqual([{ roomId: 'lobby', bytes: 800 }]);
});

test('reads before a stream is no longer played for its first room', async () => {
  const figures = { sent: 0, received: 800 };
  const session = newSession(figures);
  const meter = new TrafficMeter();
  const both = play(['lobby', 'stage'], { id: 'c1', bytes: 700 });
  expect(meter.readBeforeUnbind(session, [both], both, 'stage')).toBeUndefined();
  expect((await meter.readBeforeUnbind(session, [both], both, 'lobby'))?.receivedBytes).toEqual([
    { roomId: 'lobby', bytes: 800 },
  ]);
  figures.received = 1000;
  const stage = play(['stage'], { id: 'c1', bytes: 900 });
  const hall = play(['hall'], { id: 'c2', bytes: 0 });
  expect((await meter.readBeforeUnbind(session, [stage, hall], stage, undefined))?.receivedBytes).toEqual([
    { roomId: 'stage', bytes: 200 },
  ]);
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

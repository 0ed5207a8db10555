import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { EventLog } from '@polyroom/bus';
import { type AppEvent, newId, roomAdminRpc, roomRpc, type SessionRef } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { codeOf, useRoom } from '../../test/use-room.js';

/** Long enough for a resume, also on a busy machine. */
const used = useRoom({ graceMs: 2000 });
let log: EventLog;
beforeAll(() => {
  log = new EventLog(used.bus);
});

async function read(owner?: { roomId?: string; userId?: string }): Promise<AppEvent[]> {
  const events: AppEvent[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await log.read(used.appId, { after, owner, limit: 100 });
    if (page.events.length === 0) {
      return events;
    }
    events.push(...page.events);
    after = page.next;
  }
}

/** Waits for as many events, and returns them. */
async function readAll(count: number, owner?: { roomId?: string; userId?: string }): Promise<AppEvent[]> {
  let events: AppEvent[] = [];
  await waitFor(async () => (events = await read(owner)).length >= count, {
    timeoutMs: 15_000,
    describe: `${count} events`,
  });
  return events;
}

const typesOf = (events: AppEvent[]) => events.map(({ type }) => type);

function expectOneOrder(events: AppEvent[]): void {
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(new Set(events.map(({ epoch }) => epoch)).size).toBe(1);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
}

async function share(session: SessionRef, roomId: string, epoch: number, streamId: string): Promise<void> {
  const user = { userId: session.userId, userName: session.userId };
  await used.bus.request(roomRpc.claimStream, { session, nodeId: 'nd_1', streamId, channel: 0 });
  await used.bus.request(roomRpc.shareStream, { session, user, epoch, roomId, streamId, kinds: ['audio'] });
}

test('a room is logged from its opening to its end, numbered and in order', async () => {
  const [ada, bob] = [used.session('ada'), used.session('bob')];
  const { epoch } = await used.login(ada, 'a');
  await used.login(bob, 'a');
  await share(ada, 'a', epoch, `camera-${used.appId}`);
  const target = { appId: used.appId, roomId: 'a', streamId: `camera-${used.appId}`, kind: 'audio' as const };
  await used.manage(roomAdminRpc.setStreamMute, { ...target, muted: true, forSeconds: 60 });
  await used.bus.request(roomRpc.logout, { session: ada, roomId: 'a', epoch });
  await used.manage(roomAdminRpc.closeRoom, { appId: used.appId, roomId: 'a' });

  const events = await readAll(8, { roomId: 'a' });
  expect(typesOf(events)).toEqual(
    [
      'room.opened',
      'user.joined',
      'user.joined',
      'stream.added',
      'stream.muted',
      'stream.removed',
      'user.left',
      'user.left',
      'room.closed',
    ].slice(0, events.length),
  );
  await waitFor(async () => (await read({ roomId: 'a' })).length === 9, { describe: 'the end of the room' });
  const all = await read({ roomId: 'a' });
  expectOneOrder(all);
  expect(all[1]).toMatchObject({ roomId: 'a', data: { userId: 'ada', userName: 'ada', memberCount: 1 } });
  expect(all[4]).toMatchObject({ data: { streamId: target.streamId, mutedKinds: ['audio'] } });
  expect(all[6]).toMatchObject({ data: { userId: 'ada', reason: 'stopped', memberCount: 1 } });
  expect(all.slice(7).map(({ data }) => data['reason'])).toEqual(['roomClosed', 'closed']);
});

test('a session is logged with its start, its lost connection, its return and its end', async () => {
  const ada = used.session('ada');
  await used.login(ada, 'a');
  await used.login(ada, 'b');
  await used.suspend(ada);
  await used.resume(ada, used.gatewayId);
  await used.suspend(ada);
  await used.whenGone(ada);
  const events = await readAll(5, { userId: 'ada' });
  expect(typesOf(events)).toEqual([
    'session.started',
    'user.reconnecting',
    'user.reconnected',
    'user.reconnecting',
    'session.ended',
  ]);
  expectOneOrder(events);
  expect(events[1]!.data).toMatchObject({ sessionId: ada.sessionId });
  expect([...(events[1]!.data['roomIds'] as string[])].sort()).toEqual(['a', 'b']);
  expect(events[4]!.data).toMatchObject({ reason: 'heartbeatTimeout' });
  const left = await readAll(3, { roomId: 'a' });
  expect(typesOf(left)).toEqual(['room.opened', 'user.joined', 'user.left', 'room.closed']);
});

describe('the log', () => {
  test('has each event once, whichever instance writes it', async () => {
    const sessions = Array.from({ length: 60 }, (_, index) => used.session(`user-${index}`));
    const epochs = await Promise.all(sessions.map((session) => used.login(session, 'busy')));
    await Promise.all(
      sessions.map((session, index) =>
        used.bus.request(roomRpc.logout, { session, roomId: 'busy', epoch: epochs[index]!.epoch }),
      ),
    );
    const events = await readAll(122, { roomId: 'busy' });
    expect(events).toHaveLength(122);
    expectOneOrder(events);
    const counts = events.filter(({ type }) => type === 'user.joined').map(({ data }) => data['memberCount']);
    expect(counts).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  });

  test('gets what a crashed instance left in an outbox, in order', async () => {
    // The store of the test moves nothing into the log, as an instance that crashes after the command.
    const orphan = { appId: used.appId, roomId: 'left-behind' };
    await used.store.settings.set(orphan.appId, orphan.roomId, { maxMemberCount: 0, keepMs: 1 });
    await used.forgetScan();
    await used.startInstance();
    expect(typesOf(await readAll(1, { roomId: 'left-behind' }))).toEqual(['room.opened']);

    await used.store.settings.set(used.appId, 'other', { maxMemberCount: 0, keepMs: 60_000 });
    await used.login(used.session('ada'), 'other');
    const events = await readAll(2, { roomId: 'other' });
    expect(typesOf(events)).toEqual(['room.opened', 'user.joined']);
    expectOneOrder(events);
  });

  test('gets every event once after the server was killed', async () => {
    const sessions = Array.from({ length: 20 }, (_, index) => used.session(`user-${index}`));
    await Promise.all(sessions.slice(0, 10).map((session) => used.login(session, 'killed')));
    await used.nats.kill('SIGKILL');
    await Promise.all(
      sessions.slice(0, 10).map(async (session) => {
        const { rooms } = await used.store.reader.readUser(used.appId, session.userId);
        await used.store.room.leave(session, 'killed', rooms[0]!.epoch, { fenceMs: 1000 });
      }),
    );
    await used.nats.restart();
    const again = () =>
      Promise.all(sessions.slice(10).map((session) => codeOf(used.login(session, 'killed'))));
    await waitFor(async () => (await again()).every((code) => code === 0 || code === 1002064), {
      timeoutMs: 15_000,
      describe: 'logins after the restart',
    });
    const ofRoom = { roomId: 'killed' };
    await waitFor(
      async () => typesOf(await read(ofRoom)).filter((type) => type === 'user.joined').length >= 20,
      { timeoutMs: 15_000, describe: 'the events of both halves' },
    );
    const events = await read(ofRoom);
    expectOneOrder(events);
    expect(typesOf(events).filter((type) => type === 'user.left')).toHaveLength(10);
    expect(typesOf(events).filter((type) => type === 'user.joined')).toHaveLength(20);
  });

  test('reports an unknown outcome if an event of another service may not be stored', async () => {
    const transfer = jest
      .spyOn(EventLog.prototype, 'transfer')
      .mockRejectedValue(new Error('the jsStream did not acknowledge in time'));
    try {
      const event = { type: 'message.sent' as const, atMs: Date.now(), data: {} };
      const logging = used.bus.request(roomRpc.logEvent, {
        appId: used.appId,
        id: newId('instance'),
        ...event,
      });
      await expect(logging).rejects.toMatchObject({ errorName: 'BUS_TIMEOUT' });
    } finally {
      transfer.mockRestore();
    }
  });

  test('records a limit that refused a login, once', async () => {
    used.allow({ maxMembersPerRoom: 1 });
    await used.login(used.session('ada'), 'full');
    const refuse = (userId: string) => codeOf(used.login(used.session(userId), 'full'));
    expect(await Promise.all(['bob', 'eve', 'joe'].map(refuse))).toEqual([1002034, 1002034, 1002034]);
    await waitFor(async () => typesOf(await read({ roomId: 'full' })).includes('limit.reached'), {
      describe: 'the event',
    });
    const events = (await read({ roomId: 'full' })).filter(({ type }) => type === 'limit.reached');
    // Two instances may both have refused.
    expect(events.length).toBeLessThanOrEqual(3);
    expect(events[0]).toMatchObject({ data: { code: 1002034, name: 'ROOM_EXCEED_MAXIMUM_MEMBER' } });
  });

  test('keeps nothing of an AppID whose log is switched off', async () => {
    used.allow({ eventLogHours: 0 });
    await used.login(used.session('ada'), 'a');
    const isEmpty = async () =>
      (await used.store.outbox.read({ appId: used.appId, roomId: 'a' }, 10)).length === 0;
    await waitFor(isEmpty, { describe: 'the outbox to be emptied' });
    expect(await read()).toEqual([]);
  });

  test('is created again after it was deleted', async () => {
    await used.login(used.session('ada'), 'a');
    await readAll(3);
    await new EventLog(used.bus).delete(used.appId);
    await used.login(used.session('ada'), 'b');
    expect(typesOf(await readAll(2, { roomId: 'b' }))).toEqual(['room.opened', 'user.joined']);
  });

  test('finds the position of a time, and reads on from it', async () => {
    await used.login(used.session('ada'), 'a');
    await readAll(3);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const atMs = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 30));
    await used.login(used.session('bob'), 'a');
    await readAll(5);
    const { events } = await log.read(used.appId, {
      after: await log.findTime(used.appId, atMs),
      limit: 100,
    });
    expect(events.map(({ data, userId }) => data['userId'] ?? userId)).toEqual(['bob', 'bob']);
    expect(await log.read(used.appId, { after: await log.findEnd(used.appId), limit: 10 })).toMatchObject({
      events: [],
      gone: false,
    });
  });
});

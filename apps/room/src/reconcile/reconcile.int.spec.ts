import { describe, expect, test } from '@jest/globals';
import { type ReplyOf, roomRpc, type SessionRef } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { useRoom } from '../../test/use-room.js';

const used = useRoom({ graceMs: 400 });

interface Held {
  session: SessionRef;
  rooms: { roomId: string; epoch: number }[];
}

function reconcile(...sessions: Held[]): Promise<ReplyOf<typeof roomRpc.reconcile>> {
  return used.bus.request(roomRpc.reconcile, { gatewayId: used.gatewayId, sessions });
}

/** Logs a user in, and returns what its gateway holds. */
async function enter(userId: string, ...roomIds: string[]): Promise<Held> {
  const session = used.session(userId);
  const rooms: Held['rooms'] = [];
  for (const roomId of roomIds) {
    const { epoch } = await used.login(session, roomId);
    rooms.push({ roomId, epoch });
  }
  return { session, rooms };
}

describe('a gateway that compares its sessions', () => {
  test('gets all sessions of its list, page by page', async () => {
    const sessions = Array.from({ length: 450 }, (_, index) => used.session(`user-${index}`));
    await Promise.all(sessions.map((session) => used.store.leases.bindSession(session, used.gatewayId)));
    const listed = new Set<string>();
    let cursor = '0';
    do {
      const page = await used.bus.request(roomRpc.listGatewaySessions, { gatewayId: used.gatewayId, cursor });
      expect(page.sessions.length).toBeLessThan(sessions.length);
      page.sessions.forEach(({ sessionId }) => listed.add(sessionId));
      ({ cursor } = page);
    } while (cursor !== '0');
    expect(listed).toEqual(new Set(sessions.map(({ sessionId }) => sessionId)));
  });

  test('finds no difference if there is none', async () => {
    const held = await enter('ada', 'a', 'b');
    expect(await reconcile(held)).toEqual({ gone: [], lostRooms: [], extraRooms: [] });
  });

  test('receives the sessions that have ended, are suspended, or are held by another gateway', async () => {
    const [live, over, suspended, moved] = await Promise.all(
      ['live', 'over', 'suspended', 'moved'].map((userId) => enter(userId, 'a')),
    );
    const elsewhere = `${used.gatewayId}-2`;
    await used.keepGateway(elsewhere);
    await used.bus.request(roomRpc.endSession, { session: over!.session });
    await used.suspend(suspended!.session);
    await used.resume(moved!.session, elsewhere);
    const { gone } = await reconcile(live!, over!, suspended!, moved!);
    expect(new Set(gone)).toEqual(new Set([over!.session, suspended!.session, moved!.session]));
  });

  test('receives the rooms that only it or only the records have', async () => {
    const held = await enter('ada', 'both', 'recorded', 'other');
    const [both, recorded, other] = held.rooms;
    const stale = { roomId: 'other', epoch: other!.epoch - 1 };
    const unknown = { roomId: 'unknown', epoch: 1 };
    const { session } = held;
    const { lostRooms, extraRooms } = await reconcile({ session, rooms: [both!, stale, unknown] });
    expect(lostRooms).toEqual([
      { session, ...stale },
      { session, ...unknown },
    ]);
    expect(new Set(extraRooms)).toEqual(
      new Set([
        { session, ...recorded! },
        { session, ...other! },
      ]),
    );
  });

  test('receives a room as lost if the place exists without the membership', async () => {
    const { session, rooms } = await enter('ada', 'a');
    await used.store.room.leave(session, 'a', rooms[0]!.epoch, { fenceMs: 1000 });
    expect(await reconcile({ session, rooms })).toEqual({
      gone: [],
      lostRooms: [{ session, ...rooms[0]! }],
      extraRooms: [],
    });
  });

  test('completes the end of a session whose process crashed', async () => {
    const held = await enter('ada', 'a', 'b');
    await used.store.user.beginEnd(held.session);
    expect((await reconcile(held)).gone).toEqual([held.session]);
    expect(await used.recordOf(held.session)).toBeUndefined();
    expect(await used.placesOf('ada')).toEqual([]);
    await Promise.all(['a', 'b'].map((roomId) => used.whenLeft('ada', roomId)));
  });

  test('has its sessions on its list again if they were missing there', async () => {
    const held = await enter('ada', 'a');
    await used.store.leases.unbindSession(held.session, used.gatewayId);
    await reconcile(held);
    expect(await used.listOf()).toEqual(['se_ada']);
  });
});

describe('a gateway that suspends', () => {
  test('a session that another gateway holds has it off its list, and the session stays live', async () => {
    const { session } = await enter('ada', 'a');
    const elsewhere = `${used.gatewayId}-2`;
    await used.keepGateway(elsewhere);
    await used.resume(session, elsewhere);
    await used.store.leases.bindSession(session, used.gatewayId);
    await used.suspend(session);
    expect(await used.listOf()).toEqual([]);
    expect(await used.recordOf(session)).toMatchObject({ state: 'live', gatewayId: elsewhere });
  });
});

describe('the check of a room', () => {
  /** Makes the check of a room, which is due every 30 s, due now. */
  function check(roomId: string): Promise<void> {
    return used.store.leases.remindOfRoom(used.appId, roomId, 0);
  }

  test('removes a member without a place, and no other member', async () => {
    const [stale] = await Promise.all([enter('stale', 'a'), enter('ada', 'a')]);
    await used.store.user.release(stale.session, 'a', stale.rooms[0]!.epoch);
    await check('a');
    await used.whenLeft('stale', 'a');
    expect((await used.membersOf('a')).map(({ userId }) => userId)).toEqual(['ada']);
    expect(used.timesLeft('stale', 'a')).toBe(1);
  });

  test('suspends a session whose gateway is unknown, which then ends with its grace', async () => {
    const session = used.session('ada');
    await used.login(session, 'a', { gatewayId: `${used.gatewayId}-unknown` });
    await check('a');
    await used.whenLeft('ada', 'a');
    await used.whenGone(session);
    expect(await used.listOf(`${used.gatewayId}-unknown`)).toEqual([]);
  });

  test('returns a live session to the list of its gateway, and so to reconciliation', async () => {
    const { session } = await enter('ada', 'a');
    await used.store.leases.unbindSession(session, used.gatewayId);
    await check('a');
    await waitFor(async () => (await used.listOf()).length === 1, { describe: 'the session on the list' });
    expect(await used.recordOf(session)).toMatchObject({ state: 'live', gatewayId: used.gatewayId });
    // A gateway suspends the listed sessions that it does not hold.
    await used.suspend(session);
    await used.whenGone(session);
    expect(await used.listOf()).toEqual([]);
  });

  test('does not return a session without a socket to the list of its gateway', async () => {
    const [{ session }, stale] = await Promise.all([enter('ada', 'a'), enter('stale', 'a')]);
    await used.store.user.suspend(session, used.gatewayId, 0, 60_000);
    await used.store.leases.unbindSession(session, used.gatewayId);
    await used.store.user.release(stale.session, 'a', stale.rooms[0]!.epoch);
    await check('a');
    // All members are checked together.
    await used.whenLeft('stale', 'a');
    expect(await used.listOf()).not.toContain('se_ada');
  });
});

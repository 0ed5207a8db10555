import { describe, expect, test } from '@jest/globals';
import { addressBansChanged, type PayloadOf, roomAdminRpc } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { codeOf, useRoom } from '../../test/use-room.js';

const used = useRoom();

const kicked = 1002055;
const banned = 1002066;

const ban = (target: { userId?: string; roomId?: string; address?: string }, forMs = 60_000) =>
  used.manage(roomAdminRpc.setBan, { appId: used.appId, ...target, forMs });

const kick = (userId: string, more: { roomId?: string; blockSeconds?: number } = {}) =>
  used.manage(roomAdminRpc.kickUser, { appId: used.appId, userId, ...more });

describe('a ban', () => {
  test('of a user ends its live and suspended sessions at once, and refuses login and resume', async () => {
    used.allow({ devicePolicy: 'share' });
    const [live, suspended] = [used.session('ada', 'se_live'), used.session('ada', 'se_suspended')];
    const witness = used.session('bob');
    await used.login(live, 'a');
    await used.login(live, 'b');
    await used.login(suspended, 'c');
    await used.login(witness, 'a');
    await used.suspend(suspended);
    await ban({ userId: 'ada' });
    expect(await used.placesOf('ada')).toEqual([]);
    expect((await used.membersOf('a')).map(({ userId }) => userId)).toEqual(['bob']);
    await waitFor(() => used.endedSessionIds.length === 2, { describe: 'the ends' });
    expect(used.endedSessionIds.sort()).toEqual([live.sessionId, suspended.sessionId].sort());
    expect(used.expulsions).toContainEqual({ gatewayId: used.gatewayId, session: live, code: kicked });
    expect(await codeOf(used.login(used.session('ada', 'se_next'), 'a'))).toBe(banned);
    expect(await codeOf(used.resume(suspended, used.gatewayId))).toBe(kicked);
    expect(await used.placesOf('bob')).toEqual(['a']);
    await ban({ userId: 'ada' }, 0);
    expect(await codeOf(used.login(used.session('ada', 'se_next'), 'a'))).toBe(0);
  });

  test('of a user refuses the resume of a session that it has not ended', async () => {
    const session = used.session('ada');
    await used.login(session, 'a');
    await used.suspend(session);
    await used.store.bans.setUser(used.appId, 'ada', { forMs: 60_000 });
    expect(await codeOf(used.resume(session, used.gatewayId))).toBe(banned);
    await used.store.bans.setUser(used.appId, 'ada', { forMs: 0 });
    expect(await codeOf(used.resume(session, used.gatewayId))).toBe(0);
  });

  test('of a user in a room removes it from that room and from no other', async () => {
    const session = used.session('ada');
    await used.login(session, 'a');
    await used.login(session, 'b', { opens: false });
    await ban({ userId: 'ada', roomId: 'a' });
    expect(await used.placesOf('ada')).toEqual(['b']);
    expect(await used.membersOf('a')).toEqual([]);
    await waitFor(() => used.expulsions.length > 0, { describe: 'the expulsion' });
    expect(used.expulsions).toMatchObject([{ session, roomId: 'a', code: kicked }]);
    expect(await codeOf(used.login(session, 'a', { opens: false }))).toBe(banned);
  });

  test('of a whole room leaves its members there', async () => {
    await used.login(used.session('ada'), 'a');
    await ban({ roomId: 'a' });
    expect(await used.placesOf('ada')).toEqual(['a']);
    expect(await codeOf(used.login(used.session('bob'), 'a'))).toBe(banned);
  });

  test('of an address is announced, and refuses login and resume in all instances at once', async () => {
    const events: PayloadOf<typeof addressBansChanged>[] = [];
    const subscription = used.bus.subscribe(addressBansChanged, {}, (event) => void events.push(event));
    await used.bus.flush();
    const session = used.session('ada');
    const clientAddress = '198.51.100.7';
    await used.login(session, 'a', { clientAddress });
    await used.suspend(session);
    await ban({ address: '198.51.100.0/24' });
    await waitFor(() => events.length > 0, { describe: 'the event' });
    expect(events).toEqual([{ appId: used.appId, address: '198.51.100.0/24' }]);
    const { bans } = await used.manage(roomAdminRpc.listBans, {
      appId: used.appId,
      address: '198.51.100.7/24',
    });
    expect(bans).toMatchObject([{ address: '198.51.100.0/24' }]);
    const attempts = Array.from({ length: 10 }, (_, index) =>
      codeOf(used.login(used.session(`user-${index}`), 'a', { clientAddress })),
    );
    expect(new Set(await Promise.all(attempts))).toEqual(new Set([1000039]));
    expect(await codeOf(used.resume(session, used.gatewayId, { clientAddress }))).toBe(1000039);
    // From another address: the session itself has ended.
    await waitFor(() => used.endedSessionIds.length > 0, { describe: 'the end of the session' });
    expect(await codeOf(used.resume(session, used.gatewayId, { clientAddress: '203.0.113.1' }))).toBe(kicked);
    subscription.close();
  });
});

describe('a kick with blockSeconds', () => {
  test('refuses the user in all rooms until the time has passed', async () => {
    await used.login(used.session('ada'), 'a');
    // Long enough for a login, also on a busy machine.
    expect(await kick('ada', { blockSeconds: 3 })).toEqual({ roomIds: ['a'] });
    const next = used.session('ada', 'se_next');
    expect(await codeOf(used.login(next, 'b'))).toBe(banned);
    await waitFor(async () => (await codeOf(used.login(next, 'b'))) === 0, {
      timeoutMs: 10_000,
      describe: 'the block to end',
    });
  });

  test('refuses the user in that room, also one that is absent, and in no other', async () => {
    expect(await kick('ada', { roomId: 'a', blockSeconds: 60 })).toEqual({ roomIds: [] });
    const session = used.session('ada');
    expect(await codeOf(used.login(session, 'a'))).toBe(banned);
    expect(await codeOf(used.login(session, 'b'))).toBe(0);
  });

  test('reports the lost room to a session that resumes, and refuses it there', async () => {
    const session = used.session('ada');
    await used.login(session, 'a');
    await used.login(session, 'b', { opens: false });
    await used.suspend(session);
    await kick('ada', { roomId: 'a', blockSeconds: 60 });
    const resumed = await used.resume(session, used.gatewayId);
    expect(resumed.lost).toEqual([{ roomId: 'a', code: kicked }]);
    expect(resumed.rooms.map(({ roomId }) => roomId)).toEqual(['b']);
    expect(await codeOf(used.login(session, 'a', { opens: false }))).toBe(banned);
  });

  test('keeps a ban that lasts longer', async () => {
    for (const target of [{}, { roomId: 'a' }]) {
      await ban({ userId: 'ada', ...target });
      await kick('ada', { ...target, blockSeconds: 1 });
    }
    // A second ban of one second ends before this one of two seconds.
    await kick('bob', { roomId: 'a', blockSeconds: 2 });
    await waitFor(async () => (await codeOf(used.login(used.session('bob'), 'a'))) === 0, {
      timeoutMs: 5000,
      describe: 'the witness to get in',
    });
    expect(await codeOf(used.login(used.session('ada'), 'b'))).toBe(banned);
    await ban({ userId: 'ada' }, 0);
    expect(await codeOf(used.login(used.session('ada'), 'a'))).toBe(banned);
    expect(await codeOf(used.login(used.session('ada'), 'b'))).toBe(0);
  });

  test.each([0, 86_401, 1.5])('refuses %p seconds', async (blockSeconds) => {
    expect(await codeOf(kick('ada', { blockSeconds }))).not.toBe(0);
  });
});

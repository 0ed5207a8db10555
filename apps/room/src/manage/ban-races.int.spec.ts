import { describe, expect, test } from '@jest/globals';
import { roomAdminRpc, type SessionRef } from '@polyroom/contracts';
import { redisKinds, waitFor } from '@polyroom/testing';
import { HeldCommand } from '../../test/held-command.js';
import { codeOf, type UsedRoom, useRoom } from '../../test/use-room.js';

/** Bans and kicks that come while a login or a resume of the user is in progress, at any of its steps. */
const kicked = 1002055;
const banned = 1002066;

describe.each(redisKinds)('on %s Redis', (redisKind) => {
  const used: UsedRoom = useRoom({ redisKind });

  const stores = () => used.instances.map(({ store }) => store);
  const isOf = (session: SessionRef) => (each: SessionRef) => each.sessionId === session.sessionId;

  const acts = {
    'a ban of the user': (userId: string) =>
      used.manage(roomAdminRpc.setBan, { appId: used.appId, userId, forMs: 60_000 }),
    'a ban of the user in the room': (userId: string) =>
      used.manage(roomAdminRpc.setBan, { appId: used.appId, userId, roomId: 'a', forMs: 60_000 }),
    'a kick with blockSeconds': (userId: string) =>
      used.manage(roomAdminRpc.kickUser, { appId: used.appId, userId, blockSeconds: 60 }),
  };
  const holdLogin: Record<string, (session: SessionRef) => HeldCommand> = {
    'before it is admitted': (session) =>
      HeldCommand.after(
        stores().map(({ leases }) => leases),
        'bindSession',
        isOf(session),
      ),
    'once it is admitted': (session) =>
      HeldCommand.after(
        stores().map(({ user }) => user),
        'admit',
        (options) => options.session.sessionId === session.sessionId,
      ),
    'once it has entered': (session) =>
      HeldCommand.after(
        stores().map(({ room }) => room),
        'enter',
        isOf(session),
      ),
    'once it is confirmed': (session) =>
      HeldCommand.after(
        stores().map(({ user }) => user),
        'confirm',
        isOf(session),
      ),
  };

  async function expectNoneLeft(session: SessionRef): Promise<void> {
    expect(await used.placesOf(session.userId)).toEqual([]);
    expect(await used.membersOf('a')).toEqual([]);
    expect(await used.listOf()).toEqual([]);
  }

  describe.each(Object.keys(acts) as (keyof typeof acts)[])('%s', (act) => {
    test.each(Object.keys(holdLogin))('during a login, %s, leaves no member', async (moment) => {
      const session = used.session('ada');
      const held = holdLogin[moment]!(session);
      const login = codeOf(used.login(session, 'a'));
      await held.whenHeld();
      await acts[act]('ada');
      await used.whenHandled('login', 1, () => held.go());
      const code = await login;
      if (code === 0) {
        // The reply was on its way: the gateway is notified.
        await waitFor(() => used.expulsions.length > 0, { describe: 'the expulsion' });
        expect(used.expulsions).toMatchObject([{ session, code: kicked }]);
      }
      await expectNoneLeft(session);
      expect(await codeOf(used.login(used.session('ada', 'se_next'), 'a'))).toBe(banned);
    });

    test('during a resume, before it is accepted, refuses it, or reports the room as lost', async () => {
      const session = used.session('ada');
      await used.login(session, 'a');
      await used.suspend(session);
      const held = HeldCommand.after(
        stores().map(({ leases }) => leases),
        'bindSession',
        isOf(session),
      );
      const resume = used.resume(session, used.gatewayId);
      const code = codeOf(resume);
      await held.whenHeld();
      await acts[act]('ada');
      await used.whenHandled('resumeSession', 1, () => held.go());
      if ((await code) === 0) {
        expect(await resume).toMatchObject({ rooms: [], lost: [{ roomId: 'a', code: kicked }] });
      }
      expect(await used.placesOf('ada')).toEqual([]);
      expect(await used.membersOf('a')).toEqual([]);
    });

    test('during a resume, once it is accepted, is reported to the new gateway', async () => {
      const session = used.session('ada');
      await used.login(session, 'a');
      await used.suspend(session);
      const next = `${used.gatewayId}-next`;
      await used.keepGateway(next);
      const held = HeldCommand.after(
        stores().map(({ user }) => user),
        'resume',
        isOf(session),
      );
      const resume = codeOf(used.resume(session, next));
      await held.whenHeld();
      await acts[act]('ada');
      await used.whenHandled('resumeSession', 1, () => held.go());
      await resume;
      await waitFor(() => used.expulsions.length > 0, { describe: 'the expulsion' });
      expect(used.expulsions).toMatchObject([{ gatewayId: next, session, code: kicked }]);
      await expectNoneLeft(session);
      expect(await used.listOf(next)).toEqual([]);
    });
  });

  test('a ban of an address ends a session without a socket, of any instance, and no other', async () => {
    const [inside, moved, outside] = ['ada', 'bob', 'cat'].map((userId) => used.session(userId));
    await used.login(inside!, 'a', { clientAddress: '198.51.100.7' });
    await used.login(moved!, 'a', { clientAddress: '203.0.113.1' });
    await used.login(outside!, 'a', { clientAddress: '203.0.113.2' });
    // The address of the last socket counts.
    await used.resume(moved!, used.gatewayId, { clientAddress: '198.51.100.8' });
    for (const session of [inside!, moved!, outside!]) {
      await used.suspend(session);
    }
    await used.manage(roomAdminRpc.setBan, { appId: used.appId, address: '198.51.100.0/24', forMs: 60_000 });
    await waitFor(() => used.endedSessionIds.length === 2, { describe: 'the ends' });
    expect([...used.endedSessionIds].sort()).toEqual([inside!.sessionId, moved!.sessionId].sort());
    expect((await used.membersOf('a')).map(({ userId }) => userId)).toEqual(['cat']);
    const elsewhere = { clientAddress: '203.0.113.9' };
    expect(await codeOf(used.resume(inside!, used.gatewayId, elsewhere))).toBe(kicked);
    expect(await codeOf(used.resume(outside!, used.gatewayId, elsewhere))).toBe(0);
  });
});

import { describe, expect, test } from '@jest/globals';
import { roomRpc, type SessionRef } from '@polyroom/contracts';
import { redisKinds } from '@polyroom/testing';
import { HeldCommand } from '../../test/held-command.js';
import { codeOf, type UsedRoom, useRoom } from '../../test/use-room.js';

/** Handlers in a process that stands still, as under SIGSTOP, and continues after their callers have given up. */
const timedOut = 1190202;
/** Long enough for a request to arrive, also on a busy machine: one that arrives late never stands still. */
const timeoutMs = 1000;

const isOf = (session: SessionRef) => (each: SessionRef) => each.sessionId === session.sessionId;

describe.each(redisKinds)('on %s Redis', (redisKind) => {
  const used: UsedRoom = useRoom({ redisKind, graceMs: 500 });

  const stores = () => used.instances.map(({ store }) => store);

  async function expectNothingLeft(session: SessionRef, roomId: string): Promise<void> {
    expect(await used.recordOf(session)).toBeUndefined();
    expect(await used.placesOf(session.userId)).toEqual([]);
    expect(await used.membersOf(roomId)).toEqual([]);
    expect(await used.listOf()).toEqual([]);
  }

  /** A login into a second room whose first attempt stands still before it is admitted. */
  async function holdFurtherLogin(options?: { timeoutMs: number }) {
    used.allow({ loginsPerSecond: 1000 });
    const session = used.session('ada');
    await used.login(session, 'a');
    let isMeant = true;
    const held = HeldCommand.after(
      stores().map(({ quotas }) => quotas.logins),
      'count',
      (appId) => isMeant && appId === used.appId,
    );
    const further = used.login(session, 'b', { opens: false }, options);
    await held.whenHeld();
    isMeant = false;
    return { session, further, held };
  }

  /** Logs out of the second room, and lets the attempt continue. */
  async function expectLeft(session: SessionRef, epoch: number, held: HeldCommand): Promise<void> {
    await used.bus.request(roomRpc.logout, { session, roomId: 'b', epoch });
    await used.whenHandled('login', 1, () => held.go());
    expect(await used.placesOf('ada')).toEqual(['a']);
    expect(await used.membersOf('b')).toEqual([]);
  }

  describe('a login', () => {
    test('that stands still before it is admitted is not admitted later', async () => {
      const session = used.session('ada');
      const held = HeldCommand.after(
        stores().map(({ leases }) => leases),
        'bindSession',
        isOf(session),
      );
      expect(await codeOf(used.login(session, 'a', {}, { timeoutMs }))).toBe(timedOut);
      // The caller disconnects, not knowing whether it was admitted.
      await used.suspend(session);
      await used.whenHandled('login', 1, () => held.go());
      await expectNothingLeft(session, 'a');
    });

    test('into a further room that stands still before it is admitted is not admitted later', async () => {
      const { session, further, held } = await holdFurtherLogin({ timeoutMs });
      expect(await codeOf(further)).toBe(timedOut);
      // The gateway undoes it: the same login again, and out.
      const { epoch } = await used.login(session, 'b', { opens: false });
      await expectLeft(session, epoch, held);
    });

    test('that another instance has answered meanwhile does not enter the room again', async () => {
      const { session, further, held } = await holdFurtherLogin();
      const { epoch } = await further;
      await expectLeft(session, epoch, held);
    });

    test.each(['kickOld', 'refuseNew', 'share'] as const)(
      'that its client has repeated over a later socket does not end the later session (%s)',
      async (devicePolicy) => {
        used.allow({ devicePolicy });
        const [session, later] = [used.session('ada'), used.session('ada', 'se_later')];
        const held = HeldCommand.after(
          stores().map(({ leases }) => leases),
          'bindSession',
          isOf(session),
        );
        const entering = used.login(session, 'a', { client: { id: 'c', socket: 1 } });
        await held.whenHeld();
        await used.login(later, 'a', { client: { id: 'c', socket: 2 } });
        held.go();
        expect(await codeOf(entering)).toBe(1002050);
        expect(await used.recordOf(later)).toBeDefined();
        expect(await used.recordOf(session)).toBeUndefined();
        expect(await used.placesOf('ada')).toEqual(['a']);
      },
    );

    test.each(['kickOld', 'refuseNew', 'share'] as const)(
      'over a later socket of a client ends its earlier session (%s)',
      async (devicePolicy) => {
        used.allow({ devicePolicy });
        const [session, later] = [used.session('ada'), used.session('ada', 'se_later')];
        await used.login(session, 'a', { client: { id: 'c', socket: 1 } });
        await used.login(later, 'a', { client: { id: 'c', socket: 2 } });
        expect(await used.recordOf(later)).toBeDefined();
        expect(await used.recordOf(session)).toBeUndefined();
      },
    );

    test('that stands still for less than its time is admitted', async () => {
      const session = used.session('ada');
      const held = HeldCommand.after(
        stores().map(({ leases }) => leases),
        'bindSession',
        isOf(session),
      );
      const entering = used.login(session, 'a');
      await held.whenHeld();
      held.go();
      expect((await entering).snapshot.members).toMatchObject([{ userId: 'ada' }]);
    });

    test('that stands still before it enters does not enter after the end of its session', async () => {
      const session = used.session('ada');
      const held = HeldCommand.after(
        stores().map(({ user }) => user),
        'admit',
        (options) => options.session.sessionId === session.sessionId,
      );
      expect(await codeOf(used.login(session, 'a', {}, { timeoutMs }))).toBe(timedOut);
      await used.bus.request(roomRpc.endSession, { session });
      await used.whenHandled('login', 1, () => held.go());
      await expectNothingLeft(session, 'a');
      expect(used.facts).toEqual([]);
    });

    test('that stands still before it enters leaves nothing after the gateway has undone it', async () => {
      const session = used.session('ada');
      await used.login(session, 'a');
      let isMeant = true;
      const held = HeldCommand.after(
        stores().map(({ user }) => user),
        'admit',
        (options) => isMeant && options.session.sessionId === session.sessionId,
      );
      const further = used.login(session, 'b', { opens: false }, { timeoutMs });
      await held.whenHeld();
      isMeant = false;
      expect(await codeOf(further)).toBe(timedOut);
      const { epoch } = await used.login(session, 'b', { opens: false });
      await used.bus.request(roomRpc.logout, { session, roomId: 'b', epoch });
      await used.whenHandled('login', 1, () => held.go());
      expect(await used.placesOf('ada')).toEqual(['a']);
      expect(await used.membersOf('b')).toEqual([]);
    });

    test('that stands still after it entered is undone by the end of its session', async () => {
      const session = used.session('ada');
      const held = HeldCommand.after(
        stores().map(({ room }) => room),
        'enter',
        isOf(session),
      );
      expect(await codeOf(used.login(session, 'a', {}, { timeoutMs }))).toBe(timedOut);
      await used.bus.request(roomRpc.endSession, { session });
      await used.whenHandled('login', 1, () => held.go());
      await expectNothingLeft(session, 'a');
      expect(used.timesLeft('ada', 'a')).toBe(1);
    });

    test('that stands still after it entered goes with the grace of its session', async () => {
      const session = used.session('ada');
      const held = HeldCommand.after(
        stores().map(({ room }) => room),
        'enter',
        isOf(session),
      );
      expect(await codeOf(used.login(session, 'a', {}, { timeoutMs }))).toBe(timedOut);
      await used.suspend(session);
      await used.whenHandled('login', 1, () => held.go());
      await used.whenLeft('ada', 'a');
      await used.whenGone(session);
      await expectNothingLeft(session, 'a');
    });
  });

  describe('a resume', () => {
    test('that stands still does not take the session from the gateway that has resumed it since', async () => {
      const session = used.session('ada');
      const [late, current] = [`${used.gatewayId}-late`, `${used.gatewayId}-current`];
      await Promise.all([used.keepGateway(late), used.keepGateway(current)]);
      await used.login(session, 'a');
      const held = HeldCommand.after(
        stores().map(({ leases }) => leases),
        'bindSession',
        (each, gatewayId) => each.sessionId === session.sessionId && gatewayId === late,
      );
      expect(await codeOf(used.resume(session, late, { timeoutMs }))).toBe(timedOut);
      const { attach } = await used.resume(session, current);
      await used.whenHandled('resumeSession', 1, () => held.go());
      expect(await used.recordOf(session)).toMatchObject({ state: 'live', gatewayId: current });
      expect(attach).toBe(2);
      expect(used.moves.map(({ gatewayId }) => gatewayId)).toEqual([used.gatewayId]);
      expect(await used.listOf(current)).toEqual(['se_ada']);
      expect(await used.listOf(late)).toEqual([]);
    });
  });
});

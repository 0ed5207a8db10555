import { describe, expect, test } from '@jest/globals';
import { roomRpc, type SessionRef } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { codeOf, useRoom } from '../../test/use-room.js';

/** Two instances reap at the same time. */
/** Long enough for a resume, and for the heartbeats of a gateway, also on a busy machine. */
const graceMs = 1500;
const used = useRoom({ graceMs, gatewayLeaseMs: 2400 });
const roomIds = ['a', 'b', 'c'];

async function enterAll(userId: string, gatewayId = used.gatewayId): Promise<SessionRef> {
  const session = used.session(userId);
  await Promise.all(roomIds.map((roomId) => used.login(session, roomId, { gatewayId })));
  return session;
}

async function expectNothingLeft({ userId, sessionId }: SessionRef): Promise<void> {
  expect(await used.placesOf(userId)).toEqual([]);
  for (const roomId of roomIds) {
    expect((await used.membersOf(roomId)).map((member) => member.sessionId)).not.toContain(sessionId);
  }
}

describe('a session without a socket', () => {
  test('ends once when its grace expires, however many instances look for it', async () => {
    const userIds = Array.from({ length: 24 }, (_, index) => `user-${index}`);
    const sessions = await Promise.all(userIds.map((userId) => enterAll(userId)));
    await Promise.all(sessions.map((session) => used.suspend(session)));
    await Promise.all(sessions.map((session) => used.whenGone(session)));
    await Promise.all(userIds.flatMap((userId) => roomIds.map((roomId) => used.whenLeft(userId, roomId))));
    for (const session of sessions) {
      await expectNothingLeft(session);
      expect(roomIds.map((roomId) => used.timesLeft(session.userId, roomId))).toEqual([1, 1, 1]);
    }
    const ended = used.endedSessionIds.filter((id) => sessions.some(({ sessionId }) => sessionId === id));
    expect(ended.sort()).toEqual(sessions.map(({ sessionId }) => sessionId).sort());
  });

  test('keeps its rooms if it resumes within its grace', async () => {
    const [resumed, lost] = await Promise.all([enterAll('resumed'), enterAll('lost')]);
    await used.suspend(resumed);
    await used.resume(resumed, used.gatewayId);
    await used.suspend(lost);
    // Suspended later, it ends later.
    await used.whenGone(lost);
    expect(await used.recordOf(resumed)).toMatchObject({ state: 'live' });
    expect(await used.placesOf('resumed')).toEqual(roomIds);
  });

  test('gets a full grace again after it resumed and was suspended again', async () => {
    const session = await enterAll('ada');
    await used.suspend(session);
    const first = (await used.recordOf(session))!.graceEndMs!;
    await used.resume(session, used.gatewayId);
    await used.suspend(session);
    expect((await used.recordOf(session))!.graceEndMs!).toBeGreaterThan(first);
    await used.whenGone(session);
  });

  test('releases its stream IDs', async () => {
    const [session, other] = await Promise.all([enterAll('ada'), enterAll('bob')]);
    const claim = { nodeId: 'nd_1', streamId: `stream-${used.appId}`, channel: 0 };
    await used.bus.request(roomRpc.claimStream, { session, ...claim });
    const claimOther = () => used.bus.request(roomRpc.claimStream, { session: other, ...claim });
    expect(await codeOf(claimOther())).toBe(1003028);
    await used.suspend(session);
    await used.whenGone(session);
    expect(await codeOf(claimOther())).toBe(0);
  });

  test('that another device has kicked is refused with 1002050 until its grace expires', async () => {
    const older = await enterAll('ada');
    await used.suspend(older);
    await used.login(used.session('ada', 'se_newer'), 'a');
    expect(await codeOf(used.resume(older, used.gatewayId))).toBe(1002050);
    expect(await used.placesOf('ada')).toEqual(['a']);
    await used.whenGone(older);
    expect(await used.placesOf('ada')).toEqual(['a']);
  });
});

describe('a session that was opened after its end was requested', () => {
  test('is returned to the list of its gateway, and so to reconciliation', async () => {
    const session = used.session('ada');
    await used.suspend(session);
    await used.admit(session, 'a');
    await waitFor(async () => (await used.listOf()).length === 1, { describe: 'the session on the list' });
    // A gateway suspends the listed sessions that it does not hold.
    await used.suspend(session);
    await used.whenGone(session);
    expect(await used.placesOf('ada')).toEqual([]);
  });
});

describe('a gateway without heartbeats', () => {
  test('loses its sessions, and another one keeps its own', async () => {
    const crashed = `${used.gatewayId}-crashed`;
    await used.keepGateway(crashed);
    const [kept, ...lost] = await Promise.all([
      enterAll('kept'),
      enterAll('lost-1', crashed),
      enterAll('lost-2', crashed),
    ]);
    used.loseGateway(crashed);
    await Promise.all(lost.map((session) => used.whenGone(session)));
    expect(await used.listOf(crashed)).toEqual([]);
    for (const session of lost) {
      await expectNothingLeft(session);
    }
    expect(await used.recordOf(kept!)).toMatchObject({ state: 'live' });
    expect(await used.placesOf('kept')).toEqual(roomIds);
  });

  test('learns from its next heartbeat that it was lost', async () => {
    const stalled = `${used.gatewayId}-stalled`;
    const beat = () => used.bus.request(roomRpc.heartbeat, { gatewayId: stalled });
    expect(await beat()).toMatchObject({ known: false });
    expect(await beat()).toMatchObject({ known: true });
    await waitFor(async () => !(await used.store.leases.knowsGateway(stalled)), {
      describe: 'the gateway to be lost',
    });
    expect(await beat()).toMatchObject({ known: false });
  });

  test('keeps a session that has resumed elsewhere before it is declared lost', async () => {
    const crashed = `${used.gatewayId}-crashed`;
    await used.keepGateway(crashed);
    const [session, lost] = await Promise.all([enterAll('ada', crashed), enterAll('lost', crashed)]);
    used.loseGateway(crashed);
    await used.resume(session, used.gatewayId);
    await used.whenGone(lost);
    expect(await used.recordOf(session)).toMatchObject({ state: 'live', gatewayId: used.gatewayId });
    expect(await used.placesOf('ada')).toEqual(roomIds);
  });
});

describe('an instance that crashes', () => {
  const retryMs = 300;

  test('while it ends a session leaves the rest to another one', async () => {
    const session = await enterAll('ada');
    await used.store.user.beginEnd(session);
    await used.store.leases.remindOfSession(session, 0);
    await used.whenGone(session);
    await expectNothingLeft(session);
  });

  test('after it took expired sessions leaves them to another one', async () => {
    const session = await enterAll('ada');
    await used.store.user.suspend(session, used.gatewayId, 0, 0);
    await used.store.leases.remindOfSession(session, 0);
    await used.store.leases.takeExpiredSessions(retryMs);
    await used.whenGone(session);
    await expectNothingLeft(session);
  });

  test('after it took a lost gateway leaves it to another one', async () => {
    const crashed = `${used.gatewayId}-crashed`;
    const session = await enterAll('ada', crashed);
    await used.store.leases.renewGateway(crashed, 0);
    await used.store.leases.takeLostGateways(retryMs);
    await used.whenGone(session);
    await expectNothingLeft(session);
  });
});

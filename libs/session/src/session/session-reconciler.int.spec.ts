import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { AppError, clientCloseCodes, newId, roomRpc, type SessionRef } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { appId, SessionWorld, type TestGateway } from '../../test/session-world.js';
import { sessionMetrics } from '../session-metrics.js';
import { SessionReconciler } from './session-reconciler.js';

const lost = new AppError('ROOM_SESSION_EXCEPTION_KICKED_OUT').code;
let world: SessionWorld;
let gateway: TestGateway;
let nodeCount = 0;

beforeAll(async () => {
  world = await SessionWorld.start();
});
afterAll(async () => {
  await world?.close();
});
beforeEach(async () => {
  gateway = await world.addGateway();
  nodeCount += 1;
  await world.addNode(`nd_c${nodeCount}`);
  await world.ready();
});
afterEach(() => world.clear());

const reconcile = (): Promise<void> => gateway.app.get(SessionReconciler).reconcile();

/** Runs the work in place of the next comparison's request, which it makes itself. Returns what ends this. */
function delayComparison(work: (compare: () => Promise<never>) => Promise<never>): () => void {
  const bus = gateway.app.get(Bus);
  const request = bus.request.bind(bus) as (...args: unknown[]) => Promise<never>;
  const spy = jest
    .spyOn(bus, 'request')
    .mockImplementation((...args) =>
      args[0] === (roomRpc.reconcile as unknown) ? work(() => request(...args)) : request(...args),
    );
  return () => spy.mockRestore();
}

async function repairsOf(kind: string): Promise<number> {
  const { values } = await sessionMetrics.repairs.get();
  return values.find(({ labels }) => labels.kind === kind)?.value ?? 0;
}

/** A login that the gateway knows nothing of. */
async function loginBehind(session: SessionRef, roomId: string, opens: boolean): Promise<number> {
  const { epoch } = await world.bus.request(roomRpc.login, {
    session,
    gatewayId: gateway.gatewayId,
    user: { userId: session.userId, userName: session.userId },
    sessionUserName: session.userId,
    roomId,
    mode: 'multi',
    requestId: newId('correlation'),
    opens,
    resumeTokenHash: 'a'.repeat(64),
    note: { grants: {}, isUserStatusNotify: false },
    maxMemberCount: 0,
  });
  return epoch;
}

async function isMember(session: SessionRef, roomId: string, epoch: number): Promise<boolean> {
  const rooms = [{ roomId, epoch }];
  const { lostRoomIds } = await world.bus.request(roomRpc.readMemberRooms, { session, rooms });
  return lostRoomIds.length === 0;
}

test('removes a session from a room that the room service has forgotten, and from no other', async () => {
  const { client } = await world.login(gateway, 'ada', ['r1', 'r2']);
  const { epoch } = client.session.findMembership('r1')!;
  const { ref } = client.session;
  await world.bus.request(roomRpc.logout, { session: ref, roomId: 'r1', epoch });
  await reconcile();
  expect(client.eventsOf('room.expelled')).toEqual([{ roomId: 'r1', code: lost }]);
  expect(client.session.memberships.map(({ roomId }) => roomId)).toEqual(['r2']);
});

test('keeps a room that its user leaves and enters again during the comparison', async () => {
  const { client } = await world.login(gateway, 'fay', ['r1', 'r2']);
  const { session } = client;
  const { epoch } = session.findMembership('r1')!;
  const queue = jest.spyOn(session, 'runForRoom');
  const inQueue = (): number => queue.mock.calls.filter(([roomId]) => roomId === 'r1').length;
  const queued = (count: number): Promise<true> =>
    waitFor(() => inQueue() === count, { describe: `${count} works on the room` });
  let answer = (): void => {};
  const answered = new Promise<void>((resolve) => (answer = resolve));
  let entering: Promise<unknown> | undefined;
  const restore = delayComparison(async (compare) => {
    // The user leaves, and the reply to the gateway is delayed.
    const leaving = world.bus.request(roomRpc.logout, { session: session.ref, roomId: 'r1', epoch });
    void session.runForRoom('r1', async () => {
      await answered;
      session.leave('r1');
    });
    await leaving;
    const reply = await compare();
    entering = client.call('room.login', {
      ...{ appId, mode: 'multi', roomId: 'r1', token: 'any' },
      user: { userId: 'fay', userName: 'fay' },
    });
    await queued(2);
    return reply;
  });
  try {
    const comparing = reconcile();
    await queued(3);
    answer();
    await Promise.all([comparing, entering]);
  } finally {
    restore();
  }
  expect(client.eventsOf('room.expelled')).toEqual([]);
  expect(session.memberships.map(({ roomId }) => roomId).sort()).toEqual(['r1', 'r2']);
});

test('closes the socket of a session that the room service has forgotten', async () => {
  const { client } = await world.login(gateway, 'bob', ['r1']);
  await world.bus.request(roomRpc.endSession, { session: client.session.ref });
  await reconcile();
  expect(client.slot.session).toBeUndefined();
  expect(client.closeCode).toBe(clientCloseCodes.serverShutdown);
});

test('leaves a room that only the room service knows of', async () => {
  const { client } = await world.login(gateway, 'cat', ['r1']);
  const { ref } = client.session;
  const epoch = await loginBehind(ref, 'r2', false);
  const before = await repairsOf('extraRoom');
  await reconcile();
  expect(await repairsOf('extraRoom')).toBe(before + 1);
  expect(await isMember(ref, 'r2', epoch)).toBe(false);
  expect(client.session.memberships.map(({ roomId }) => roomId)).toEqual(['r1']);
  expect(client.eventsOf('room.expelled')).toEqual([]);
});

test('enters a room that only the room service knows of, at once', async () => {
  const { client } = await world.login(gateway, 'hal', ['r1']);
  const { ref } = client.session;
  const epoch = await loginBehind(ref, 'r2', false);
  await client.call('room.login', {
    ...{ appId, mode: 'multi', roomId: 'r2', token: 'any' },
    user: { userId: 'hal', userName: 'hal' },
  });
  expect(client.session.findMembership('r2')?.epoch).toBeGreaterThan(epoch);
  expect(client.session.memberships.map(({ roomId }) => roomId)).toEqual(['r1', 'r2']);
});

test('counts no repair of a room that was entered and left again during the comparison', async () => {
  const { client } = await world.login(gateway, 'gil', ['r1']);
  const { ref } = client.session;
  const before = await repairsOf('extraRoom');
  const epoch = await loginBehind(ref, 'r2', false);
  const restore = delayComparison(async (compare) => {
    const reply = await compare();
    await world.bus.request(roomRpc.logout, { session: ref, roomId: 'r2', epoch });
    return reply;
  });
  await reconcile().finally(restore);
  expect(await repairsOf('extraRoom')).toBe(before);
});

test('suspends a session that only the room service knows of', async () => {
  const session = { appId, userId: 'dan', sessionId: newId('session') };
  await loginBehind(session, 'r1', true);
  expect((await world.recordOf(session)).state).toBe('live');
  await reconcile();
  await waitFor(async () => (await world.recordOf(session)).state === 'suspended', {
    describe: 'the grace period',
  });
});

test('changes nothing where both agree', async () => {
  const { client, ticket } = await world.login(gateway, 'eva', ['r1', 'r2']);
  await reconcile();
  expect(client.closeCode).toBeUndefined();
  expect(client.eventsOf('room.expelled')).toEqual([]);
  expect(client.session.memberships).toHaveLength(2);
  expect((await world.recordOf(ticket)).state).toBe('live');
});

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { AppError, clientCloseCodes, newId, roomRpc, type SessionRef } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { appId, SessionWorld, type TestGateway } from '../../test/session-world.js';
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
  await reconcile();
  expect(await isMember(ref, 'r2', epoch)).toBe(false);
  expect(client.session.memberships.map(({ roomId }) => roomId)).toEqual(['r1']);
  expect(client.eventsOf('room.expelled')).toEqual([]);
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

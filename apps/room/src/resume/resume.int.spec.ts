import { beforeEach, expect, test } from '@jest/globals';
import { roomRpc, type SessionRef } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { codeOf, useRoom } from '../../test/use-room.js';

const used = useRoom();
let session: SessionRef;
let next: string;
let third: string;

beforeEach(async () => {
  session = used.session('ada');
  [next, third] = [`${used.gatewayId}-next`, `${used.gatewayId}-third`];
  await Promise.all([used.keepGateway(next), used.keepGateway(third)]);
});

async function enter(...roomIds: string[]): Promise<Record<string, number>> {
  const epochs: Record<string, number> = {};
  for (const roomId of roomIds) {
    epochs[roomId] = (await used.login(session, roomId)).epoch;
  }
  return epochs;
}

test('moves the session to the list of the new gateway, and notifies the former one', async () => {
  await enter('a', 'b');
  const { attach, rooms } = await used.resume(session, next);
  expect(attach).toBe(2);
  expect(rooms.map(({ roomId }) => roomId).sort()).toEqual(['a', 'b']);
  expect([await used.listOf(), await used.listOf(next)]).toEqual([[], ['se_ada']]);
  await waitFor(() => used.moves.length > 0, { describe: 'the move' });
  expect(used.moves).toEqual([{ gatewayId: used.gatewayId, session, attach: 2 }]);
  // Other members notice nothing.
  expect(used.facts.filter(({ fact }) => fact.type !== 'memberJoined')).toEqual([]);
});

test('of several at once each gets a number of its own, and the highest holds the session', async () => {
  await enter('a');
  const gatewayIds = [next, third, `${used.gatewayId}-fourth`];
  const replies = await Promise.all(gatewayIds.map((gatewayId) => used.resume(session, gatewayId)));
  const attaches = replies.map(({ attach }) => attach);
  expect([...attaches].sort()).toEqual([2, 3, 4]);
  const holder = gatewayIds[attaches.indexOf(4)]!;
  expect(await used.recordOf(session)).toMatchObject({ state: 'live', gatewayId: holder });
  for (const gatewayId of [used.gatewayId, ...gatewayIds]) {
    expect(await used.listOf(gatewayId)).toEqual(gatewayId === holder ? ['se_ada'] : []);
  }
  await waitFor(() => used.moves.length === 3, { describe: 'all moves' });
  expect(used.moves.map(({ attach }) => attach).sort()).toEqual([2, 3, 4]);
});

test('is not undone by a late suspension of the former gateway or an older socket', async () => {
  await enter('a');
  await used.resume(session, next);
  await used.suspend(session);
  await used.suspend(session, { gatewayId: next, attach: 1 });
  expect(await used.recordOf(session)).toMatchObject({ state: 'live', gatewayId: next });
  await used.suspend(session, { gatewayId: next, attach: 2 });
  expect(await used.recordOf(session)).toMatchObject({ state: 'suspended' });
});

test('that is refused changes nothing, and leaves nothing on the list of its gateway', async () => {
  await enter('a');
  const wrong = used.bus.request(roomRpc.resumeSession, {
    session,
    gatewayId: next,
    resumeTokenHash: 'b'.repeat(64),
  });
  expect(await codeOf(wrong)).toBe(1002033);
  expect(await codeOf(used.resume(used.session('nobody'), next))).toBe(1002052);
  expect([await used.listOf(), await used.listOf(next)]).toEqual([['se_ada'], []]);
  expect(await used.recordOf(session)).toMatchObject({ state: 'live', gatewayId: used.gatewayId });
});

test('of a disabled AppID is refused, and changes nothing', async () => {
  await enter('a');
  await used.disable();
  await waitFor(async () => (await codeOf(used.resume(session, next))) === 1000037, {
    timeoutMs: 2000,
    describe: 'the resume to be refused',
  });
  expect(await codeOf(used.resume(session, third))).toBe(1000037);
  expect(await used.listOf(third)).toEqual([]);
});

test('returns the claimed streams with the rooms in which they are shared', async () => {
  const epochs = await enter('a', 'b', 'c');
  const [shared, silent] = [`shared-${used.appId}`, `silent-${used.appId}`];
  await used.bus.request(roomRpc.claimStream, { session, nodeId: 'nd_1', streamId: shared, channel: 0 });
  await used.bus.request(roomRpc.claimStream, { session, nodeId: 'nd_1', streamId: silent, channel: 1 });
  for (const roomId of ['a', 'c']) {
    await used.bus.request(roomRpc.shareStream, {
      session,
      user: { userId: 'ada', userName: 'ada' },
      epoch: epochs[roomId]!,
      roomId,
      streamId: shared,
      kinds: ['audio'],
    });
  }
  const { upstreams } = await used.resume(session, next);
  const sorted = upstreams.map((each) => ({ ...each, roomIds: [...each.roomIds].sort() }));
  expect(sorted.sort((left, right) => left.channel - right.channel)).toEqual([
    { streamId: shared, channel: 0, roomIds: ['a', 'c'] },
    { streamId: silent, channel: 1, roomIds: [] },
  ]);
});

test('a room whose membership has ended is reported as lost when it is read, and its place is released', async () => {
  const epochs = await enter('a', 'b');
  await used.store.room.leave(session, 'b', epochs['b']!, { fenceMs: 1000 });
  const { rooms } = await used.resume(session, next);
  const read = await used.bus.request(roomRpc.readMemberRooms, {
    session,
    rooms: rooms.map(({ roomId, epoch }) => ({ roomId, epoch })),
  });
  expect(read).toMatchObject({ snapshots: [{ roomId: 'a', memberCount: 1 }], lostRoomIds: ['b'] });
  expect(await used.placesOf('ada')).toEqual(['a']);
  await waitFor(() => used.expulsions.length > 0, { describe: 'the expulsion' });
  expect(used.expulsions).toMatchObject([{ gatewayId: next, roomId: 'b', code: 1002057 }]);
});

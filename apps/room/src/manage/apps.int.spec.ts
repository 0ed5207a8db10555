import { expect, test } from '@jest/globals';
import { roomAdminRpc } from '@polyroom/contracts';
import { codeOf, useRoom } from '../../test/use-room.js';

const used = useRoom();

/** Repeats the request until it is complete, as auth does. */
async function closeApp(): Promise<{ rooms: number; members: number }> {
  const closed = { rooms: 0, members: 0 };
  for (let isComplete = false; !isComplete;) {
    const part = await used.manage(roomAdminRpc.closeApp, { appId: used.appId });
    closed.rooms += part.rooms;
    closed.members += part.members;
    ({ isComplete } = part);
  }
  return closed;
}

test('closes all rooms of an AppID, removes its members and leaves no key of it', async () => {
  used.allow({ maxRooms: 300 });
  const [ada, bob] = [used.session('ada'), used.session('bob')];
  await used.login(ada, 'a');
  await used.login(ada, 'b', { opens: false });
  await used.login(bob, 'a');
  // More than one request closes.
  const kept = Array.from({ length: 210 }, (_, index) => `kept-${index}`);
  await Promise.all(
    kept.map((roomId) => used.manage(roomAdminRpc.createRoom, { appId: used.appId, roomId, keepMs: 60_000 })),
  );
  await used.manage(roomAdminRpc.setBan, { appId: used.appId, userId: 'eve', forMs: 60_000 });
  await used.manage(roomAdminRpc.setMemberMute, {
    ...{ appId: used.appId, roomId: 'a', userId: 'bob', kind: 'audio', muted: true },
  });
  // An AppID with the same digits and more.
  const neighbour = { ...used.session('ada', 'se_next'), appId: Number(`${used.appId}0`) };
  await used.login(neighbour, 'a');

  expect(await closeApp()).toEqual({ rooms: 212, members: 3 });
  expect(await used.membersOf('a')).toEqual([]);
  expect(await used.placesOf('ada')).toEqual([]);
  expect(await used.store.apps.deleteKeys(used.appId)).toBe(0);
  expect(await used.store.apps.listRooms(used.appId, 10)).toEqual([]);
  expect(await used.store.apps.listRooms(neighbour.appId, 10)).toEqual(['a']);
  expect(await used.recordOf(neighbour)).toMatchObject({ gatewayId: used.gatewayId });
  expect(await closeApp()).toEqual({ rooms: 0, members: 0 });
  expect(await codeOf(used.login(used.session('eve'), 'a'))).toBe(0);
});

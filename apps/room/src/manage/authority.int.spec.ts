import { expect, test } from '@jest/globals';
import { AppError, type Permission, roomAdminRpc } from '@polyroom/contracts';
import { StatementSigner } from '@polyroom/tokens';
import { useRoom } from '../../test/use-room.js';

const used = useRoom();

const codeOf = (request: Promise<unknown>): Promise<number> =>
  request.then(
    () => 0,
    (error: unknown) => (error as AppError).code,
  );

test.each<[string, Permission, (more: { statement?: string }) => Promise<unknown>]>([
  [
    'creating a room',
    'rooms:write',
    (more) => used.bus.request(roomAdminRpc.createRoom, { ...room(), keepMs: 0 }, more),
  ],
  ['closing a room', 'rooms:write', (more) => used.bus.request(roomAdminRpc.closeRoom, room(), more)],
  [
    'a kick',
    'users:kick',
    (more) => used.bus.request(roomAdminRpc.kickUser, { ...room(), userId: 'u' }, more),
  ],
  [
    'a ban',
    'users:ban',
    (more) => used.bus.request(roomAdminRpc.setBan, { appId: used.appId, userId: 'u', forMs: 0 }, more),
  ],
  [
    'attributes without a session',
    'rooms:write',
    (more) =>
      used.bus.request(
        roomAdminRpc.setRoomAttributes,
        { ...room(), changes: [{ key: 'k', value: 'v' }] },
        more,
      ),
  ],
  [
    'a mute',
    'streams:mute',
    (more) =>
      used.bus.request(
        roomAdminRpc.setStreamMute,
        { ...room(), streamId: 's', kind: 'audio', muted: true },
        more,
      ),
  ],
])('refuses %s without a genuine statement of its permission and AppID', async (_act, permission, act) => {
  const create = await used.stateAuthority('rooms:write');
  await used.bus.request(roomAdminRpc.createRoom, { ...room(), keepMs: 60_000 }, { statement: create });
  const other = await StatementSigner.create();
  const claims = { actor: 'alice', kind: 'operator', permission, appId: used.appId } as const;
  for (const more of [
    {},
    { statement: 'alice' },
    { statement: await other.sign(claims) },
    { statement: await used.stateAuthority('recordings:read') },
    { statement: await used.stateAuthority(permission, used.appId + 1) },
  ]) {
    expect([more, await codeOf(act(more))]).toEqual([more, 1190126]);
  }
  expect(await codeOf(act({ statement: await used.stateAuthority(permission) }))).toBe(0);
});

function room() {
  return { appId: used.appId, roomId: 'r' };
}

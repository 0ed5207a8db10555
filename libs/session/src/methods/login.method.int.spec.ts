import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { AppError, type Grants, type RoomRight } from '@polyroom/contracts';
import { appId, SessionWorld } from '../../test/session-world.js';

let world: SessionWorld;
beforeAll(async () => {
  world = await SessionWorld.start();
});
afterEach(() => world.clear());
afterAll(async () => {
  await world?.close();
});

test('requests that follow a login wait for it, also if it was sent before there was a session', async () => {
  const gateway = await world.addGateway();
  await world.addNode('nd_1');
  await world.ready();
  const client = gateway.connect();
  const second = Promise.withResolvers<void>();
  let logins = 0;
  world.onAuthenticate = () => ((logins += 1) === 1 ? undefined : second.promise);
  const [one, two] = ['r1', 'r2'].map((roomId) =>
    client.call('room.login', {
      appId,
      mode: 'multi',
      roomId,
      user: { userId: 'ada', userName: 'ada' },
      token: 'any',
    }),
  );
  await one;
  const publishing = client.codeOf('stream.publish', { streamId: 'own', channel: 0, roomId: 'r2' });
  second.resolve();
  await two;
  expect(await publishing).toBe(0);
});

test('a decision of the login hook for one room holds whatever the session does in other rooms', async () => {
  const gateway = await world.addGateway();
  await world.addNode('nd_2');
  await world.ready();
  const rights: RoomRight[] = ['login', 'publish', 'subscribe'];
  const inBoth = (issuedAtMs: number): Grants => ({
    issuedAtMs,
    rooms: ['stage', 'lobby'].map((roomId) => ({ roomId, rights })),
  });
  world.grantsByToken.set('first', inBoth(1000)).set('newer', inBoth(2000));
  world.loginHook = { deadlineMs: 1000, onFailure: 'deny' };
  world.onDecideLogin = ({ roomId }) => (roomId === 'stage' ? { rights: ['login', 'subscribe'] } : {});
  const { client } = await world.login(gateway, 'eve', ['stage', 'lobby'], { token: 'first' });
  const forbidden = new AppError('ROOM_NO_PUBLISH_AUTH').code;
  const publishIn = (roomId: string) =>
    client.codeOf('stream.publish', { streamId: `in-${roomId}`, channel: 0, roomId });
  expect(await publishIn('stage')).toBe(forbidden);
  expect(await publishIn('lobby')).toBe(0);

  const renewed = await client.call('room.renewToken', { roomId: 'lobby', token: 'newer' });
  expect(renewed.roomIds).toEqual(['lobby']);
  expect(await publishIn('stage')).toBe(forbidden);

  // Entered again, while the lobby has a newer token.
  await client.call('room.logout', { roomId: 'stage' });
  const user = { userId: 'eve', userName: 'eve' };
  await client.call('room.login', { appId, mode: 'multi', roomId: 'stage', user, token: 'first' });
  expect(await publishIn('stage')).toBe(forbidden);
});

test.each(['the first room', 'a further room'])(
  'a logout follows the login into %s that is sent in the same burst',
  async (which) => {
    const gateway = await world.addGateway();
    await world.addNode('nd_3');
    await world.ready();
    const isFirst = which === 'the first room';
    const userId = isFirst ? 'fay' : 'gil';
    const client = isFirst ? gateway.connect() : (await world.login(gateway, userId, ['r1'])).client;
    const authenticated = Promise.withResolvers<void>();
    world.onAuthenticate = () => authenticated.promise;
    const user = { userId, userName: userId };
    const login = { appId, mode: 'multi', roomId: 'r2', user, token: 'other' } as const;
    const codes = Promise.all([
      client.codeOf('room.login', login),
      client.codeOf('room.login', login),
      client.codeOf('room.logout', { roomId: 'r2' }),
    ]);
    authenticated.resolve();
    const refused = new AppError('ROOM_ROOM_ID_HAS_BEEN_USED').code;
    expect((await codes).toSorted((one, other) => one - other)).toEqual([0, 0, refused]);
    expect(client.slot.session?.memberships.map(({ roomId }) => roomId)).toEqual(
      isFirst ? undefined : ['r1'],
    );
    expect(await client.codeOf('room.login', login)).toBe(0);
  },
);

test('a login that its client has repeated over a later socket does not end the later session', async () => {
  const gateway = await world.addGateway();
  await world.addNode('nd_4');
  await world.ready();
  const [earlier, later] = [gateway.connect(), gateway.connect()];
  const user = { userId: 'hal', userName: 'hal' };
  const login = { appId, mode: 'multi', roomId: 'r1', user, token: 'any' } as const;
  await later.call('room.login', { ...login, client: { id: 'c', socket: 2 } });
  const refused = new AppError('ROOM_KICKED_OUT').code;
  expect(await earlier.codeOf('room.login', { ...login, client: { id: 'c', socket: 1 } })).toBe(refused);
  expect(later.slot.session?.state).toBe('open');
});

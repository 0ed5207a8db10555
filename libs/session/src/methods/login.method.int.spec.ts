import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { appId, SessionWorld } from '../../test/session-world.js';

let world: SessionWorld;
beforeAll(async () => {
  world = await SessionWorld.start();
});
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

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { SessionWorld } from '../../test/session-world.js';

let world: SessionWorld;
beforeAll(async () => {
  world = await SessionWorld.start();
});
afterAll(async () => {
  await world?.close();
});

test('asks the media node for all tracks of a stream at once, and shares the stream after them', async () => {
  const gateway = await world.addGateway();
  const node = await world.addNode('nd_1');
  await world.ready();
  const { client } = await world.login(gateway, 'ada', ['r1']);
  await client.call('stream.publish', { streamId: 'own', channel: 0, roomId: 'r1' });
  const { promise, resolve } = Promise.withResolvers<void>();
  node.onProduce = () => promise;
  const rtpParameters = { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 }] };
  const producing = (['audio', 'video'] as const).map((kind) =>
    client.call('stream.produce', { streamId: 'own', kind, rtpParameters }),
  );
  const sharing = client.call('stream.share', { streamId: 'own', roomId: 'r1' });
  await waitFor(() => node.count('produce') === 2, { describe: 'both requests' });
  resolve();
  await Promise.all(producing);
  expect(await sharing).toEqual({ roomIds: ['r1'] });
  expect([...client.session.getUpstream('own').kinds].sort()).toEqual(['audio', 'video']);
});

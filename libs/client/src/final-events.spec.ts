import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { fakeHandlerFactory, installMediaStream, newCamera, ProtocolServer } from '@polyroom/testing/client';
import { Client, type PublicationInfo, type SubscriptionInfo } from './index.js';

const user = { userId: 'me', userName: 'Me' };
let server: ProtocolServer;
let client: Client;
let last: PublicationInfo | SubscriptionInfo | undefined;

beforeEach(async () => {
  installMediaStream();
  server = await ProtocolServer.start();
  client = new Client({ appId: 1, server: server.url, handlerFactory: fakeHandlerFactory });
  client.on('publicationChanged', (info) => (last = info));
  client.on('subscriptionChanged', (info) => (last = info));
  await Promise.all([client.join('room1', { user }), client.join('room2', { user })]);
});
afterEach(async () => {
  await client.close();
  await server.close();
});

test.each<[string, () => Promise<void>, string[]]>([
  ['a leave', () => client.leave('room1'), ['room1']],
  ['unshare', () => client.unshare('cam', 'room1'), ['room1']],
  ['unpublish', () => client.unpublish('cam'), ['room1']],
])('the final event of a publication names its room: %s', async (_, end, roomIds) => {
  await client.publish('cam', { roomId: 'room1', media: newCamera() });
  await end();
  expect(last).toEqual({ streamId: 'cam', state: 'ended', roomIds });
});

test.each<[string, () => Promise<void>, string[]]>([
  ['a leave', () => client.leave('room1'), ['room1']],
  ['unsubscribe in its room', () => client.unsubscribe('far', 'room1'), ['room1']],
  ['unsubscribe', () => client.unsubscribe('far'), ['room1']],
])('the final event of a subscription names its room: %s', async (_, end, roomIds) => {
  await client.subscribe('far', { roomId: 'room1' });
  await end();
  expect(last).toEqual({ streamId: 'far', state: 'ended', roomIds });
});

test('names all rooms if a subscription ends in several at once', async () => {
  await client.subscribe('far', { roomId: 'room1' });
  await client.subscribe('far', { roomId: 'room2' });
  await client.unsubscribe('far');
  expect(last).toEqual({ streamId: 'far', state: 'ended', roomIds: ['room1', 'room2'] });
});

test.each<[string, () => Promise<void>]>([
  ['a leave', () => client.leave('room1')],
  ['unsubscribe', () => client.unsubscribe('far', 'room1')],
])('a subscription waits again after it ended in the only room that shows the stream: %s', async (_, end) => {
  server.replaced.set('stream.play', (call) =>
    call.params['roomId'] === 'room2' ? { error: 'PLAYER_PLAY_STREAM_NOT_EXIST' } : server.answer(call),
  );
  await client.subscribe('far', { roomId: 'room1' });
  await client.subscribe('far', { roomId: 'room2' });
  expect(client.dump().subscriptions).toMatchObject([{ state: 'active', roomIds: ['room1'] }]);
  await end();
  expect(client.dump().subscriptions).toMatchObject([{ state: 'pending', roomIds: ['room2'] }]);
  expect(last).toEqual({ streamId: 'far', state: 'pending', roomIds: ['room2'] });
});

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import {
  fakeHandlers,
  installMediaStream,
  newCamera,
  newMediaSession,
  ProtocolServer,
} from '@polyroom/testing/client';
import { testFakeParameters } from 'mediasoup-client';
import { startFastTime } from '../test/fast-time.js';
import { Client, type MediaState, type RoomChange } from './index.js';

let server: ProtocolServer;
let client: Client;
let rooms: RoomChange[];
let states: [streamId: string, state: MediaState, code: number | undefined][];
let connection: 'connected' | 'failed';
let endFastTime: () => void;

beforeEach(async () => {
  endFastTime = startFastTime();
  installMediaStream();
  server = await ProtocolServer.start();
  const { iceParameters } = testFakeParameters.generateTransportRemoteParameters();
  server.replaced.set('transport.restartIce', () => ({ result: { iceParameters } }));
  server.replaced.set('media.renew', () => {
    setImmediate(() => server.send('media.moved', { media: newMediaSession(), reason: 'lost' }));
    return { result: {} };
  });
  rooms = [];
  states = [];
  connection = 'failed';
  client = new Client({
    appId: 1,
    server: server.url,
    mediaRetryTimeSeconds: 5,
    handlerFactory: {
      ...fakeHandlers('failed'),
      factory: (options) => fakeHandlers(connection).factory(options),
    },
  });
  client.on('roomStateChanged', ({ change }) => rooms.push(change));
  client.on('publicationChanged', ({ error, state, streamId }) =>
    states.push([streamId, state, error?.code]),
  );
  client.on('subscriptionChanged', ({ error, state, streamId }) =>
    states.push([streamId, state, error?.code]),
  );
  await client.join('room1', { user: { userId: 'me', userName: 'Me' } });
});
afterEach(async () => {
  await client.close();
  await server.close();
  endFastTime();
});

const statesOf = (streamId: string): unknown[] =>
  states.filter(([named]) => named === streamId).map(([, ...state]) => state);

test('media that never connects is retried, ends with 1003021 and 1004021, and leaves the room untouched', async () => {
  await client.publish('cam', { roomId: 'room1', media: newCamera() });
  await client.subscribe('far', { roomId: 'room1' });
  expect(states.map(([, state]) => state)).not.toContain('active');
  await waitFor(() => client.dump().publications.length + client.dump().subscriptions.length === 0, {
    timeoutMs: 60_000,
    describe: 'the streams to end',
  });
  expect(statesOf('cam').at(-1)).toEqual(['ended', 1003021]);
  expect(statesOf('far').at(-1)).toEqual(['ended', 1004021]);
  expect(states.map(([, state]) => state)).not.toContain('active');
  expect(server.callsOf('media.renew').length).toBeGreaterThanOrEqual(1);
  // Other members saw the stream until it ended.
  await waitFor(() => server.callsOf('stream.stopPublish').length > 0, { describe: 'the stop to be sent' });
  expect(server.callsOf('stream.stopPublish')).toHaveLength(1);
  expect(server.sockets).toHaveLength(1);
  expect(rooms).toEqual(['joining', 'joined']);
});

test('media that connects over new transports continues, in the same session', async () => {
  await client.publish('cam', { roomId: 'room1', media: newCamera() });
  await client.subscribe('far', { roomId: 'room1' });
  connection = 'connected';
  await waitFor(
    () =>
      [...client.dump().publications, ...client.dump().subscriptions].every(
        ({ state }) => state === 'active',
      ),
    { timeoutMs: 20_000, describe: 'the streams to recover' },
  );
  expect(statesOf('cam')).toEqual([
    ['pending', undefined],
    ['pending', 1003020],
    ['active', undefined],
  ]);
  expect(server.callsOf('stream.share')).toHaveLength(1);
  expect(rooms).toEqual(['joining', 'joined']);
});

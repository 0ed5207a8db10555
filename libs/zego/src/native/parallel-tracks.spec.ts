import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { installMediaStream, newCamera, ProtocolServer, watchSending } from '@polyroom/testing/client';
import { ZegoExpressEngine, ZegoRoomMode } from './index.js';

let server: ProtocolServer;
let engine: ZegoExpressEngine;
let sending: ReturnType<typeof watchSending>;

beforeEach(async () => {
  installMediaStream();
  server = await ProtocolServer.start();
  sending = watchSending();
  ZegoExpressEngine.setRoomMode(ZegoRoomMode.MultiRoom);
  engine = await ZegoExpressEngine.createEngineWithProfile({
    appID: 1,
    appSign: 'a'.repeat(64),
    server: server.url,
    handlerFactory: sending.handlerFactory,
  });
  await engine.loginRoom('room1', { userID: 'me', userName: 'Me' });
});
afterEach(async () => {
  await ZegoExpressEngine.destroyEngine();
  await server.close();
});

const publish = () => engine.startPublishingStream('cam', 0, { roomID: 'room1', mediaStream: newCamera() });

test('requests all tracks of a stream at once', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.replaced.set('stream.produce', async (call) => {
    await promise;
    return server.answer(call);
  });
  const publishing = publish();
  await waitFor(() => server.callsOf('stream.produce').length === 2, { describe: 'both requests' });
  resolve();
  await publishing;
  expect(sending.kinds()).toEqual(['audio', 'video']);
});

test('withdraws the stream if one track fails, once the other one has been answered', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.replaced.set('stream.produce', async (call) => {
    if (call.params['kind'] === 'audio') {
      return { error: 'MEDIA_PARAMETERS_INVALID' };
    }
    await promise;
    return server.answer(call);
  });
  const publishing = publish().catch((error: unknown) => error);
  await waitFor(() => server.callsOf('stream.produce').length === 2, { describe: 'both requests' });
  expect(server.callsOf('stream.stopPublish')).toEqual([]);
  resolve();
  expect(await publishing).toMatchObject({ errorName: 'MEDIA_PARAMETERS_INVALID' });
  expect(server.calls.map(({ method }) => method).filter((method) => method.startsWith('stream.'))).toEqual([
    'stream.publish',
    'stream.produce',
    'stream.produce',
    'stream.stopPublish',
  ]);
  expect(sending.kinds()).toEqual([]);
  expect(engine.dump().publishing).toEqual([]);
});

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { clientLeaveCloseCode } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { testFakeParameters } from 'mediasoup-client';
import { fakeHandlerFactory, installMediaStream, newCamera } from '../test/fake-media.js';
import { installNetwork } from '../test/fake-network.js';
import { ProtocolServer } from '../test/protocol-server.js';
import { ZegoExpressEngine, ZegoPlayerState, ZegoPublisherState, ZegoRoomMode } from './index.js';

let network: ReturnType<typeof installNetwork>;
let server: ProtocolServer;
let engine: ZegoExpressEngine;

beforeEach(async () => {
  installMediaStream();
  network = installNetwork('wifi');
  server = await ProtocolServer.start();
  const { iceParameters } = testFakeParameters.generateTransportRemoteParameters();
  server.replaced.set('transport.restartIce', () => ({ result: { iceParameters } }));
  ZegoExpressEngine.setRoomMode(ZegoRoomMode.MultiRoom);
  engine = await ZegoExpressEngine.createEngineWithProfile({
    appID: 1,
    appSign: 'a'.repeat(64),
    server: server.url,
    handlerFactory: fakeHandlerFactory,
  });
  await engine.loginRoom('room1', { userID: 'me', userName: 'Me' });
});
afterEach(async () => {
  await ZegoExpressEngine.destroyEngine();
  await server.close();
  network.uninstall();
});

async function publishAndPlay(): Promise<void> {
  await engine.startPublishingStream('cam', 0, { roomID: 'room1', mediaStream: newCamera() });
  await engine.startPlayingStream('far', undefined, { roomID: 'room1' });
}

/** Which ways were restarted, once each has been. */
async function restarts(): Promise<unknown[]> {
  await waitFor(() => server.callsOf('transport.restartIce').length >= 2, {
    timeoutMs: 2000,
    describe: 'both ways to be restarted',
  });
  return server
    .callsOf('transport.restartIce')
    .map(({ direction }) => direction)
    .sort();
}

test('on another network both ways look for a new path at once, within the same session', async () => {
  await publishAndPlay();
  network.change('cellular');
  expect(await restarts()).toEqual(['recv', 'send']);
  expect(server.callsOf('session.resume')).toEqual([]);
  expect(engine.dump().peerConnections).toEqual({ send: 1, recv: 1 });
});

test('a socket that went with the network: the paths are looked for as soon as the session has another one', async () => {
  await publishAndPlay();
  server.replaced.set('session.resume', ({ socket }) => {
    server.adopt(socket, 'se_1');
    return { result: { rooms: [{ roomId: 'room1' }], lost: [], upstreams: [] } };
  });
  const before = server.sockets.length;
  server.dropAll();
  network.goOnline();
  expect(await restarts()).toEqual(['recv', 'send']);
  expect(server.sockets).toHaveLength(before + 1);
  // The transports are the same ones: others would have been asked for in the resumption.
  expect(server.callsOf('session.resume')[0]).not.toHaveProperty('renewMedia');
  expect(engine.dump().peerConnections).toEqual({ send: 1, recv: 1 });
});

test('a page that is hidden leaves for good; restored, it is in its rooms again with all that it sent and played', async () => {
  await publishAndPlay();
  const closeCode = new Promise((resolve) => server.sockets[0]!.once('close', resolve));
  network.hidePage();
  expect(await closeCode).toBe(clientLeaveCloseCode);
  expect(engine.dump()).toMatchObject({ sockets: 0, peerConnections: { send: 0, recv: 0 } });
  server.calls.length = 0;
  network.restorePage();
  await waitFor(
    () =>
      engine.dump().publishing[0]?.state === ZegoPublisherState.Publishing &&
      engine.dump().playing[0]?.state === ZegoPlayerState.Playing,
    { describe: 'everything to be back' },
  );
  // The session has ended: there is nothing to resume.
  expect(server.callsOf('session.resume')).toEqual([]);
  expect(server.callsOf('room.login')).toMatchObject([{ roomId: 'room1' }]);
  expect(server.callsOf('stream.publish')).toMatchObject([{ streamId: 'cam' }]);
  expect(engine.dump()).toMatchObject({ sockets: 1, peerConnections: { send: 1, recv: 1 } });
});

test('what was never connected has nothing to look for', async () => {
  network.goOnline();
  await engine.logoutRoom('room1');
  expect(server.callsOf('transport.restartIce')).toEqual([]);
});

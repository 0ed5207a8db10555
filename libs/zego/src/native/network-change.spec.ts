import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { clientLeaveCloseCode } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import {
  fakeHandlerFactory,
  installMediaStream,
  installNetwork,
  newCamera,
  ProtocolServer,
} from '@polyroom/testing/client';
import { testFakeParameters } from 'mediasoup-client';
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

/** The directions that restarted ICE, once both have. */
async function restarts(): Promise<unknown[]> {
  await waitFor(() => server.callsOf('transport.restartIce').length >= 2, {
    describe: 'both directions to restart',
  });
  return server
    .callsOf('transport.restartIce')
    .map(({ direction }) => direction)
    .sort();
}

test('restarts ICE in both directions on a network change, within the same session', async () => {
  await publishAndPlay();
  network.change('cellular');
  expect(await restarts()).toEqual(['recv', 'send']);
  expect(server.callsOf('session.resume')).toEqual([]);
  expect(engine.dump().peerConnections).toEqual({ send: 1, recv: 1 });
});

test('restarts ICE when the session has a new socket if the socket was lost with the network', async () => {
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
  // The transports are the same: otherwise the resume would have requested new ones.
  expect(server.callsOf('session.resume')[0]).not.toHaveProperty('renewMedia');
  expect(engine.dump().peerConnections).toEqual({ send: 1, recv: 1 });
});

test.each([
  ['hidden', 'hidePage', 'restorePage'],
  ['frozen', 'freezePage', 'unfreezePage'],
] as const)(
  'leaves its rooms when the page is %s, and restores them with their streams later',
  async (_is, hide, restore) => {
    await publishAndPlay();
    const closeCode = new Promise((resolve) => server.sockets[0]!.once('close', resolve));
    network[hide]();
    expect(await closeCode).toBe(clientLeaveCloseCode);
    expect(engine.dump()).toMatchObject({ sockets: 0, peerConnections: { send: 0, recv: 0 } });
    server.calls.length = 0;
    network[restore]();
    await waitFor(
      () =>
        engine.dump().publishing[0]?.state === ZegoPublisherState.Publishing &&
        engine.dump().playing[0]?.state === ZegoPlayerState.Playing,
      { describe: 'rooms and streams to be restored' },
    );
    // The session has ended, so there is nothing to resume.
    expect(server.callsOf('session.resume')).toEqual([]);
    expect(server.callsOf('room.login')).toMatchObject([{ roomId: 'room1' }]);
    expect(server.callsOf('stream.publish')).toMatchObject([{ streamId: 'cam' }]);
    expect(engine.dump()).toMatchObject({ sockets: 1, peerConnections: { send: 1, recv: 1 } });
  },
);

test('does not restart transports that were never connected', async () => {
  network.goOnline();
  await engine.logoutRoom('room1');
  expect(server.callsOf('transport.restartIce')).toEqual([]);
});

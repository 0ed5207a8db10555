import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { fakeHandlerFactory, installMediaStream, newCamera, ProtocolServer } from '@polyroom/testing/client';
import { Recorder } from '../../test/recorder.js';
import {
  ZegoExpressEngine,
  ZegoPlayerState,
  ZegoPublisherState,
  ZegoRoomMode,
  ZegoRoomStateChangedReason as Reason,
} from './index.js';

const expired = 1002056;
let server: ProtocolServer;
let engine: ZegoExpressEngine;
let recorder: Recorder;

beforeEach(async () => {
  installMediaStream();
  server = await ProtocolServer.start();
  ZegoExpressEngine.setRoomMode(ZegoRoomMode.MultiRoom);
  engine = await ZegoExpressEngine.createEngineWithProfile({
    appID: 1,
    server: server.url,
    handlerFactory: fakeHandlerFactory,
  });
  recorder = new Recorder(engine);
  for (const room of ['room1', 'room2']) {
    await engine.loginRoom(room, { userID: 'me', userName: 'Me' }, { token: 'first' });
  }
  server.replaced.set('room.renewToken', () => ({ result: { roomIds: ['room1', 'room2'], expiresAtMs: 1 } }));
});
afterEach(async () => {
  await ZegoExpressEngine.destroyEngine();
  await server.close();
});

function tokensOfLogins(): unknown[] {
  return server.callsOf('room.login').map((params) => params['token']);
}

async function whenBack(): Promise<void> {
  await waitFor(
    () => engine.dump().rooms.length === 2 && engine.dump().rooms.every(({ state }) => state === 'logined'),
    { timeoutMs: 5000, describe: 'the rooms to be restored' },
  );
}

describe('a token that expires', () => {
  test('is announced with the callbacks of both ZEGO SDKs', async () => {
    server.send('room.tokenWillExpire', { roomId: 'room1', remainingSeconds: 30 });
    await waitFor(() => recorder.of('tokenWillExpire').length > 0, { describe: 'the callback' });
    expect(recorder.of('roomTokenWillExpire')).toEqual([['room1', 30]]);
    expect(recorder.of('tokenWillExpire')).toEqual([['room1']]);
  });

  test('ends its room, or all of them, as a kick with 1002056', async () => {
    server.send('room.expelled', { roomId: 'room1', code: expired });
    server.send('room.expelled', { code: expired });
    await waitFor(() => engine.dump().rooms.length === 0, { describe: 'the rooms to be left' });
    for (const room of ['room1', 'room2']) {
      expect(recorder.statesOf(room).at(-1)).toEqual([Reason.KickOut, expired]);
    }
  });

  test('ends the rooms in the same way if the connection is lost', async () => {
    server.replaced.set('session.resume', () => ({ error: 'ROOM_TOKEN_EXPIRED_KICKED_OUT' }));
    server.dropAll();
    await waitFor(() => engine.dump().rooms.length === 0, {
      timeoutMs: 5000,
      describe: 'the rooms to be left',
    });
    expect(recorder.statesOf('room1').at(-1)).toEqual([Reason.KickOut, expired]);
    expect(tokensOfLogins()).toEqual(['first', 'first']);
  });
});

describe('renewToken', () => {
  test('sends the token, which is also used to log in again', async () => {
    expect(await engine.renewToken('room1', 'second')).toEqual({ errorCode: 0 });
    expect(server.callsOf('room.renewToken')).toEqual([{ roomId: 'room1', token: 'second' }]);
    server.calls.length = 0;
    server.dropAll();
    await waitFor(() => tokensOfLogins().length === 2, { timeoutMs: 5000, describe: 'both logins' });
    expect(tokensOfLogins()).toEqual(['second', 'second']);
    expect(server.callsOf('room.renewToken')).toEqual([]);
  });

  test('resolves with the code of a refusal and keeps the former token', async () => {
    expect(await engine.renewToken('room3', 'x')).toMatchObject({ errorCode: 1002002 });
    expect(await engine.renewToken('', 'x')).toMatchObject({ errorCode: 1002011 });
    expect(await engine.renewToken('room1', '')).toMatchObject({ errorCode: 1002067 });
    expect(await engine.renewToken('room1', 5 as never)).toMatchObject({
      errorCode: 1000017,
      errorMessage: expect.stringContaining('token'),
    });
    expect(server.callsOf('room.renewToken')).toEqual([]);
    server.replaced.set('room.renewToken', () => ({ error: 'ROOM_AUTHENTICATION_FAILED' }));
    expect(await engine.renewToken('room1', 'x')).toMatchObject({ errorCode: 1002033 });
    server.calls.length = 0;
    server.dropAll();
    await waitFor(() => tokensOfLogins().length === 2, { timeoutMs: 5000, describe: 'both logins' });
    expect(tokensOfLogins()).toEqual(['first', 'first']);
  });

  test('is sent after the resume if the connection was lost', async () => {
    server.replaced.set('session.resume', ({ socket }) => {
      server.adopt(socket, 'se_1');
      return { result: { rooms: [{ roomId: 'room1' }, { roomId: 'room2' }], lost: [], upstreams: [] } };
    });
    const resume = server.hold('session.resume');
    server.dropAll();
    await waitFor(() => server.callsOf('session.resume').length === 1, {
      timeoutMs: 5000,
      describe: 'the resume',
    });
    expect((await engine.renewToken('room1', 'second')).errorCode).not.toBe(0);
    expect(server.callsOf('room.renewToken')).toEqual([]);
    resume();
    await whenBack();
    await waitFor(() => server.callsOf('room.renewToken').length === 1, { describe: 'the token' });
    expect(server.callsOf('room.renewToken')).toEqual([{ roomId: 'room1', token: 'second' }]);
  });

  test('enters a room again whose token expired while the connection was lost', async () => {
    server.replaced.set('session.resume', () => ({ error: 'ROOM_TOKEN_EXPIRED_KICKED_OUT' }));
    const resume = server.hold('session.resume');
    server.dropAll();
    await waitFor(() => engine.dump().rooms[0]?.state === 'reconnecting', { describe: 'the loss' });
    await engine.renewToken('room1', 'second');
    resume();
    await waitFor(() => recorder.statesOf('room1').at(-1)?.[0] === Reason.Reconnected, {
      timeoutMs: 5000,
      describe: 'the room to be restored',
    });
    expect(tokensOfLogins()).toEqual(['first', 'first', 'second']);
    expect(recorder.statesOf('room2').at(-1)).toEqual([Reason.KickOut, expired]);
  });
});

describe('rights that a renewed token lacks', () => {
  test('a stream leaves one room, then ends, with code 1002082', async () => {
    await engine.startPublishingStream('cam', 0, { roomID: 'room1', mediaStream: newCamera() });
    await engine.shareStream('cam', 'room2');
    server.send('stream.unshared', { streamId: 'cam', roomId: 'room2', code: 1002082 });
    await waitFor(() => engine.dump().publishing[0]?.roomIDs.length === 1, {
      describe: 'the room to be removed',
    });
    expect(recorder.of('publisherStateUpdate').at(-1)).toEqual([
      { streamID: 'cam', state: ZegoPublisherState.Publishing, errorCode: 1002082, roomIDs: ['room1'] },
    ]);
    server.send('stream.stopped', { streamId: 'cam', code: 1002082 });
    await waitFor(() => engine.dump().publishing.length === 0, { describe: 'the end' });
    expect(recorder.of('publisherStateUpdate').at(-1)).toMatchObject([
      { state: ZegoPublisherState.NoPublish, errorCode: 1002082 },
    ]);
    expect(server.callsOf('stream.stopPublish')).toEqual([]);
  });

  test('playing ends with code 1004025', async () => {
    await engine.startPlayingStream('far', undefined, { roomID: 'room1' });
    server.send('stream.playUpdate', { streamId: 'far', roomIds: [], closed: true, reason: 'forbidden' });
    await waitFor(() => engine.dump().playing.length === 0, { describe: 'the end' });
    expect(recorder.of('playerStateUpdate').at(-1)).toMatchObject([
      { state: ZegoPlayerState.NoPlay, errorCode: 1004025 },
    ]);
  });
});

import { describe, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { newCamera, ProtocolServer } from '@polyroom/testing/client';
import { create, engine, login, recorder, server, useServers } from '../../test/engine.js';
import {
  ZegoPlayerState,
  ZegoPublisherState,
  ZegoRoomMode,
  ZegoRoomStateChangedReason as Reason,
} from './index.js';

useServers();

describe('a lost connection', () => {
  test('restores every room with its own result and its published and played streams', async () => {
    await create();
    await login('room1', 'room2', 'banned');
    await engine.startPublishingStream('cam', 0, { roomID: 'room1', mediaStream: newCamera() });
    await engine.shareStream('cam', 'room2');
    const mediaStream = await engine.startPlayingStream('far', undefined, { roomID: 'room2' });
    const before = mediaStream.getTracks();
    server.calls.length = 0;
    server.replaced.set('room.login', (call) =>
      call.params['roomId'] === 'banned' ? { error: 'ROOM_USER_IN_BLACKLIST' } : server.answer(call),
    );
    server.dropAll();
    await waitFor(
      () =>
        engine.dump().rooms.every((room) => room.state === 'logined') &&
        engine.dump().publishing[0]?.state === ZegoPublisherState.Publishing &&
        engine.dump().playing[0]?.state === ZegoPlayerState.Playing &&
        server.callsOf('stream.share').length === 2,
      { timeoutMs: 5000, describe: 'all rooms and streams to be restored' },
    );
    for (const room of ['room1', 'room2']) {
      expect(recorder.statesOf(room).slice(-2)).toEqual([
        [Reason.Reconnecting, 1002051],
        [Reason.Reconnected, 0],
      ]);
    }
    expect(recorder.statesOf('banned').slice(-2)).toEqual([
      [Reason.Reconnecting, 1002051],
      [Reason.ReconnectFailed, 1002066],
    ]);
    expect(server.callsOf('stream.publish')).toHaveLength(1);
    expect(
      server
        .callsOf('stream.share')
        .map((params) => params['roomId'])
        .sort(),
    ).toEqual(['room1', 'room2']);
    expect(mediaStream.getTracks()).toHaveLength(2);
    expect(mediaStream.getTracks()).not.toEqual(before);
    // The other members were present all the time: nothing is emitted twice.
    expect(recorder.of('roomStreamUpdate').filter(([room]) => room === 'room1')).toHaveLength(1);
    expect(engine.dump()).toMatchObject({ sockets: 1, peerConnections: { send: 1, recv: 1 } });
  });

  test('resumes an existing session with one request, with one result per room', async () => {
    await create();
    await login('room1', 'room2', 'kicked', 'forgotten');
    await engine.startPublishingStream('cam', 0, { roomID: 'room1', mediaStream: newCamera() });
    await engine.startPlayingStream('far', undefined, { roomID: 'room2' });
    server.calls.length = 0;
    server.replaced.set('session.resume', ({ socket }) => {
      server.adopt(socket, 'se_1');
      server.roomsOf(socket).delete('forgotten');
      return {
        result: {
          rooms: [
            { roomId: 'room1' },
            { roomId: 'room2', snapshot: { ...server.snapshotOf('room2'), seq: 11 } },
          ],
          lost: [
            { roomId: 'kicked', code: 1002055, reason: 'be nice' },
            { roomId: 'forgotten', code: 1002057 },
          ],
          upstreams: [{ streamId: 'cam', channel: 0, roomIds: ['room1'] }],
        },
      };
    });
    server.dropAll();
    await waitFor(
      () =>
        server.callsOf('session.resume').length === 1 &&
        engine.dump().rooms.every((room) => room.state === 'logined') &&
        engine.dump().publishing[0]?.state === ZegoPublisherState.Publishing &&
        engine.dump().playing[0]?.state === ZegoPlayerState.Playing,
      { timeoutMs: 5000, describe: 'all rooms to be restored' },
    );
    expect(server.callsOf('session.resume')).toMatchObject([
      {
        sessionId: 'se_1',
        resumeToken: 'token-1',
        userId: 'me',
        rooms: [{ roomId: 'room1', seq: 10 }, {}, {}, {}],
      },
    ]);
    for (const room of ['room1', 'room2', 'forgotten']) {
      expect(recorder.statesOf(room).at(-1)).toEqual([Reason.Reconnected, 0]);
    }
    expect(recorder.statesOf('kicked').at(-1)).toEqual([Reason.KickOut, 1002055]);
    // The media remain: no stream is published or played again, and only the lost room is entered again.
    expect(server.callsOf('room.login').map((params) => params['roomId'])).toEqual(['forgotten']);
    expect(server.callsOf('stream.publish')).toEqual([]);
    expect(engine.dump().peerConnections).toEqual({ send: 1, recv: 1 });
  });

  test.each([
    ['the session was kicked', 'ROOM_MANUAL_KICKED_OUT', 1002055],
    ['the AppID was disabled', 'COMMON_APP_OFFLINE', 1000037],
  ] as const)('does not log in again if %s in the meantime', async (_what, error, code) => {
    await create();
    await login('room1', 'room2');
    server.replaced.set('session.resume', () => ({ error }));
    server.dropAll();
    await waitFor(() => engine.dump().rooms.length === 0, {
      timeoutMs: 5000,
      describe: 'the rooms to be left',
    });
    expect(recorder.statesOf('room2').at(-1)).toEqual([Reason.KickOut, code]);
    expect(server.callsOf('room.login')).toHaveLength(2);
  });

  test('the SDK moves to another gateway', async () => {
    const second = await ProtocolServer.start();
    await create(ZegoRoomMode.MultiRoom, { server: [server.url, second.url] });
    await login('room1');
    await server.close();
    await waitFor(() => second.callsOf('room.login').length === 1, {
      timeoutMs: 5000,
      describe: 'the login at the other gateway',
    });
    await waitFor(() => recorder.statesOf('room1').at(-1)?.[0] === Reason.Reconnected, {
      describe: 'the room to be restored',
    });
    await second.close();
  });

  test('gives up rooms with 1002053 after the retry time', async () => {
    await create(ZegoRoomMode.MultiRoom, { roomRetryTimeSeconds: 0.2 });
    await login('room1');
    await server.close();
    await waitFor(() => engine.dump().rooms.length === 0, { timeoutMs: 8000, describe: 'the end' });
    expect(recorder.statesOf('room1').at(-1)).toEqual([Reason.ReconnectFailed, 1002053]);
  });

  test('does not restore a room that was left in the meantime', async () => {
    await create();
    await login('room1', 'room2');
    // At the moment of the loss, because recovery may be fast.
    const left = new Promise<{ errorCode: number }>((resolve) => {
      engine.on('roomStateChanged', (roomID, reason) => {
        if (roomID === 'room1' && reason === Reason.Reconnecting) {
          resolve(engine.logoutRoom('room1'));
        }
      });
    });
    server.dropAll();
    expect((await left).errorCode).toBe(0);
    await waitFor(() => recorder.statesOf('room2').at(-1)?.[0] === Reason.Reconnected, {
      timeoutMs: 5000,
      describe: 'the other room to be restored',
    });
    expect(server.callsOf('room.login').filter((params) => params['roomId'] === 'room1')).toHaveLength(1);
  });
});

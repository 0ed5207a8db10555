import { describe, expect, test } from '@jest/globals';
import { type ClientEventData } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { fakeHandlerFactory, newCamera, newMediaSession } from '@polyroom/testing/client';
import { create, engine, login, me, recorder, server, useServers } from '../../test/engine.js';
import { ZegoPlayerState, ZegoPublisherState, ZegoRoomMode } from './index.js';

useServers();

describe('streams', () => {
  test('requires a room to publish and play in multi-room mode', async () => {
    await create();
    await login('room1', 'room2');
    await expect(engine.startPublishingStream('s')).rejects.toMatchObject({ code: 1003070 });
    await expect(engine.startPublishingStream('s', 0, {})).rejects.toMatchObject({ code: 1003071 });
    await expect(engine.startPublishingStream('s', 0, { roomID: '' })).rejects.toMatchObject({
      code: 1003071,
    });
    await expect(engine.startPlayingStream('s')).rejects.toMatchObject({ code: 1004070 });
    await expect(engine.startPlayingStream('s', undefined, { roomID: '' })).rejects.toMatchObject({
      code: 1004071,
    });
    await expect(engine.startPlayingStream('s', undefined, { roomID: 'room9' })).rejects.toMatchObject({
      code: 1002002,
    });
    await expect(engine.startPublishingStream('a b', 0, { roomID: 'room1' })).rejects.toMatchObject({
      code: 1000016,
    });
    await expect(engine.startPublishingStream('s', 0, { roomID: 'room1' })).rejects.toMatchObject({
      code: 1003001,
    });
  });

  test('rejects publishing and playing outside of any room with 1000002', async () => {
    await create(ZegoRoomMode.SingleRoom);
    await expect(engine.startPublishingStream('s')).rejects.toMatchObject({ code: 1000002 });
    await expect(engine.startPlayingStream('s')).rejects.toMatchObject({ code: 1000002 });
  });

  test('claims, sends and shows a stream, shares it without sending it again, and rejects a busy channel with 1003023', async () => {
    await create();
    await login('room1', 'room2');
    const mediaStream = newCamera();
    await engine.startPublishingStream('cam', 0, { roomID: 'room1', mediaStream });
    await engine.shareStream('cam', 'room2');
    expect(server.calls.map((call) => call.method).filter((method) => method !== 'room.login')).toEqual([
      'stream.publish',
      'transport.connect',
      'stream.produce',
      'stream.produce',
      'stream.share',
      'stream.share',
    ]);
    await expect(
      engine.startPublishingStream('cam2', 0, { roomID: 'room1', mediaStream }),
    ).rejects.toMatchObject({ code: 1003023 });
    expect(engine.dump()).toMatchObject({
      publishing: [{ streamID: 'cam', roomIDs: ['room1', 'room2'], state: ZegoPublisherState.Publishing }],
      peerConnections: { send: 1, recv: 0 },
    });
    await engine.logoutRoom('room1');
    expect(engine.dump().publishing).toMatchObject([{ roomIDs: ['room2'] }]);
    await engine.logoutRoom('room2');
    expect(engine.dump().publishing).toEqual([]);
    expect(recorder.of('publisherStateUpdate').at(-1)?.[0]).toEqual({
      streamID: 'cam',
      state: ZegoPublisherState.NoPublish,
      errorCode: 0,
      roomIDs: ['room2'],
    });
    expect(mediaStream.getTracks().every((track) => track.readyState === 'live')).toBe(true);
  });

  test('reverts a partial publication and reports the server’s code', async () => {
    await create();
    await login('room1');
    server.replaced.set('stream.share', () => ({ error: 'PUBLISHER_SERVER_FORBID' }));
    const config = { roomID: 'room1', mediaStream: newCamera() };
    await expect(engine.startPublishingStream('cam', 0, config)).rejects.toMatchObject({ code: 1003025 });
    expect(server.calls.at(-1)).toMatchObject({ method: 'stream.stopPublish', params: { streamId: 'cam' } });
    server.replaced.clear();
    await engine.startPublishingStream('cam', 0, config);
    await engine.stopPublishingStream('cam');
    expect(engine.dump().publishing).toEqual([]);
  });

  test('receives a stream played in two rooms once, as one MediaStream', async () => {
    await create();
    await login('room1', 'room2');
    const [first, second] = await Promise.all([
      engine.startPlayingStream('far', undefined, { roomID: 'room1' }),
      engine.startPlayingStream('far', undefined, { roomID: 'room2' }),
    ]);
    expect(second).toBe(first);
    expect(
      first
        .getTracks()
        .map((track) => track.kind)
        .sort(),
    ).toEqual(['audio', 'video']);
    // The servers delay the stream until the consumers exist.
    expect(server.callsOf('stream.play')[0]).toMatchObject({ resumeAfterMs: expect.any(Number) });
    expect(server.callsOf('stream.resume')).toEqual([]);
    expect(engine.dump()).toMatchObject({
      playing: [{ streamID: 'far', roomIDs: ['room1', 'room2'] }],
      peerConnections: { send: 0, recv: 1 },
    });
    await engine.stopPlayingStream('far', 'room1');
    expect(engine.dump().playing).toMatchObject([{ roomIDs: ['room2'] }]);
    expect(first.getTracks()).toHaveLength(2);
    await engine.stopPlayingStream('far');
    expect(engine.dump().playing).toEqual([]);
    expect(first.getTracks()).toHaveLength(0);
  });

  test('sends a play request right after the login of its room', async () => {
    await create();
    await login('room1');
    await engine.startPlayingStream('near', undefined, { roomID: 'room1' });
    let answerLogin = (): void => {};
    server.replaced.set('room.login', async (call) => {
      await new Promise<void>((resolve) => {
        answerLogin = resolve;
      });
      return server.answer(call);
    });
    const entering = login('room2');
    const playing = engine.startPlayingStream('far', undefined, { roomID: 'room2' });
    await waitFor(() => server.callsOf('stream.play').length === 2, { describe: 'both requests' });
    expect(server.calls.slice(-2).map(({ method }) => method)).toEqual(['room.login', 'stream.play']);
    answerLogin();
    await entering;
    expect((await playing).getTracks()).toHaveLength(2);
  });

  test('plays nothing in a room whose login failed', async () => {
    await create();
    await login('room1');
    server.replaced.set('room.login', () => ({ error: 'ROOM_USER_IN_BLACKLIST' }));
    server.replaced.set('stream.play', () => ({ error: 'ROOM_ROOMID_INCORRECT' }));
    const entering = engine.loginRoom('room2', me);
    const playing = engine.startPlayingStream('far', undefined, { roomID: 'room2' });
    await expect(playing).rejects.toMatchObject({ code: 1002002 });
    expect((await entering).errorCode).toBe(1002066);
    expect(engine.dump().playing).toEqual([]);
  });

  test('reports late consumers to the servers', async () => {
    const slow: typeof fakeHandlerFactory = {
      ...fakeHandlerFactory,
      factory: (options) => {
        const handler = fakeHandlerFactory.factory(options);
        const receive = handler.receive.bind(handler);
        handler.receive = async (list) => {
          await new Promise((resolve) => setTimeout(resolve, 200));
          return receive(list);
        };
        return handler;
      },
    };
    await create(ZegoRoomMode.MultiRoom, { handlerFactory: slow });
    await login('room1');
    await engine.startPlayingStream('far', undefined, { roomID: 'room1' });
    expect(server.callsOf('stream.resume')).toEqual([{ streamId: 'far' }]);
    // Now the time is measured, once with the connection and once without.
    await engine.startPlayingStream('near', undefined, { roomID: 'room1' });
    await engine.startPlayingStream('third', undefined, { roomID: 'room1' });
    expect(server.callsOf('stream.play').at(-1)!['resumeAfterMs']).toBeGreaterThan(200);
  });

  test('adds a camera to a published stream, and shows it to current viewers', async () => {
    await create();
    await login('room1');
    const mediaStream = newCamera();
    const [camera] = mediaStream.getTracks().filter(({ kind }) => kind === 'video');
    mediaStream.removeTrack(camera!);
    await engine.startPublishingStream('cam', 0, { roomID: 'room1', mediaStream });
    await engine.replaceTrack(mediaStream, camera!);
    expect(server.callsOf('stream.produce').map(({ kind, kinds }) => [kind, kinds])).toEqual([
      ['audio', ['audio']],
      ['video', ['audio', 'video']],
    ]);
    const [other] = newCamera()
      .getTracks()
      .filter(({ kind }) => kind === 'video');
    await engine.replaceTrack(mediaStream, other!);
    expect(server.callsOf('stream.produce')).toHaveLength(2);
    expect(mediaStream.getTracks()).toContain(other);

    let held: ClientEventData<'stream.extended'>['consumer'][] = [];
    server.replaced.set('stream.play', (call) => {
      const { result } = server.answer(call) as { result: { consumers: typeof held } };
      held = result.consumers;
      return { result: { ...result, consumers: held.slice(0, 1) } };
    });
    const played = await engine.startPlayingStream('far', undefined, { roomID: 'room1' });
    expect(played.getTracks()).toHaveLength(1);
    server.send('stream.extended', { streamId: 'far', consumer: held[1]! });
    await waitFor(() => server.callsOf('stream.resume').length === 1, { describe: 'the receiver' });
    expect(
      played
        .getTracks()
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['audio', 'video']);
  });

  test('reports a stream that cannot be played and keeps no state', async () => {
    await create();
    await login('room1');
    server.replaced.set('stream.play', () => ({ error: 'PLAYER_SERVER_FORBID' }));
    await expect(engine.startPlayingStream('far', undefined, { roomID: 'room1' })).rejects.toMatchObject({
      errorName: 'PLAYER_SERVER_FORBID',
    });
    expect(engine.dump().playing).toEqual([]);
  });

  test('waits for a stream that does not exist yet', async () => {
    await create();
    await login('room1');
    server.replaced.set('stream.play', () => ({ error: 'PLAYER_PLAY_STREAM_NOT_EXIST' }));
    const mediaStream = await engine.startPlayingStream('far', undefined, { roomID: 'room1' });
    expect(mediaStream.getTracks()).toEqual([]);
    expect(engine.dump().playing).toMatchObject([{ streamID: 'far', state: ZegoPlayerState.PlayRequesting }]);
    server.replaced.delete('stream.play');
    server.send('room.streamUpdate', {
      roomId: 'room1',
      roomEpoch: 'epoch',
      seq: 11,
      update: 'add',
      streams: [
        { streamId: 'far', user: { userId: 'other', userName: 'Other' }, extraInfo: '', kinds: ['audio'] },
      ],
    });
    await waitFor(() => mediaStream.getTracks().length === 2, { describe: 'the stream' });
    expect(recorder.of('playerStateUpdate').at(-1)?.[0]).toMatchObject({ state: ZegoPlayerState.Playing });
  });

  test('starts a waiting playback although the application removed all its listeners', async () => {
    await create();
    await login('room1');
    server.replaced.set('stream.play', () => ({ error: 'PLAYER_PLAY_STREAM_NOT_EXIST' }));
    const mediaStream = await engine.startPlayingStream('far', undefined, { roomID: 'room1' });
    server.replaced.delete('stream.play');
    engine.off('roomStreamUpdate');
    const reported = recorder.of('roomStreamUpdate').length;
    server.send('room.streamUpdate', {
      roomId: 'room1',
      roomEpoch: 'epoch',
      seq: 11,
      update: 'add',
      streams: [
        { streamId: 'far', user: { userId: 'other', userName: 'Other' }, extraInfo: '', kinds: ['audio'] },
      ],
    });
    await waitFor(() => mediaStream.getTracks().length === 2, { describe: 'the stream' });
    expect(recorder.of('roomStreamUpdate')).toHaveLength(reported);
  });

  test('publishes and plays all streams again on new transports, and closes the old ones', async () => {
    await create();
    await login('room1', 'room2');
    await engine.startPublishingStream('cam', 0, { roomID: 'room1', mediaStream: newCamera() });
    await engine.shareStream('cam', 'room2');
    await engine.mutePublishStreamAudio(true);
    const mediaStream = await engine.startPlayingStream('far', undefined, { roomID: 'room1' });
    const before = mediaStream.getTracks();
    server.calls.length = 0;
    server.replaced.set('stream.play', (call) => {
      const answer = server.answer(call) as { result: object };
      return { result: { ...answer.result, created: true } };
    });
    server.send('media.moved', { media: newMediaSession(), reason: 'lost' });
    await waitFor(() => server.callsOf('media.settle').length === 1, {
      timeoutMs: 5000,
      describe: 'the end',
    });
    expect(server.callsOf('stream.produce')).toHaveLength(2);
    expect(server.callsOf('stream.republish')).toEqual([{ streamId: 'cam' }]);
    // The shares remain: no room is notified.
    expect(server.callsOf('stream.share')).toEqual([]);
    expect(server.callsOf('stream.publish')).toEqual([]);
    expect(server.callsOf('stream.play')).toMatchObject([{ streamId: 'far', roomId: 'room1' }]);
    expect(mediaStream.getTracks()).toHaveLength(2);
    expect(mediaStream.getTracks()).not.toEqual(before);
    expect(engine.dump().peerConnections).toEqual({ send: 1, recv: 1 });
  });

  test('plays an ended stream again in the same MediaStream when it returns', async () => {
    await create();
    await login('room1');
    const mediaStream = await engine.startPlayingStream('far', undefined, { roomID: 'room1' });
    server.send('stream.playUpdate', { streamId: 'far', roomIds: [], closed: true, reason: 'unshared' });
    await waitFor(() => mediaStream.getTracks().length === 0, { describe: 'the end' });
    expect(recorder.of('playerStateUpdate').at(-1)?.[0]).toMatchObject({
      state: ZegoPlayerState.PlayRequesting,
      errorCode: 1004002,
    });
    server.replaced.set('stream.play', (call) => {
      const answer = server.answer(call) as { result: object };
      return { result: { ...answer.result, created: true } };
    });
    server.send('room.streamUpdate', {
      roomId: 'room1',
      roomEpoch: 'epoch',
      seq: 11,
      update: 'add',
      streams: [
        { streamId: 'far', user: { userId: 'other', userName: 'Other' }, extraInfo: '', kinds: ['audio'] },
      ],
    });
    await waitFor(() => mediaStream.getTracks().length === 2, { describe: 'the stream' });
  });
});

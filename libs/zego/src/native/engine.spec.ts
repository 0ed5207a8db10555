import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { clientCloseCodes, type ClientEventData } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import {
  fakeHandlerFactory,
  installMediaStream,
  newCamera,
  newMediaSession,
  ProtocolServer,
} from '@polyroom/testing/client';
import { Recorder } from '../../test/recorder.js';
import {
  ZegoExpressEngine,
  type ZegoEngineProfile,
  ZegoPlayerState,
  ZegoPublisherState,
  ZegoRoomMode,
  ZegoRoomStateChangedReason as Reason,
  ZegoUpdateType,
} from './index.js';

const me = { userID: 'me', userName: 'Me' };
const withUsers = { isUserStatusNotify: true };
let server: ProtocolServer;
let engine: ZegoExpressEngine;
let recorder: Recorder;

beforeEach(async () => {
  installMediaStream();
  server = await ProtocolServer.start();
});
afterEach(async () => {
  await ZegoExpressEngine.destroyEngine();
  await server.close();
});

async function create(
  mode = ZegoRoomMode.MultiRoom,
  overrides: Partial<ZegoEngineProfile> = {},
): Promise<void> {
  ZegoExpressEngine.setRoomMode(mode);
  engine = await ZegoExpressEngine.createEngineWithProfile({
    appID: 1,
    appSign: 'a'.repeat(64),
    server: server.url,
    handlerFactory: fakeHandlerFactory,
    ...overrides,
  });
  recorder = new Recorder(engine);
}

async function login(...roomIDs: string[]): Promise<void> {
  for (const { errorCode } of await Promise.all(
    roomIDs.map((room) => engine.loginRoom(room, me, withUsers)),
  )) {
    expect(errorCode).toBe(0);
  }
}

describe('the engine', () => {
  test('refuses to set the mode while an engine exists (1001020), and keeps the former mode', async () => {
    await create(ZegoRoomMode.MultiRoom);
    expect(() => ZegoExpressEngine.setRoomMode(ZegoRoomMode.SingleRoom)).toThrow(
      expect.objectContaining({ code: 1001020 }),
    );
    await login('room1', 'room2');
    expect(server.callsOf('room.login').map((params) => params['mode'])).toEqual(['multi', 'multi']);
    await ZegoExpressEngine.destroyEngine();
    ZegoExpressEngine.setRoomMode(ZegoRoomMode.SingleRoom);
  });

  test('allows one engine at a time, and rejects calls to a destroyed one with 1000001', async () => {
    await create();
    expect(await ZegoExpressEngine.createEngineWithProfile({ appID: 2, server: server.url })).toBe(engine);
    await ZegoExpressEngine.destroyEngine();
    expect(() => ZegoExpressEngine.instance).toThrow(expect.objectContaining({ code: 1000001 }));
    expect((await engine.loginRoom('room1', me)).errorCode).toBe(1000001);
    await expect(engine.startPublishingStream('s')).rejects.toMatchObject({ code: 1000001 });
  });

  test.each([
    [{ appID: 0 }, 1001000],
    [{ appSign: 'abc' }, 1001001],
    [{ appSign: 'x'.repeat(64) }, 1001002],
    [{ server: [] }, 1000017],
  ])('refuses a profile with %j', async (overrides, code) => {
    await expect(create(ZegoRoomMode.MultiRoom, overrides)).rejects.toMatchObject({ code });
  });
});

describe('rooms', () => {
  test('runs logins concurrently over one socket, and matches each response to its login', async () => {
    await create();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    server.replaced.set('room.login', async (call) => {
      if (call.params['roomId'] === 'slow') {
        await held;
      }
      return call.params['roomId'] === 'full' ? { error: 'ROOM_EXCEED_MAXIMUM_MEMBER' } : server.answer(call);
    });
    const slow = engine.loginRoom('slow', me);
    expect((await engine.loginRoom('quick', me)).errorCode).toBe(0);
    expect((await engine.loginRoom('full', me)).errorCode).toBe(1002034);
    expect(recorder.statesOf('slow')).toEqual([[Reason.Logining, 0]]);
    release();
    const result = await slow;
    expect(result.errorCode).toBe(0);
    expect(JSON.parse(result.extendedData)).toEqual({ room_session_id: 'epoch' });
    expect(recorder.statesOf('full')).toEqual([
      [Reason.Logining, 0],
      [Reason.LoginFailed, 1002034],
    ]);
    expect(server.sockets).toHaveLength(1);
    expect(engine.dump()).toMatchObject({ sockets: 1, peerConnections: { send: 0, recv: 0 } });
  });

  test('emits existing members and streams after Logined, without this user', async () => {
    await create();
    await login('room1');
    expect(recorder.events.map((event) => event.name)).toEqual([
      'roomStateChanged',
      'roomStateChanged',
      'roomUserUpdate',
      'roomStreamUpdate',
    ]);
    expect(recorder.of('roomUserUpdate')).toEqual([
      ['room1', ZegoUpdateType.Add, [{ userID: 'other', userName: 'Other' }]],
    ]);
    expect(recorder.of('roomStreamUpdate')[0]?.slice(0, 3)).toEqual([
      'room1',
      ZegoUpdateType.Add,
      [{ streamID: 'cam-room1', user: { userID: 'other', userName: 'Other' }, extraInfo: '' }],
    ]);
  });

  test('names the room in events, and does not repeat changes that the snapshot included', async () => {
    await create();
    await login('room1', 'room2');
    const update = { roomId: 'room2', roomEpoch: 'epoch', update: 'add' as const };
    server.send('room.userUpdate', { ...update, seq: 9, users: [{ userId: 'old', userName: 'Old' }] });
    server.send('room.userUpdate', { ...update, seq: 11, users: [{ userId: 'new', userName: 'New' }] });
    server.send('room.streamUpdate', {
      ...update,
      update: 'delete',
      seq: 12,
      reason: 4,
      streams: [
        {
          streamId: 'cam-room2',
          user: { userId: 'other', userName: 'Other' },
          extraInfo: '',
          kinds: ['audio'],
        },
      ],
    });
    server.send('message.received', {
      roomId: 'room2',
      epoch: 'e',
      messages: [
        {
          ...{ messageId: 5, seq: 1, prev: 0, sentAtMs: 9, content: 'hello' },
          ...{ kind: 'broadcast', category: 'chat', from: { userId: 'other', userName: 'Other' } },
        },
      ],
    });
    await waitFor(() => recorder.of('IMRecvBroadcastMessage').length > 0, {
      timeoutMs: 2000,
      describe: 'the message',
    });
    expect(recorder.of('IMRecvBroadcastMessage')).toEqual([
      [
        'room2',
        [
          {
            message: 'hello',
            messageID: 5,
            sendTime: 9,
            fromUser: { userID: 'other', userName: 'Other' },
          },
        ],
      ],
    ]);
    expect(recorder.of('roomUserUpdate').at(-1)).toEqual([
      'room2',
      ZegoUpdateType.Add,
      [{ userID: 'new', userName: 'New' }],
    ]);
    expect(recorder.of('roomUserUpdate')).toHaveLength(3);
    const [roomID, type, , extendedData] = recorder.of('roomStreamUpdate').at(-1)!;
    expect([roomID, type]).toEqual(['room2', ZegoUpdateType.Delete]);
    expect(JSON.parse(extendedData)).toEqual({
      stream_delete_reason: [{ streamID: 'cam-room2', reason: 4 }],
    });
    expect(engine.dump().rooms.find((room) => room.roomID === 'room1')?.streams).toEqual(['cam-room1']);
  });

  test('checks arguments and engine state locally, with their codes', async () => {
    await create();
    expect((await engine.loginRoom('', me)).errorCode).toBe(1002011);
    expect((await engine.loginRoom('room1', { userID: 'a b', userName: 'x' })).errorCode).toBe(1002006);
    expect((await engine.loginRoom('room1', { userID: '$system', userName: 'x' })).errorCode).toBe(1002006);
    expect(server.calls).toEqual([]);
    await login('room1');
    expect((await engine.loginRoom('room1', me)).errorCode).toBe(1002064);
    expect((await engine.loginRoom('room2', { ...me, userName: 'Else' })).errorCode).toBe(1002018);
    expect((await engine.logoutRoom('room9')).errorCode).toBe(1002002);
    expect(recorder.statesOf('room9')).toEqual([[Reason.LogoutFailed, 1002002]]);
    expect(server.callsOf('room.login')).toHaveLength(1);
  });

  test('refuses a second room in single-room mode with 1002001', async () => {
    await create(ZegoRoomMode.SingleRoom);
    await login('room1');
    expect((await engine.loginRoom('room2', me)).errorCode).toBe(1002001);
    expect((await engine.loginRoom('room1', me)).errorCode).toBe(1002001);
  });

  test('leaves all rooms with logoutRoom() without an ID', async () => {
    await create();
    await login('room1', 'room2', 'room3');
    expect((await engine.logoutRoom()).errorCode).toBe(0);
    expect(server.callsOf('room.logout')).toEqual([{}]);
    expect(engine.dump().rooms).toEqual([]);
    for (const room of ['room1', 'room2', 'room3']) {
      expect(recorder.statesOf(room).at(-1)).toEqual([Reason.Logout, 0]);
    }
  });

  test('switches rooms with one request, and reports both rooms', async () => {
    await create();
    await login('room1', 'room2');
    expect((await engine.switchRoom('room9', 'room3')).errorCode).toBe(1002002);
    expect((await engine.switchRoom('room1', 'room2')).errorCode).toBe(1002064);
    expect((await engine.switchRoom('room1', 'room3')).errorCode).toBe(0);
    expect(server.callsOf('room.switch')).toMatchObject([{ fromRoomId: 'room1', toRoomId: 'room3' }]);
    expect(server.callsOf('room.logout')).toEqual([]);
    expect(recorder.statesOf('room1').at(-1)).toEqual([Reason.Logout, 0]);
    expect(recorder.statesOf('room3').at(-1)).toEqual([Reason.Logined, 0]);
    expect(engine.dump().rooms.map(({ roomID }) => roomID)).toEqual(['room2', 'room3']);
  });

  test('leaves the old room if the new one refuses a switch, but not if the switch breaks a rule', async () => {
    await create();
    await login('room1', 'room2');
    server.replaced.set('room.switch', ({ params }) => ({
      error: params['toRoomId'] === 'taken' ? 'ROOM_ROOM_ID_HAS_BEEN_USED' : 'ROOM_EXCEED_MAXIMUM_MEMBER',
    }));
    expect((await engine.switchRoom('room1', 'taken')).errorCode).toBe(1002064);
    expect(engine.dump().rooms.map(({ roomID }) => roomID)).toEqual(['room1', 'room2']);
    expect((await engine.switchRoom('room1', 'full')).errorCode).toBe(1002034);
    expect(engine.dump().rooms.map(({ roomID }) => roomID)).toEqual(['room2']);
    expect(recorder.statesOf('full').at(-1)).toEqual([Reason.LoginFailed, 1002034]);
  });

  test('emits room attributes on login and on changes, but not this user’s own changes', async () => {
    await create();
    const attribute = (key: string, value: string, version: number) => ({
      key,
      value,
      version,
      updatedByUserId: 'other',
      updatedAtMs: 5,
    });
    server.replaced.set('room.login', (call) => {
      const { result } = server.answer(call) as { result: { snapshot: object } };
      const attributes = [attribute('topic', 'tea', 3)];
      return { result: { ...result, snapshot: { ...result.snapshot, attributes } } };
    });
    server.replaced.set('room.setAttributes', () => ({
      result: { attributes: [attribute('mine', 'x', 11)] },
    }));
    await login('room1');
    expect(await engine.setRoomExtraInfo('room1', 'mine', 'x')).toEqual({ errorCode: 0 });
    expect(await engine.setRoomExtraInfo('room9', 'mine', 'x')).toMatchObject({ errorCode: 1002002 });
    const update = { roomId: 'room1', roomEpoch: 'epoch', seq: 12 };
    server.send('room.attributesUpdate', { ...update, attributes: [attribute('topic', 'coffee', 12)] });
    server.send('room.attributesUpdate', { ...update, attributes: [attribute('topic', 'water', 11)] });
    await waitFor(() => recorder.of('roomExtraInfoUpdate').length === 2, {
      timeoutMs: 2000,
      describe: 'the change',
    });
    expect(recorder.of('roomExtraInfoUpdate').map(([, list]) => list.map(({ value }) => value))).toEqual([
      ['tea'],
      ['coffee'],
    ]);
  });

  test('requests the room’s state after missing facts', async () => {
    await create();
    await login('room1');
    server.replaced.set('room.getSnapshot', () => ({
      result: { ...server.snapshotOf('room1'), seq: 20, memberCount: 1, members: [], streams: [] },
    }));
    server.send('room.gap', { roomId: 'room1' });
    await waitFor(() => engine.dump().rooms[0]?.users.length === 0, {
      timeoutMs: 2000,
      describe: 'the news',
    });
    expect(recorder.of('roomUserUpdate').at(-1)?.slice(0, 2)).toEqual(['room1', ZegoUpdateType.Delete]);
    expect(recorder.of('roomStreamUpdate').at(-1)?.slice(0, 2)).toEqual(['room1', ZegoUpdateType.Delete]);
  });

  test('keeps the other rooms after a kick from one, and does not reconnect after a kick from all', async () => {
    await create();
    await login('room1', 'room2', 'room3');
    server.send('room.expelled', { roomId: 'room1', code: 1002055, reason: 'be nice' });
    await waitFor(() => engine.dump().rooms.length === 2, {
      timeoutMs: 2000,
      describe: 'one room to be left',
    });
    expect(recorder.statesOf('room1').at(-1)).toEqual([Reason.KickOut, 1002055]);
    server.send('room.expelled', { code: 1002050 });
    server.sockets[0]?.close(clientCloseCodes.sessionMoved);
    await waitFor(() => engine.dump().sockets === 0, { timeoutMs: 2000, describe: 'the socket to close' });
    expect(recorder.statesOf('room3').at(-1)).toEqual([Reason.KickOut, 1002050]);
    // The next socket is that of the next login.
    await login('room4');
    expect(server.sockets).toHaveLength(2);
    expect(server.callsOf('session.resume')).toEqual([]);
    expect(recorder.statesOf('room3').map(([reason]) => reason)).not.toContain(Reason.Reconnecting);
  });

  test('fails a login with 1002030 if no gateway responds', async () => {
    await create(ZegoRoomMode.MultiRoom, { server: 'http://127.0.0.1:9' });
    expect((await engine.loginRoom('room1', me)).errorCode).toBe(1002030);
    expect(recorder.statesOf('room1').at(-1)).toEqual([Reason.LoginFailed, 1002030]);
  });
});

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
    await waitFor(() => mediaStream.getTracks().length === 2, { timeoutMs: 2000, describe: 'the stream' });
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
    await waitFor(() => mediaStream.getTracks().length === 2, { timeoutMs: 2000, describe: 'the stream' });
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
    await waitFor(() => mediaStream.getTracks().length === 0, { timeoutMs: 2000, describe: 'the end' });
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
    await waitFor(() => mediaStream.getTracks().length === 2, { timeoutMs: 2000, describe: 'the stream' });
  });
});

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
          upstreams: [],
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
      timeoutMs: 2000,
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

import { describe, expect, test } from '@jest/globals';
import { clientCloseCodes } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { newCamera } from '@polyroom/testing/client';
import { create, engine, login, me, recorder, server, useServers } from '../../test/engine.js';
import {
  ZegoExpressEngine,
  ZegoPublisherState,
  ZegoRoomMode,
  ZegoRoomStateChangedReason as Reason,
  ZegoUpdateType,
} from './index.js';

useServers();

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
      describe: 'one room to be left',
    });
    expect(recorder.statesOf('room1').at(-1)).toEqual([Reason.KickOut, 1002055]);
    server.send('room.expelled', { code: 1002050 });
    server.sockets[0]?.close(clientCloseCodes.sessionMoved);
    await waitFor(() => engine.dump().sockets === 0, { describe: 'the socket to close' });
    expect(recorder.statesOf('room3').at(-1)).toEqual([Reason.KickOut, 1002050]);
    // The next socket is that of the next login.
    await login('room4');
    expect(server.sockets).toHaveLength(2);
    expect(server.callsOf('session.resume')).toEqual([]);
    expect(recorder.statesOf('room3').map(([reason]) => reason)).not.toContain(Reason.Reconnecting);
  });

  test('is moved from a room and taken into a further one by the server; its stream continues', async () => {
    await create();
    await login('room1');
    await engine.startPublishingStream('s', 0, { roomID: 'room1', mediaStream: newCamera() });
    const entered = (roomId: string, fromRoomId: string, left: boolean) =>
      server.send('room.entered', {
        ...{ roomId, fromRoomId, left },
        snapshot: {
          ...{ roomId, roomEpoch: `epoch of ${roomId}`, seq: 1, memberCount: 2, streams: [], attributes: [] },
          members: [{ userId: 'other', userName: 'Other' }],
        },
        streams: [{ streamId: 's', mutedKinds: [] }],
      });
    entered('room2', 'room1', true);
    entered('room3', 'room2', false);
    await waitFor(() => recorder.statesOf('room3').length === 1, {
      describe: 'the third room to be entered',
    });
    expect(engine.dump().rooms.map(({ roomID }) => roomID)).toEqual(['room2', 'room3']);
    expect(recorder.statesOf('room1').at(-1)).toEqual([Reason.KickOut, 1002055]);
    expect(recorder.statesOf('room2')).toEqual([[Reason.Logined, 0]]);
    const dataOf = (roomID: string) =>
      JSON.parse(recorder.of('roomStateChanged').findLast(([room]) => room === roomID)![3]) as unknown;
    expect(dataOf('room1')).toEqual({ moved_to: 'room2' });
    expect(dataOf('room2')).toEqual({ room_session_id: 'epoch of room2', moved_from: 'room1' });
    expect(dataOf('room3')).toEqual({ room_session_id: 'epoch of room3' });
    expect(engine.dump().publishing).toMatchObject([{ streamID: 's', roomIDs: ['room2', 'room3'] }]);
    const ended = recorder
      .of('publisherStateUpdate')
      .filter(([{ state }]) => state === ZegoPublisherState.NoPublish);
    expect(ended).toEqual([]);
    server.send('stream.unshared', { streamId: 's', roomId: 'room3', code: 1003025 });
    server.send('stream.shared', { streamId: 's', roomId: 'room3', mutedKinds: ['video'] });
    await waitFor(() => recorder.of('roomStreamMuted').length === 1, {
      describe: 'the stream to be shared again',
    });
    expect(engine.dump().publishing).toMatchObject([{ streamID: 's', roomIDs: ['room2', 'room3'] }]);
    // Requests name the new rooms.
    await engine.sendBroadcastMessage('room2', 'hello');
    expect(server.callsOf('room.login')).toHaveLength(1);
  });

  test('fails a login with 1002030 if no gateway responds', async () => {
    await create(ZegoRoomMode.MultiRoom, { server: 'http://127.0.0.1:9' });
    expect((await engine.loginRoom('room1', me)).errorCode).toBe(1002030);
    expect(recorder.statesOf('room1').at(-1)).toEqual([Reason.LoginFailed, 1002030]);
  });
});

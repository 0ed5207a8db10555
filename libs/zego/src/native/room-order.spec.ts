import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type MediaSession } from '@polyroom/contracts';
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

const me = { userID: 'me', userName: 'Me' };
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

async function create(mode = ZegoRoomMode.MultiRoom): Promise<void> {
  ZegoExpressEngine.setRoomMode(mode);
  engine = await ZegoExpressEngine.createEngineWithProfile({
    appID: 1,
    appSign: 'a'.repeat(64),
    server: server.url,
    handlerFactory: fakeHandlerFactory,
  });
  recorder = new Recorder(engine);
}

/** Starts all calls at once, in this order. */
async function codesOf(...calls: Promise<{ errorCode: number }>[]): Promise<number[]> {
  return (await Promise.all(calls)).map(({ errorCode }) => errorCode);
}

/** The rooms that the engine is in, once the servers agree. */
async function roomIDs(): Promise<string[]> {
  const known = engine.dump().rooms.map(({ roomID }) => roomID);
  expect(engine.dump().rooms.every(({ state }) => state === 'logined')).toBe(true);
  expect([...server.roomsOf(server.sockets.at(-1)!)].sort()).toEqual([...known].sort());
  return known;
}

function methods(): string[] {
  return server.calls.map(({ method, params }) =>
    [method, params['fromRoomId'], params['roomId'] ?? params['toRoomId']].filter(Boolean).join(' '),
  );
}

describe('calls that are not awaited take effect in call order', () => {
  test('login, logout, login of one room ends inside the room', async () => {
    await create();
    const codes = await codesOf(
      engine.loginRoom('room1', me),
      engine.logoutRoom('room1'),
      engine.loginRoom('room1', me),
    );
    expect(codes).toEqual([0, 0, 0]);
    expect(await roomIDs()).toEqual(['room1']);
    expect(methods()).toEqual(['room.login room1', 'room.logout room1', 'room.login room1']);
    expect(recorder.statesOf('room1').map(([reason]) => reason)).toEqual([
      Reason.Logining,
      Reason.Logined,
      Reason.Logout,
      Reason.Logining,
      Reason.Logined,
    ]);
  });

  test('logout, login, logout of one room ends outside the room', async () => {
    await create();
    await engine.loginRoom('room1', me);
    const codes = await codesOf(
      engine.logoutRoom('room1'),
      engine.loginRoom('room1', me),
      engine.logoutRoom('room1'),
    );
    expect(codes).toEqual([0, 0, 0]);
    expect(await roomIDs()).toEqual([]);
    expect(recorder.statesOf('room1').at(-1)).toEqual([Reason.Logout, 0]);
  });

  test('publishes and plays in the session of the last login', async () => {
    await create();
    const transportIds: unknown[] = [];
    server.replaced.set('room.login', (call) => {
      const answer = server.answer(call) as { result: { media: MediaSession } };
      transportIds.push(answer.result.media.recv.id);
      return answer;
    });
    const publish = (streamID: string) =>
      engine.startPublishingStream(streamID, 0, { roomID: 'room1', mediaStream: newCamera() });
    const play = (streamID: string) => engine.startPlayingStream(streamID, undefined, { roomID: 'room1' });
    const entering = engine.loginRoom('room1', me);
    const dropped = Promise.allSettled([publish('cam1'), play('far')]);
    const leaving = engine.logoutRoom('room1');
    const enteringAgain = engine.loginRoom('room1', me);
    const wanted = Promise.all([publish('cam2'), play('far'), play('near')]);
    expect(await codesOf(entering, leaving, enteringAgain)).toEqual([0, 0, 0]);
    const [, ...mediaStreams] = await wanted;
    expect((await dropped).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(engine.dump()).toMatchObject({
      publishing: [{ streamID: 'cam2', state: ZegoPublisherState.Publishing }],
      playing: [
        { streamID: 'far', state: ZegoPlayerState.Playing },
        { streamID: 'near', state: ZegoPlayerState.Playing },
      ],
    });
    expect(mediaStreams.map((mediaStream) => mediaStream.getTracks().length)).toEqual([2, 2]);
    // The session of the first login ended with its only room.
    const plays = server.callsOf('stream.play');
    expect(plays.map(({ streamId }) => streamId).sort()).toEqual(['far', 'near']);
    expect(plays.map(({ transportId }) => transportId)).toEqual([transportIds[1], transportIds[1]]);
    expect(server.callsOf('stream.publish')).toMatchObject([{ streamId: 'cam2' }]);
    expect(engine.dump().peerConnections).toEqual({ send: 1, recv: 1 });
  });

  test('keeps a login that follows a logout of all rooms', async () => {
    await create();
    const codes = await codesOf(
      engine.loginRoom('room1', me),
      engine.loginRoom('room2', me),
      engine.logoutRoom(),
      engine.loginRoom('room2', me),
      engine.loginRoom('room3', me),
    );
    expect(codes).toEqual([0, 0, 0, 0, 0]);
    expect(await roomIDs()).toEqual(['room2', 'room3']);
  });

  test('allows another room at once in single-room mode, and another user in multi-room mode', async () => {
    await create(ZegoRoomMode.SingleRoom);
    expect(
      await codesOf(engine.loginRoom('room1', me), engine.logoutRoom('room1'), engine.loginRoom('room2', me)),
    ).toEqual([0, 0, 0]);
    expect(await roomIDs()).toEqual(['room2']);
    await ZegoExpressEngine.destroyEngine();
    await create();
    expect(
      await codesOf(
        engine.loginRoom('room1', me),
        engine.logoutRoom('room1'),
        engine.loginRoom('room2', { userID: 'you', userName: 'You' }),
      ),
    ).toEqual([0, 0, 0]);
    expect(methods().slice(-3)).toEqual(['room.login room1', 'room.logout room1', 'room.login room2']);
  });

  test('runs consecutive switches in order', async () => {
    await create();
    const codes = await codesOf(
      engine.loginRoom('room1', me),
      engine.switchRoom('room1', 'room2'),
      engine.switchRoom('room2', 'room3'),
      engine.loginRoom('room1', me),
    );
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(await roomIDs()).toEqual(['room3', 'room1']);
    expect(
      await codesOf(
        engine.switchRoom('room3', 'room4'),
        engine.logoutRoom('room4'),
        engine.switchRoom('room1', 'room3'),
        engine.switchRoom('room3', 'room1'),
      ),
    ).toEqual([0, 0, 0, 0]);
    expect(await roomIDs()).toEqual(['room1']);
    expect(
      await codesOf(engine.switchRoom('room1', 'room2'), engine.logoutRoom(), engine.loginRoom('room1', me)),
    ).toEqual([0, 0, 0]);
    expect(await roomIDs()).toEqual(['room1']);
  });

  test('gives each call its own result: a refused login is not left, and the next one is tried', async () => {
    await create();
    let refusals = 1;
    server.replaced.set('room.login', (call) =>
      refusals-- > 0 ? { error: 'ROOM_EXCEED_MAXIMUM_MEMBER' } : server.answer(call),
    );
    const codes = await codesOf(
      engine.loginRoom('room1', me),
      engine.logoutRoom('room1'),
      engine.loginRoom('room1', me),
      engine.loginRoom('room1', me),
    );
    expect(codes).toEqual([1002034, 1002002, 0, 1002064]);
    expect(await roomIDs()).toEqual(['room1']);
  });

  test('refuses a switch from a room whose login failed', async () => {
    await create();
    server.replaced.set('room.login', () => ({ error: 'ROOM_EXCEED_MAXIMUM_MEMBER' }));
    expect(await codesOf(engine.loginRoom('room1', me), engine.switchRoom('room1', 'room2'))).toEqual([
      1002034, 1002002,
    ]);
    expect(engine.dump().rooms).toEqual([]);
    expect(server.callsOf('room.switch')).toEqual([]);
  });

  test('runs a login from a logout’s event handler after the logout', async () => {
    await create();
    await engine.loginRoom('room1', me);
    await engine.startPlayingStream('far', undefined, { roomID: 'room1' });
    const again = new Promise<{ errorCode: number }>((resolve) =>
      engine.on('playerStateUpdate', () => resolve(engine.loginRoom('room1', me))),
    );
    expect(await codesOf(engine.logoutRoom('room1'), again)).toEqual([0, 0]);
    expect(await roomIDs()).toEqual(['room1']);
  });

  test('handles logout and login during recovery', async () => {
    await create();
    await engine.loginRoom('room1', me);
    await engine.loginRoom('room2', me);
    let answerLogin = (): void => {};
    server.replaced.set('room.login', async (call) => {
      server.replaced.delete('room.login');
      await new Promise<void>((resolve) => (answerLogin = resolve));
      return server.answer(call);
    });
    server.calls.length = 0;
    server.dropAll();
    await waitFor(() => server.callsOf('room.login').length === 2, {
      describe: 'both logins to be requested',
    });
    const held = String(server.callsOf('room.login')[0]!['roomId']);
    const leaving = engine.logoutRoom(held);
    const entering = engine.loginRoom(held, me);
    answerLogin();
    expect(await codesOf(leaving, entering)).toEqual([0, 0]);
    await waitFor(() => engine.dump().rooms.every(({ state }) => state === 'logined'), {
      describe: 'the other room to be restored',
    });
    expect((await roomIDs()).sort()).toEqual(['room1', 'room2']);
  });
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { installMediaStream, newCamera, ProtocolServer, watchSending } from '@polyroom/testing/client';
import { webCalls, type ZegoWebEvents, ZegoExpressEngine } from './index.js';

const user = { userID: 'me', userName: 'Me' };
let server: ProtocolServer;
let sending: ReturnType<typeof watchSending>;
let engine: ZegoExpressEngine;

beforeEach(async () => {
  installMediaStream();
  server = await ProtocolServer.start();
  sending = watchSending();
  engine = new ZegoExpressEngine(1, server.url, { handlerFactory: sending.handlerFactory });
});
afterEach(async () => {
  engine.destroyEngine();
  await server.close();
});

/** The events of a name, as they arrive. */
function record<Name extends keyof ZegoWebEvents>(name: Name): ZegoWebEvents[Name][] {
  const events: ZegoWebEvents[Name][] = [];
  engine.on(name, (...args) => events.push(args));
  return events;
}

async function enter(...rooms: string[]): Promise<void> {
  engine.enableMultiRoom(true);
  for (const room of rooms) {
    expect(await engine.loginRoom(room, 'token', user)).toBe(true);
  }
}

describe('rooms', () => {
  test('logs in to several rooms with tokens, and reports string states', async () => {
    const changes = record('roomStateChanged');
    const streams = record('roomStreamUpdate');
    await enter('room1', 'room2');
    expect(engine.enableMultiRoom(true)).toBe(false);
    expect(server.callsOf('room.login')).toMatchObject([
      { roomId: 'room1', mode: 'multi', token: 'token' },
      { roomId: 'room2', mode: 'multi', token: 'token' },
    ]);
    expect(changes.map(([room, reason]) => `${room} ${reason}`)).toEqual([
      'room1 LOGINING',
      'room1 LOGINED',
      'room2 LOGINING',
      'room2 LOGINED',
    ]);
    expect(streams.map(([room, type, list]) => [room, type, list[0]!.streamID])).toEqual([
      ['room1', 'ADD', 'cam-room1'],
      ['room2', 'ADD', 'cam-room2'],
    ]);
    engine.logoutRoom('room1');
    await waitFor(() => changes.at(-1)![1] === 'LOGOUT', { describe: 'the logout' });
  });

  test('reports a move by the server as a kick-out from one room and a login to the other', async () => {
    await enter('room1');
    const changes = record('roomStateChanged');
    server.send('room.entered', {
      ...{ roomId: 'room2', fromRoomId: 'room1', left: true, streams: [] },
      snapshot: server.snapshotOf('room2'),
    });
    await waitFor(() => changes.length === 2, { describe: 'both changes' });
    expect(changes).toEqual([
      ['room1', 'KICKOUT', 1002055, '{"moved_to":"room2"}'],
      ['room2', 'LOGINED', 0, '{"room_session_id":"epoch","moved_from":"room1"}'],
    ]);
  });

  test('rejects a login with the code of ZEGO, and a second room in single-room mode with 1002001', async () => {
    server.replaced.set('room.login', () => ({ error: 'ROOM_AUTHENTICATION_FAILED' }));
    await expect(engine.loginRoom('room1', 'token', user)).rejects.toMatchObject({ errorCode: 1002033 });
    await expect(engine.loginRoom('', 'token', user)).rejects.toMatchObject({
      errorCode: 1002011,
      details: { path: 'roomID' },
    });
    server.replaced.delete('room.login');
    await engine.loginRoom('room1', 'token', user);
    await expect(engine.loginRoom('room2', 'token', user)).rejects.toMatchObject({ errorCode: 1002001 });
    expect(engine.enableMultiRoom(true)).toBe(false);
  });
});

describe('streams', () => {
  test('publishes into a room by its ID, and refuses multi-room mode without one', async () => {
    const states = record('publisherStateUpdate');
    await enter('room1', 'room2');
    const camera = newCamera();
    expect(engine.startPublishingStream('cam', camera)).toBe(false);
    expect(states).toMatchObject([[{ streamID: 'cam', state: 'NO_PUBLISH', errorCode: 1003071 }]]);
    expect(engine.startPublishingStream('cam', camera, { roomID: 'room2' })).toBe(true);
    await waitFor(() => states.at(-1)![0].state === 'PUBLISHING', { describe: 'the stream' });
    expect(states.at(-1)![0].roomIDs).toEqual(['room2']);
    // Its ID is in use.
    expect(engine.startPublishingStream('cam', camera, { roomID: 'room1' })).toBe(false);
    await waitFor(() => states.at(-1)![0].errorCode === 1003028, { describe: 'the refusal' });
    expect(engine.stopPublishingStream('cam')).toBe(true);
  });

  test('plays by stream ID alone, in the room that shows the stream', async () => {
    const states = record('playerStateUpdate');
    await enter('room1', 'room2');
    const mediaStream = await engine.startPlayingStream('cam-room2');
    expect(mediaStream.getTracks()).toHaveLength(2);
    expect(server.callsOf('stream.play')).toMatchObject([{ streamId: 'cam-room2', roomId: 'room2' }]);
    expect(states.at(-1)).toMatchObject([{ state: 'PLAYING', roomIDs: ['room2'] }]);
    await engine.mutePlayStreamAudio('cam-room2', true);
    expect(mediaStream.getTracks().map(({ enabled, kind }) => [kind, enabled])).toEqual([
      ['audio', false],
      ['video', true],
    ]);
    engine.stopPlayingStream('cam-room2');
    await waitFor(() => states.at(-1)![0].state === 'NO_PLAY', { describe: 'the end' });
  });

  test('waits in all rooms for a stream that none shows yet', async () => {
    await enter('room1', 'room2');
    server.replaced.set('stream.play', () => ({ error: 'PLAYER_PLAY_STREAM_NOT_EXIST' }));
    await engine.startPlayingStream('later');
    await waitFor(() => server.callsOf('stream.play').length === 2, { describe: 'the requests' });
    server.replaced.delete('stream.play');
    const stream = { ...server.snapshotOf('room2').streams[0]!, streamId: 'later' };
    const update = { roomId: 'room2', roomEpoch: 'epoch', seq: 11, update: 'add' as const };
    const states = record('playerStateUpdate');
    server.send('room.streamUpdate', { ...update, streams: [stream] });
    await waitFor(() => states.at(-1)?.[0].state === 'PLAYING', { describe: 'the stream' });
  });

  test('publishes muted what was muted before, by local stream or for the microphone', async () => {
    await enter('room1');
    const camera = newCamera();
    engine.mutePublishStreamVideo(camera, true);
    engine.muteMicrophone(true);
    expect(engine.isMicrophoneMuted()).toBe(true);
    engine.startPublishingStream('cam', camera, { roomID: 'room1' });
    await waitFor(() => server.callsOf('stream.share').length === 1, { describe: 'the stream' });
    expect(sending.kinds()).toEqual([]);
    expect(server.callsOf('stream.mute').map(({ kind, muted }) => [kind, muted])).toEqual([
      ['audio', true],
      ['video', true],
    ]);
    engine.mutePublishStreamVideo(camera, false);
    await waitFor(() => sending.kinds().join() === 'video', { describe: 'video' });
    // The microphone is still muted.
    engine.mutePublishStreamAudio(camera, false);
    expect(sending.kinds()).toEqual(['video']);
    engine.muteMicrophone(false);
    await waitFor(() => sending.kinds().length === 2, { describe: 'audio' });
  });
});

test('sends custom commands to user IDs, and returns the code of a refused message', async () => {
  await enter('room1');
  server.replaced.set('message.command', () => ({ result: { messageId: 1, seq: 1, sentAtMs: 1 } }));
  expect(await engine.sendCustomCommand('room1', 'go', ['u2'])).toEqual({ errorCode: 0, extendedData: '' });
  expect(server.callsOf('message.command')).toMatchObject([{ content: 'go', to: ['u2'] }]);
  expect(await engine.sendBroadcastMessage('room1', '')).toMatchObject({
    errorCode: 1009001,
    extendedData: expect.stringContaining('message: '),
  });
  expect(await engine.sendBroadcastMessage('room2', 'x')).toMatchObject({ errorCode: 1009005 });
});

describe('the calls of ZEGO’s Web SDK', () => {
  const calls = Object.entries(webCalls);
  const methods = (): Record<string, () => unknown> => engine as unknown as Record<string, () => unknown>;

  test.each(calls.filter(([, { status }]) => status !== 'absent'))('%s exists', (name) => {
    expect(typeof methods()[name]).toBe('function');
  });

  test.each(calls.filter(([, { status }]) => status === 'absent'))(
    '%s throws its replacement',
    (name, { note }) => {
      expect(() => methods()[name]!()).toThrow(
        expect.objectContaining({ code: 1000010, message: expect.stringContaining(note!) }),
      );
    },
  );
});

test('reports devices of a runtime without them as errors with codes', async () => {
  await expect(engine.enumDevices()).rejects.toMatchObject({ errorCode: 1103002 });
  await expect(engine.createStream()).rejects.toMatchObject({ errorCode: 1103002 });
  const { errInfo, result, webRTC } = await engine.checkSystemRequirements();
  expect([webRTC, result]).toEqual([false, false]);
  expect(Object.keys(errInfo)).toEqual(['webRTC', 'camera', 'microphone']);
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type RoomStream } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { installMediaStream, newCamera, ProtocolServer, watchSending } from '@polyroom/testing/client';
import { type ZegoWebEvents, ZegoExpressEngine } from './index.js';

const user = { userID: 'me', userName: 'Me' };
const other = { userID: 'other', userName: 'Other' };
let server: ProtocolServer;
let engine: ZegoExpressEngine;

beforeEach(async () => {
  installMediaStream();
  server = await ProtocolServer.start();
  engine = new ZegoExpressEngine(1, server.url, { handlerFactory: watchSending().handlerFactory });
  engine.enableMultiRoom(true);
});
afterEach(async () => {
  engine.destroyEngine();
  await server.close();
});

/** All events of these names, in their order. */
function recordAll(...names: (keyof ZegoWebEvents)[]): unknown[][] {
  const events: unknown[][] = [];
  names.forEach((name) => engine.on(name, (...args: unknown[]) => events.push([name, ...args])));
  return events;
}

const streamOf = (roomId: string, more: Partial<RoomStream> = {}): RoomStream => ({
  ...server.snapshotOf(roomId).streams[0]!,
  streamId: 'cam',
  ...more,
});

/** Rooms show the stream `cam` from the login on. */
function show(more: Partial<RoomStream>): void {
  server.replaced.set('room.login', (call) => {
    const answer = server.answer(call) as { result: { snapshot: object } };
    const streams = [streamOf(String(call.params['roomId']), more)];
    return { result: { ...answer.result, snapshot: { ...answer.result.snapshot, streams } } };
  });
}

const change = (roomId: string, seq: number, more: Partial<RoomStream>): void =>
  server.send('room.streamChanged', { roomId, roomEpoch: 'epoch', seq, stream: streamOf(roomId, more) });

describe('the microphone and the camera of another user', () => {
  test('are reported to those who join later, and when they play', async () => {
    show({ mutedKinds: ['audio'] });
    const events = recordAll('roomStreamUpdate', 'remoteMicStatusUpdate', 'remoteCameraStatusUpdate');
    await engine.loginRoom('room1', 'token', user);
    expect(events).toMatchObject([
      ['roomStreamUpdate', 'room1', 'ADD', [{ streamID: 'cam', mutedKinds: ['audio'] }], ''],
      ['remoteMicStatusUpdate', 'cam', 'MUTE'],
    ]);
    await engine.startPlayingStream('cam');
    expect(events.at(-1)).toEqual(['remoteMicStatusUpdate', 'cam', 'MUTE']);
    change('room1', 11, { mutedKinds: ['video'] });
    await waitFor(() => events.length === 5, { describe: 'the changes' });
    expect(events.slice(3)).toEqual([
      ['remoteMicStatusUpdate', 'cam', 'OPEN'],
      ['remoteCameraStatusUpdate', 'cam', 'MUTE'],
    ]);
  });

  test('count as muted while every room mutes them, also by an operator', async () => {
    show({});
    const events = recordAll('remoteMicStatusUpdate', 'remoteCameraStatusUpdate');
    await engine.loginRoom('room1', 'token', user);
    await engine.loginRoom('room2', 'token', user);
    change('room1', 11, { mutedKinds: ['audio'] });
    const place = { roomEpoch: 'epoch', streamId: 'cam' };
    server.send('room.streamMuted', { ...place, roomId: 'room2', seq: 11, kinds: ['audio'] });
    await waitFor(() => events.length === 1, { describe: 'the mute' });
    server.send('room.streamMuted', { ...place, roomId: 'room2', seq: 12, kinds: [] });
    await waitFor(() => events.length === 2, { describe: 'its end' });
    expect(events).toEqual([
      ['remoteMicStatusUpdate', 'cam', 'MUTE'],
      ['remoteMicStatusUpdate', 'cam', 'OPEN'],
    ]);
  });
});

describe('the text of a stream', () => {
  test('is shown with the stream, changes, and is reported to the others', async () => {
    show({});
    const events = recordAll('streamExtraInfoUpdate');
    await engine.loginRoom('room1', 'token', user);
    engine.startPublishingStream('mine', newCamera(), { roomID: 'room1', extraInfo: 'first' });
    await waitFor(() => server.callsOf('stream.share').length === 1, { describe: 'the stream' });
    expect(server.callsOf('stream.share')).toMatchObject([{ extraInfo: 'first' }]);
    expect(await engine.setStreamExtraInfo('mine', 'second')).toEqual({ errorCode: 0, extendedData: '' });
    expect(server.callsOf('stream.setExtraInfo')).toEqual([{ streamId: 'mine', extraInfo: 'second' }]);
    change('room1', 11, { extraInfo: 'hello' });
    await waitFor(() => events.length === 1, { describe: 'the text' });
    expect(events).toEqual([
      ['streamExtraInfoUpdate', 'room1', [{ streamID: 'cam', user: other, extraInfo: 'hello' }]],
    ]);
  });

  test.each<[string, string, unknown, number]>([
    ['that is missing', 'mine', undefined, 1003050],
    ['that is too long', 'mine', 'é'.repeat(513), 1003051],
    ['of a stream that is not published', 'other', 'text', 1003001],
  ])('%s is refused', async (_, streamID, text, errorCode) => {
    await engine.loginRoom('room1', 'token', user);
    engine.startPublishingStream('mine', newCamera(), { roomID: 'room1' });
    expect(await engine.setStreamExtraInfo(streamID, text as string)).toMatchObject({ errorCode });
  });
});

describe('a played stream', () => {
  test('is received in the layer and with the kinds that the user wants', async () => {
    await engine.loginRoom('room1', 'token', user);
    const limits = () => server.callsOf('stream.limit').map(({ kinds, maxLayer }) => [kinds, maxLayer]);
    await engine.startPlayingStream('cam-room1', { streamType: 0, audio: false });
    await waitFor(() => limits().at(-1)?.[1] === 0, { describe: 'the limit' });
    expect(limits().at(-1)).toEqual([['video'], 0]);
    expect(await engine.setPlayStreamVideoType('cam-room1', 1)).toBe(true);
    expect(await engine.mutePlayStreamAudio('cam-room1', false)).toBe(true);
    expect(await engine.muteAllPlayVideoStreams(true)).toBe(true);
    await waitFor(() => JSON.stringify(limits().at(-1)) === '[["audio"],null]', {
      describe: 'the last limit',
    });
    await expect(engine.setPlayStreamVideoType('cam-room1', 3)).rejects.toMatchObject({ errorCode: 1000017 });
    await expect(engine.setPlayStreamVideoType('other', 0)).rejects.toMatchObject({ errorCode: 1004011 });
  });
});

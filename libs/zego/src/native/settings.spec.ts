import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { installMediaStream, newCamera, ProtocolServer, watchSending } from '@polyroom/testing/client';
import { FakeAudio, FakeDevices, watchBitrates } from '../../test/devices.js';
import {
  nativeCalls,
  ZegoAudioConfig,
  ZegoAudioConfigPreset,
  ZegoErrorCode,
  ZegoExpressEngine,
  ZegoPublishChannel,
  ZegoPublisherConfig,
  ZegoRemoteDeviceState,
  ZegoRoomMode,
  ZegoUser,
  ZegoVideoConfig,
  ZegoVideoConfigPreset,
  ZegoVideoStreamType,
} from './index.js';

let server: ProtocolServer;
let sending: ReturnType<typeof watchSending>;
let bitrates: Record<string, number>;
let devices: FakeDevices;
let engine: ZegoExpressEngine;

beforeEach(async () => {
  installMediaStream();
  devices = FakeDevices.install();
  server = await ProtocolServer.start();
  sending = watchSending();
  const watched = watchBitrates(sending.handlerFactory);
  bitrates = watched.bitrates;
  ZegoExpressEngine.setRoomMode(ZegoRoomMode.MultiRoom);
  engine = await ZegoExpressEngine.createEngineWithProfile({
    appID: 1,
    server: server.url,
    handlerFactory: watched.handlerFactory,
  });
  await engine.loginRoom('room1', ZegoUser.id('me'));
});
afterEach(async () => {
  await ZegoExpressEngine.destroyEngine();
  FakeDevices.uninstall();
  FakeAudio.uninstall();
  await server.close();
});

const publish = (streamID = 'cam') =>
  engine.startPublishingStream(streamID, ZegoPublishChannel.Main, new ZegoPublisherConfig('room1'));
const isSending = (kinds: string) => () => sending.kinds().join() === kinds;

describe('the calls of ZEGO’s native SDKs', () => {
  const target = (): Record<string, () => unknown> => ({
    ...Object.fromEntries(
      Object.getOwnPropertyNames(ZegoExpressEngine).map((name) => [
        name,
        (ZegoExpressEngine as unknown as Record<string, () => unknown>)[name]!,
      ]),
    ),
  });
  const find = (name: string): unknown =>
    (engine as unknown as Record<string, unknown>)[name] ?? target()[name];

  test('exist, or throw their replacement', () => {
    for (const [name, { note, status }] of Object.entries(nativeCalls)) {
      const call = find(name) as () => unknown;
      expect([name, typeof call]).toEqual([name, 'function']);
      if (status === 'absent') {
        expect(call).toThrow(
          expect.objectContaining({
            code: ZegoErrorCode.CommonSdkNoModule,
            message: expect.stringContaining(note!),
          }),
        );
      }
    }
  });
});

describe('the text of a stream', () => {
  test('may be set before the stream is published, and is listed', async () => {
    expect(await engine.setStreamExtraInfo('early')).toEqual({ errorCode: 0 });
    await publish();
    expect(server.callsOf('stream.share')).toMatchObject([{ streamId: 'cam', extraInfo: 'early' }]);
    expect(await engine.setStreamExtraInfo('late')).toEqual({ errorCode: 0 });
    expect(server.callsOf('stream.setExtraInfo')).toEqual([{ streamId: 'cam', extraInfo: 'late' }]);
    const { publishStreamList } = await engine.getRoomStreamList('room1');
    expect(publishStreamList).toMatchObject([{ streamID: 'cam', extraInfo: 'late' }]);
    expect(await engine.setStreamExtraInfo('x'.repeat(1025))).toMatchObject({ errorCode: 1003051 });
    server.replaced.set('stream.setExtraInfo', () => ({ error: 'IM_MESSAGE_REFUSED' }));
    expect(await engine.setStreamExtraInfo('rude')).toMatchObject({ errorCode: 1190501 });
    expect((await engine.getRoomStreamList('room1')).publishStreamList).toMatchObject([
      { extraInfo: 'late' },
    ]);
  });

  test('and the mutes of another user reach the event handler', async () => {
    const calls: unknown[][] = [];
    engine.setEventHandler({
      onRoomStreamExtraInfoUpdate: (roomID, list) => calls.push([roomID, list[0]!.extraInfo]),
      onRemoteCameraStateUpdate: (...args) => calls.push(['camera', ...args]),
      onRemoteMicStateUpdate: (...args) => calls.push(['microphone', ...args]),
    });
    const stream = server.snapshotOf('room1').streams[0]!;
    const place = { roomId: 'room1', roomEpoch: 'epoch' };
    server.send('room.streamChanged', {
      ...{ ...place, seq: 11 },
      stream: { ...stream, extraInfo: 'hello', mutedKinds: ['audio', 'video'] },
    });
    server.send('room.streamChanged', { ...place, seq: 12, stream: { ...stream, extraInfo: 'hello' } });
    await waitFor(() => calls.length === 5, { describe: 'the callbacks' });
    expect(calls).toEqual([
      ['room1', 'hello'],
      ['microphone', 'cam-room1', ZegoRemoteDeviceState.Mute],
      ['camera', 'cam-room1', ZegoRemoteDeviceState.Mute],
      ['microphone', 'cam-room1', ZegoRemoteDeviceState.Open],
      ['camera', 'cam-room1', ZegoRemoteDeviceState.Open],
    ]);
  });
});

describe('video and audio configuration', () => {
  test('applies to the capture, the encoder and what is published later', async () => {
    await engine.setVideoConfig(new ZegoVideoConfig(ZegoVideoConfigPreset.Preset180P));
    await engine.setAudioConfig(new ZegoAudioConfig(ZegoAudioConfigPreset.HighQualityStereo));
    await engine.enableAEC(false);
    await publish();
    expect(devices.asked).toEqual([
      [
        'getUserMedia',
        {
          audio: { echoCancellation: false, channelCount: 2 },
          video: { width: 320, height: 180, frameRate: 15 },
        },
      ],
    ]);
    expect(bitrates).toEqual({ audio: 192_000, video: 300_000 });
    await engine.setVideoConfig({ bitrate: 250, fps: 10 });
    await engine.enableANS(true);
    expect(bitrates['video']).toBe(250_000);
    expect(devices.opened.map((track) => track.getConstraints())).toMatchObject([
      { noiseSuppression: true },
      { frameRate: 10 },
    ]);
    expect(await engine.getVideoConfig()).toMatchObject({ captureWidth: 320, bitrate: 250, fps: 10 });
    expect(await engine.getAudioConfig()).toMatchObject({ bitrate: 192 });
  });

  test.each<[string, () => Promise<unknown>]>([
    ['config.bitrate', () => engine.setVideoConfig({ bitrate: 0 })],
    ['config', () => engine.setVideoConfig(null as never)],
    ['config.bitrate', () => engine.setAudioConfig({ bitrate: -1 })],
    ['enable', () => engine.enableAGC('yes' as never)],
    ['volume', () => engine.setPlayVolume('cam', 201)],
    ['volume', () => engine.setCaptureVolume(50)],
    ['mute', () => engine.muteSpeaker(1 as never)],
    ['channel', () => engine.useFrontCamera(true)],
    ['streamType', () => engine.setPlayStreamVideoType('cam', 3 as never)],
  ])('refuses a wrong %s', async (path, call) => {
    await expect(call()).rejects.toMatchObject({ code: 1000017, details: { path } });
  });
});

describe('devices', () => {
  test('are released and opened again while the stream is published', async () => {
    await publish();
    await engine.enableAudioCaptureDevice(false);
    await waitFor(isSending('video'), { describe: 'video only' });
    expect(devices.opened.map(({ readyState }) => readyState)).toEqual(['ended', 'live']);
    await engine.enableAudioCaptureDevice(true);
    await waitFor(isSending('audio,video'), { describe: 'the audio' });
    await engine.useFrontCamera(true);
    expect(devices.asked.at(-1)).toEqual(['getUserMedia', { audio: false, video: { facingMode: 'user' } }]);
    expect(devices.opened.map(({ readyState }) => readyState)).toEqual(['ended', 'ended', 'live', 'live']);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['enableAudioCaptureDevice', () => engine.enableAudioCaptureDevice(false)],
    ['stopPreview', () => engine.stopPublishingStream().then(() => engine.stopPreview())],
  ])('release an amplified microphone: %s', async (_, release) => {
    FakeAudio.install();
    await publish();
    await engine.setCaptureVolume(50);
    const [microphone] = devices.opened;
    expect(microphone!.readyState).toBe('live');
    await release();
    await waitFor(() => microphone!.readyState === 'ended', { describe: 'the microphone to close' });
  });

  test('release an amplified microphone: destroyStream', async () => {
    FakeAudio.install();
    const camera = await engine.createStream();
    engine.setLocalStream(camera);
    await engine.setCaptureVolume(50);
    engine.destroyStream(camera);
    expect(devices.opened.map(({ readyState }) => readyState)).toEqual(['ended', 'ended']);
  });

  test('set the volume of the elements that show played streams', async () => {
    const element = { volume: 1, muted: false, style: {} } as HTMLMediaElement;
    await engine.setAllPlayStreamVolume(60);
    await engine.muteSpeaker(true);
    await engine.startPlayingStream('cam-room1', element, { roomID: 'room1' });
    expect([element.volume, element.muted, await engine.isSpeakerMuted()]).toEqual([0.6, true, true]);
    await engine.setPlayVolume('cam-room1', 200);
    await engine.muteSpeaker(false);
    expect([element.volume, element.muted]).toEqual([1, false]);
    await engine.setPlayStreamVideoType('cam-room1', ZegoVideoStreamType.Small);
    await waitFor(() => server.callsOf('stream.limit').length === 1, { describe: 'the limit' });
    expect(server.callsOf('stream.limit')).toMatchObject([{ maxLayer: 0 }]);
  });
});

describe('a stream that is stopped before the user allows the camera', () => {
  let allow: () => void;

  beforeEach(() => {
    const open = devices.getUserMedia.bind(devices);
    const isAllowed = new Promise<void>((resolve) => (allow = resolve));
    devices.getUserMedia = async (constraints) => {
      await isAllowed;
      return open(constraints);
    };
  });
  const states = () => devices.opened.map(({ readyState }) => readyState);

  test.each<[string, ZegoPublishChannel | string]>([
    ['channel', ZegoPublishChannel.Main],
    ['stream ID', 'cam'],
  ])('by its %s is not published, and the camera is released', async (_, which) => {
    const publishing = publish();
    await engine.stopPublishingStream(which);
    allow();
    await expect(publishing).rejects.toMatchObject({ code: 1003001, details: { problem: 'stopped' } });
    await waitFor(() => states().join() === 'ended,ended', { describe: 'the camera to be released' });
    expect(server.callsOf('stream.publish')).toEqual([]);
  });

  test('leaves the camera to a later call and to the preview', async () => {
    const first = publish();
    await engine.stopPublishingStream();
    const second = publish('again');
    allow();
    await expect(first).rejects.toMatchObject({ code: 1003001 });
    await second;
    expect(server.callsOf('stream.publish')).toMatchObject([{ streamId: 'again' }]);
    await engine.stopPublishingStream();
    await engine.stopPreview();
    await waitFor(() => states().join() === 'ended,ended', { describe: 'the camera to be released' });
    await engine.startPreview();
    const third = publish();
    await engine.stopPublishingStream();
    await expect(third).rejects.toMatchObject({ code: 1003001 });
    expect(states().slice(2)).toEqual(['live', 'live']);
  });
});

test('options that ZEGO does not have are refused', async () => {
  const misspelt = { roomId: 'room1' } as object;
  expect(
    await engine.loginRoom('room2', ZegoUser.id('me'), { isUserStatusNotified: true } as object),
  ).toMatchObject({
    errorCode: 1000017,
    extendedData: expect.stringContaining('config.isUserStatusNotified'),
  });
  const wrong = { code: 1000017, details: { path: 'config.roomId' } };
  await expect(engine.startPublishingStream('cam', ZegoPublishChannel.Main, misspelt)).rejects.toMatchObject(
    wrong,
  );
  await expect(engine.startPlayingStream('cam', undefined, misspelt)).rejects.toMatchObject(wrong);
});

test('a stream of the application keeps its size until it is configured', async () => {
  const camera = newCamera();
  engine.setLocalStream(camera);
  await publish();
  expect(devices.asked).toEqual([]);
  expect(bitrates).toEqual({});
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { installMediaStream, newCamera, ProtocolServer, watchSending } from '@polyroom/testing/client';
import { type FakeMediaStreamTrack } from 'fake-mediastreamtrack';
import { FakeAudio, FakeDevices, watchBitrates } from '../../test/devices.js';
import {
  type ZegoLocalStreamConfig,
  ZegoStreamUpdateType,
  type ZegoWebEvents,
  ZegoExpressEngine,
} from './index.js';

const user = { userID: 'me', userName: 'Me' };
const success = { errorCode: 0, extendedData: '' };
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
  engine = new ZegoExpressEngine(1, server.url, { handlerFactory: watched.handlerFactory });
  await engine.loginRoom('room1', 'token', user);
});
afterEach(async () => {
  engine.destroyEngine();
  FakeDevices.uninstall();
  FakeAudio.uninstall();
  await server.close();
});

function record<Name extends keyof ZegoWebEvents>(name: Name): ZegoWebEvents[Name][] {
  const events: ZegoWebEvents[Name][] = [];
  engine.on(name, (...args) => events.push(args));
  return events;
}

async function publish(
  localStream: Parameters<ZegoExpressEngine['startPublishingStream']>[1],
): Promise<void> {
  const states = record('publisherStateUpdate');
  expect(engine.startPublishingStream('cam', localStream)).toBe(true);
  await waitFor(() => states.at(-1)?.[0].state === 'PUBLISHING', { describe: 'the stream' });
}

const isSending = (kinds: string) => () => sending.kinds().join() === kinds;
const kindsOf = (stream: { getTracks(): MediaStreamTrack[] }) => stream.getTracks().map(({ kind }) => kind);

describe('createStream', () => {
  test('takes the options of ZEGO', async () => {
    await engine.createStream({
      camera: {
        videoQuality: 2,
        frameRate: 24,
        audioInput: 'mic',
        AEC: false,
        channelCount: 2,
        keyFrameInterval: 2,
      },
    });
    await engine.createStream({ camera: { facingMode: 'user', videoInput: 'ignored', audio: false } });
    await engine.createStream({ screen: { videoQuality: 3, audio: true } });
    expect(devices.asked).toEqual([
      [
        'getUserMedia',
        {
          audio: { deviceId: { exact: 'mic' }, echoCancellation: false, channelCount: 2 },
          video: { width: 640, height: 480, frameRate: 24 },
        },
      ],
      ['getUserMedia', { audio: false, video: { facingMode: 'user' } }],
      ['getDisplayMedia', { audio: true, video: { frameRate: 5 } }],
    ]);
  });

  test('publishes with the bitrates of its options, and of setVideoConfig', async () => {
    const camera = await engine.createStream({
      camera: { videoQuality: 3, audioBitrate: 64, videoOptimizationMode: 'detail' },
    });
    expect(camera.getTracks()[1]!.contentHint).toBe('detail');
    await publish(camera);
    expect(bitrates).toEqual({ audio: 64_000, video: 1_500_000 });
    expect(await engine.setVideoConfig(camera, { maxBitrate: 300, width: 320 })).toEqual(success);
    expect(bitrates['video']).toBe(300_000);
    expect(camera.getTracks()[1]!.getConstraints()).toMatchObject({ width: 320 });
    expect(await engine.setVideoConfig(camera, { videoQuality: 1 })).toEqual(success);
    expect(bitrates['video']).toBe(300_000);
    expect(camera.getTracks()[1]!.getConstraints()).toMatchObject({ width: 320, height: 240, frameRate: 15 });
  });

  test.each<[unknown, string]>([
    [{ camara: {} }, 'source.camara'],
    [{ camera: { bitRat: 600 } }, 'source.camera.bitRat'],
    [{ camera: { videoQuality: 5 } }, 'source.camera.videoQuality'],
    [{ screen: { sourceID: 'window' } }, 'source.screen.sourceID'],
    [{ camera: {}, screen: true }, 'source'],
    [{ custom: { source: 'video' } }, 'source.custom.source'],
  ])('refuses %j and names %s', async (source, path) => {
    await expect(engine.createStream(source as ZegoLocalStreamConfig)).rejects.toMatchObject({
      errorCode: 1000017,
      details: { path },
    });
  });
});

describe('unknown options', () => {
  test('are refused by every call that takes options', async () => {
    const camera = await engine.createStream();
    const states = record('publisherStateUpdate');
    const misspelt = { roomId: 'room1' } as object;
    expect(engine.startPublishingStream('cam', camera, misspelt)).toBe(false);
    expect(states).toMatchObject([[{ errorCode: 1000017 }]]);
    await expect(engine.startPlayingStream('cam-room1', misspelt)).rejects.toMatchObject({
      details: { path: 'playOption.roomId' },
    });
    await expect(
      engine.createZegoStream({ camera: { video: { inputs: 'a' } as object } }),
    ).rejects.toMatchObject({
      details: { path: 'options.camera.video.inputs' },
    });
    const responses = await Promise.all([
      engine.setVideoConfig(camera, { bitrate: 1 } as object),
      engine.setAudioConfig(camera, { aec: true } as object),
    ]);
    expect(responses.map(({ errorCode }) => errorCode)).toEqual([1000017, 1000017]);
    expect(() => engine.enableAutoSwitchDevice({ cam: true } as object)).toThrow(/config.cam/);
  });
});

describe('a ZegoLocalStream', () => {
  test('publishes what it captures later with updatePublishingStream', async () => {
    const local = await engine.createZegoStream({ camera: { video: { quality: 1 } }, videoBitrate: 250 });
    const changes: string[] = [];
    local.on('videoTrackChanged', ({ label }) => changes.push(label));
    expect([local.active, kindsOf(local)]).toEqual([true, ['audio', 'video']]);
    await publish(local);
    expect(bitrates['video']).toBe(250_000);
    expect(await local.startCaptureScreen({ frameRate: 5 })).toEqual(success);
    expect(devices.asked.at(-1)).toEqual(['getDisplayMedia', { audio: false, video: { frameRate: 5 } }]);
    expect(changes).toEqual(['video 2']);
    expect(await engine.updatePublishingStream(local, ZegoStreamUpdateType.video)).toEqual(success);
    expect(sending.kinds()).toEqual(['audio', 'video']);
    expect(await local.stopCaptureVideo()).toBe(true);
    expect(await engine.updatePublishingStream(local, ZegoStreamUpdateType.videoAndAudio)).toEqual(success);
    await waitFor(isSending('audio'), { describe: 'audio only' });
    expect(await local.startCaptureCamera()).toEqual(success);
    expect(await engine.updatePublishingStream(local)).toEqual(success);
    await waitFor(isSending('audio,video'), { describe: 'the video' });
    engine.destroyStream(local);
    expect(local.active).toBe(false);
    expect(await engine.updatePublishingStream(local, 3 as 2)).toMatchObject({ errorCode: 1000017 });
  });

  test('captures audio and video of different sources', async () => {
    const [microphone, camera] = [await engine.createStream(), await engine.createStream()];
    const local = await engine.createZegoStream({
      custom: { audio: { source: microphone }, video: { source: camera } },
    });
    expect(local.getTracks()).toEqual([microphone.getTracks()[0], camera.getTracks()[1]]);
    const idle = await engine.createZegoStream({ autoCapture: false });
    expect(idle.getTracks()).toEqual([]);
    expect(await idle.startCaptureMicrophone({ input: 'mic', ANS: true })).toEqual(success);
    expect(devices.asked.at(-1)).toEqual([
      'getUserMedia',
      { audio: { deviceId: { exact: 'mic' }, noiseSuppression: true }, video: false },
    ]);
    expect(kindsOf(idle)).toEqual(['audio']);
    expect(await idle.startCaptureCamera({ width: 'wide' } as object)).toMatchObject({ errorCode: 1000017 });
  });
});

describe('tracks', () => {
  test('are removed and added while the stream is published', async () => {
    const camera = await engine.createStream();
    await publish(camera);
    const [, video] = camera.getTracks();
    expect(await engine.removeTrack(camera, video!)).toEqual(success);
    await waitFor(isSending('audio'), { describe: 'audio only' });
    expect(await engine.removeTrack(camera, video!)).toMatchObject({ errorCode: 1000017 });
    expect(await engine.addTrack(camera, video!)).toEqual(success);
    await waitFor(isSending('audio,video'), { describe: 'the video' });
  });

  test('of an unplugged device are replaced by the default device', async () => {
    const camera = await engine.createStream();
    await publish(camera);
    engine.enableAutoSwitchDevice({ camera: true });
    (camera.getTracks()[1] as unknown as FakeMediaStreamTrack).remoteStop();
    await waitFor(() => devices.asked.length === 2, { describe: 'the default camera' });
    expect(devices.asked.at(-1)).toEqual(['getUserMedia', { audio: false, video: true }]);
    await waitFor(isSending('audio,video'), { describe: 'the video' });
    (camera.getTracks()[0] as unknown as FakeMediaStreamTrack).remoteStop();
    await waitFor(isSending('video'), { describe: 'the end of the audio' });
    expect(devices.asked).toHaveLength(2);
  });

  test('of a screen or of the application are not replaced by a device', async () => {
    engine.enableAutoSwitchDevice({ camera: true, microphone: true });
    const ended = record('screenSharingEnded');
    const own = await engine.createStream({ custom: { source: newCamera() } });
    const mixed = await engine.createZegoStream({ screen: {} });
    expect(await mixed.startCaptureMicrophone()).toEqual(success);
    const asked = devices.asked.length;
    const tracks = [...own.getTracks(), mixed.getVideoTracks()[0]!];
    tracks.forEach((track) => (track as unknown as FakeMediaStreamTrack).remoteStop());
    expect(ended).toEqual([[mixed.stream]]);
    // The microphone of the same stream is a device.
    (mixed.getAudioTracks()[0] as unknown as FakeMediaStreamTrack).remoteStop();
    await waitFor(() => devices.asked.length > asked, { describe: 'the default microphone' });
    expect(devices.asked.slice(asked)).toEqual([['getUserMedia', { audio: true, video: false }]]);
  });
});

test('sets the volume of the capture with one gain for the stream', async () => {
  const camera = await engine.createStream();
  await publish(camera);
  const microphone = camera.getTracks()[0]!;
  expect(await engine.setCaptureVolume(camera, 50)).toMatchObject({ errorCode: 1103002 });
  const audio = FakeAudio.install();
  expect(await engine.setCaptureVolume(camera, 50)).toEqual(success);
  expect(await engine.setCaptureVolume(camera, 20)).toEqual(success);
  expect(audio.gains.map(({ gain }) => gain.value)).toEqual([0.2]);
  expect(camera.getTracks().map(({ label }) => label)).toContain('amplified');
  expect(await engine.setCaptureVolume(camera, 101)).toMatchObject({ errorCode: 1000017 });
  engine.destroyStream(camera);
  expect([microphone.readyState, audio.gains[0]!.isConnected]).toEqual(['ended', false]);
  engine.destroyEngine();
  expect(audio.closed).toBe(1);
});

test.each<[string, (camera: MediaStream) => unknown]>([
  ['useAudioDevice', (camera) => engine.useAudioDevice(camera, 'other')],
  ['the application stops the track', (camera) => camera.getTracks().forEach((track) => track.stop())],
])('releases an amplified microphone with its track: %s', async (_, release) => {
  FakeAudio.install();
  const camera = await engine.createStream();
  const microphone = camera.getTracks()[0]!;
  expect(await engine.setCaptureVolume(camera, 50)).toEqual(success);
  expect(microphone.readyState).toBe('live');
  await release(camera);
  expect(microphone.readyState).toBe('ended');
});

test('reports devices that are plugged in and unplugged', async () => {
  const [cameras, sounds] = [record('videoDeviceStateChanged'), record('audioDeviceStateChanged')];
  devices.present = [{ kind: 'videoinput', deviceId: 'c1', label: 'Camera' }];
  devices.dispatchEvent(new Event('devicechange'));
  await waitFor(() => cameras.length === 1, { describe: 'the camera' });
  devices.present = [{ kind: 'audiooutput', deviceId: 's1', label: 'Speaker' }];
  devices.dispatchEvent(new Event('devicechange'));
  await waitFor(() => sounds.length === 1, { describe: 'the speaker' });
  expect(cameras).toEqual([
    ['ADD', { deviceID: 'c1', deviceName: 'Camera' }],
    ['DELETE', { deviceID: 'c1', deviceName: 'Camera' }],
  ]);
  expect(sounds).toEqual([['ADD', 'Output', { deviceID: 's1', deviceName: 'Speaker' }]]);
});

test('never rejects with the error of the browser', async () => {
  const fail = (name: string) => async () => {
    throw new DOMException('the reason', name);
  };
  const camera = await engine.createStream();
  devices.getUserMedia = fail('NotAllowedError');
  devices.getDisplayMedia = fail('NotAllowedError');
  await expect(engine.createStream()).rejects.toMatchObject({ name: 'ZegoError', errorCode: 1103064 });
  await expect(engine.createZegoStream({ screen: {} })).rejects.toMatchObject({ errorCode: 1103042 });
  await expect(engine.enableVideoCaptureDevice(camera, true)).rejects.toMatchObject({ errorCode: 1103064 });
  const responses = await Promise.all([
    engine.useVideoDevice(camera, 'other'),
    engine.useAudioDevice(camera, 'other'),
    engine.useFrontCamera(camera, true),
  ]);
  expect(responses.map(({ errorCode }) => errorCode)).toEqual([1103064, 1103064, 1103064]);
  expect(await engine.useVideoDevice(camera, '')).toMatchObject({ errorCode: 1000017 });
  camera.getTracks()[1]!.applyConstraints = fail('OverconstrainedError');
  expect(await engine.setVideoConfig(camera, { width: 1 })).toMatchObject({ errorCode: 1103066 });
  devices.enumerateDevices = fail('NotAllowedError');
  await expect(engine.getCameras()).rejects.toMatchObject({ name: 'ZegoError' });
  expect((await engine.checkSystemRequirements()).camera).toBe(false);
  const speaker = (setSinkId: unknown): HTMLMediaElement => ({ setSinkId }) as HTMLMediaElement;
  for (const [element, errorCode] of [
    [speaker(fail('NotFoundError')), 1190801],
    [speaker(fail('NotAllowedError')), 1103064],
    [speaker(undefined), 1000010],
  ] as const) {
    await expect(engine.useAudioOutputDevice(element, 's1')).rejects.toMatchObject({ errorCode });
  }
});

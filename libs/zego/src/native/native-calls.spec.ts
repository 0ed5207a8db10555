import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { installMediaStream, newCamera, ProtocolServer, watchSending } from '@polyroom/testing/client';
import {
  ZegoCanvas,
  ZegoExpressEngine,
  ZegoPlayerConfig,
  ZegoPublisherConfig,
  ZegoPublisherState,
  ZegoRoomMode,
  ZegoRoomStateChangedReason as Reason,
  ZegoUser,
} from './index.js';

const realNavigator = Object.getOwnPropertyDescriptor(globalThis, 'navigator')!;
const main = 0;
let server: ProtocolServer;
let sending: ReturnType<typeof watchSending>;
let engine: ZegoExpressEngine;

beforeEach(async () => {
  installMediaStream();
  server = await ProtocolServer.start();
  sending = watchSending();
  ZegoExpressEngine.setRoomMode(ZegoRoomMode.MultiRoom);
  engine = await ZegoExpressEngine.createEngineWithProfile({
    appID: 1,
    server: server.url,
    handlerFactory: sending.handlerFactory,
  });
  expect((await engine.loginRoom('room1', ZegoUser.id('me'))).errorCode).toBe(0);
});
afterEach(async () => {
  Object.defineProperty(globalThis, 'navigator', realNavigator);
  await ZegoExpressEngine.destroyEngine();
  await server.close();
});

/** Counts how often the engine opens camera and microphone. */
function installCamera(): { opened: MediaStream[] } {
  const opened: MediaStream[] = [];
  const mediaDevices = {
    getUserMedia: async () => {
      opened.push(newCamera());
      return opened.at(-1)!;
    },
  };
  Object.defineProperty(globalThis, 'navigator', { value: { mediaDevices }, configurable: true });
  return { opened };
}

const isSending = (kinds: string) => () => sending.kinds().join() === kinds;

describe('capture of the engine', () => {
  test('publishes camera and microphone without a stream of the application, opened once', async () => {
    const { opened } = installCamera();
    await engine.startPreview();
    await engine.startPublishingStream('cam', main, new ZegoPublisherConfig('room1'));
    expect(opened).toHaveLength(1);
    expect(sending.kinds()).toEqual(['audio', 'video']);
    await engine.stopPreview();
    // Still published.
    expect(opened[0]!.getTracks().map(({ readyState }) => readyState)).toEqual(['live', 'live']);
    await engine.stopPublishingStream();
    await engine.stopPreview();
    await waitFor(() => opened[0]!.getTracks().every(({ readyState }) => readyState === 'ended'), {
      describe: 'the devices to be released',
    });
  });

  test('shows the preview in a canvas, muted', async () => {
    const { opened } = installCamera();
    const element = { style: {} } as HTMLVideoElement;
    await engine.startPreview(ZegoCanvas.view(element));
    expect(element).toMatchObject({ srcObject: opened[0], muted: true, style: { objectFit: 'contain' } });
  });
});

describe('muting', () => {
  test('the microphone and the camera applies to later publications too', async () => {
    await engine.muteMicrophone(true);
    await engine.enableCamera(false);
    engine.setLocalStream(newCamera());
    await engine.startPublishingStream('cam', main, { roomID: 'room1' });
    expect(await engine.isMicrophoneMuted()).toBe(true);
    expect(sending.kinds()).toEqual([]);
    await engine.enableCamera(true);
    await waitFor(isSending('video'), { describe: 'video' });
    await engine.muteMicrophone(false);
    await waitFor(isSending('audio,video'), { describe: 'audio and video' });
  });

  test('a played stream, or all of them, mutes its tracks', async () => {
    const config = ZegoPlayerConfig.defaultConfig();
    config.roomID = 'room1';
    const mediaStream = await engine.startPlayingStream('far', undefined, config);
    const enabled = (stream: MediaStream) => stream.getTracks().map((track) => track.enabled);
    await engine.mutePlayStreamVideo('far', true);
    expect(enabled(mediaStream)).toEqual([true, false]);
    await engine.muteAllPlayStreamAudio(true);
    expect(enabled(mediaStream)).toEqual([false, false]);
    expect(enabled(await engine.startPlayingStream('near', undefined, config))).toEqual([false, true]);
    await expect(engine.mutePlayStreamAudio('other', true)).rejects.toMatchObject({ code: 1004011 });
  });
});

test('calls the event handler with ZEGO’s positional arguments, and allows one at a time', async () => {
  const calls: unknown[][] = [];
  engine.setEventHandler({
    onRoomStateChanged: (...args) => calls.push(args),
    onPublisherStateUpdate: (...args) => calls.push(args),
    onIMRecvBroadcastMessage: (roomID, list) => calls.push([roomID, list.length]),
  });
  expect(() => engine.setEventHandler({})).toThrow(expect.objectContaining({ code: 1000008 }));
  engine.setLocalStream(newCamera());
  await engine.startPublishingStream('cam', main, { roomID: 'room1' });
  expect(calls).toEqual([
    ['cam', ZegoPublisherState.PublishRequesting, 0, '{"roomIDs":["room1"]}'],
    ['cam', ZegoPublisherState.Publishing, 0, '{"roomIDs":["room1"]}'],
  ]);
  engine.setEventHandler(null);
  await engine.logoutRoom('room1');
  expect(calls).toHaveLength(2);
  engine.setEventHandler({ onRoomStateChanged: (...args) => calls.push(args) });
  await engine.loginRoom('room2', new ZegoUser('me', 'Me'));
  expect(calls.at(-1)?.slice(0, 2)).toEqual(['room2', Reason.Logined]);
});

test('lists the streams of a room', async () => {
  engine.setLocalStream(newCamera());
  await engine.startPublishingStream('cam', main, { roomID: 'room1' });
  expect(await engine.getRoomStreamList('room1')).toEqual({
    publishStreamList: [{ streamID: 'cam', user: ZegoUser.id('me'), extraInfo: '' }],
    playStreamList: [{ streamID: 'cam-room1', user: { userID: 'other', userName: 'Other' }, extraInfo: '' }],
  });
  await expect(engine.getRoomStreamList('room2')).rejects.toMatchObject({ code: 1002002 });
});

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import {
  installMediaStream,
  newCamera,
  newMediaSession,
  ProtocolServer,
  watchSending,
} from '@polyroom/testing/client';
import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';
import { Recorder } from '../../test/recorder.js';
import { ZegoExpressEngine, ZegoPublisherState, ZegoRoomMode } from './index.js';

const trackEnded = 1190802;
let server: ProtocolServer;
let engine: ZegoExpressEngine;
let recorder: Recorder;
let sending: ReturnType<typeof watchSending>;
let mediaStream: MediaStream;
let microphone: FakeMediaStreamTrack;
let camera: FakeMediaStreamTrack;

beforeEach(async () => {
  installMediaStream();
  server = await ProtocolServer.start();
  sending = watchSending();
  ZegoExpressEngine.setRoomMode(ZegoRoomMode.MultiRoom);
  engine = await ZegoExpressEngine.createEngineWithProfile({
    appID: 1,
    appSign: 'a'.repeat(64),
    server: server.url,
    handlerFactory: sending.handlerFactory,
  });
  recorder = new Recorder(engine);
  await engine.loginRoom('room1', { userID: 'me', userName: 'Me' });
  mediaStream = newCamera();
  [microphone, camera] = mediaStream.getTracks() as unknown as [FakeMediaStreamTrack, FakeMediaStreamTrack];
});
afterEach(async () => {
  await ZegoExpressEngine.destroyEngine();
  await server.close();
});

async function publish(): Promise<void> {
  await engine.startPublishingStream('cam', 0, { roomID: 'room1', mediaStream });
  server.calls.length = 0;
}

function lastState(): unknown {
  return recorder.of('publisherStateUpdate').at(-1)?.[0];
}

function mutesReported(): unknown[] {
  return server.callsOf('stream.mute').map(({ kind, muted }) => [kind, muted]);
}

test('ends the publication with its last track, on the servers too, and reports the reason', async () => {
  await publish();
  microphone.remoteStop();
  camera.remoteStop();
  expect(lastState()).toEqual({
    streamID: 'cam',
    state: ZegoPublisherState.NoPublish,
    errorCode: trackEnded,
    roomIDs: ['room1'],
    endedKinds: ['audio', 'video'],
  });
  expect(engine.dump().publishing).toEqual([]);
  await waitFor(() => sending.kinds().length === 0, { describe: 'the producers to close' });
  await waitFor(() => server.callsOf('stream.stopPublish').length === 1, { describe: 'the end' });
  // Its channel is free again.
  await engine.startPublishingStream('cam', 0, { roomID: 'room1', mediaStream: newCamera() });
});

test('keeps the other track and mutes the ended kind until its track is replaced', async () => {
  await publish();
  await engine.mutePublishStreamAudio(true);
  await engine.mutePublishStreamAudio(false);
  server.calls.length = 0;
  camera.remoteStop();
  expect(lastState()).toEqual({
    streamID: 'cam',
    state: ZegoPublisherState.Publishing,
    errorCode: trackEnded,
    roomIDs: ['room1'],
    endedKinds: ['video'],
  });
  await waitFor(() => mutesReported().length === 1, { describe: 'the mute' });
  expect(mutesReported()).toEqual([['video', true]]);
  expect(sending.kinds()).toEqual(['audio']);
  await engine.mutePublishStreamVideo(false);
  expect(sending.kinds()).toEqual(['audio']);

  const next = new FakeMediaStreamTrack({ kind: 'video' });
  await engine.replaceTrack(mediaStream, next);
  expect(mutesReported()).toEqual([
    ['video', true],
    ['video', false],
  ]);
  expect(sending.kinds()).toEqual(['audio', 'video']);
  expect(lastState()).toEqual({
    streamID: 'cam',
    state: ZegoPublisherState.Publishing,
    errorCode: 0,
    roomIDs: ['room1'],
  });
  next.remoteStop();
  expect(lastState()).toMatchObject({ errorCode: trackEnded, endedKinds: ['video'] });
});

test('republishes and moves with the remaining tracks, and ends without any', async () => {
  await publish();
  camera.remoteStop();
  server.dropAll();
  await waitFor(() => server.callsOf('stream.share').length === 1, {
    timeoutMs: 5000,
    describe: 'the stream in a new session',
  });
  expect(server.callsOf('stream.produce').map(({ kind, kinds }) => [kind, kinds])).toEqual([
    ['audio', ['audio']],
  ]);
  expect(sending.kinds()).toEqual(['audio']);
  server.calls.length = 0;
  server.send('media.moved', { media: newMediaSession(), reason: 'lost' });
  await waitFor(() => server.callsOf('stream.republish').length === 1, { describe: 'the move' });
  expect(server.callsOf('stream.produce').map(({ kind }) => kind)).toEqual(['audio']);
  // Stopped by the application, which fires no event.
  microphone.stop();
  server.dropAll();
  await waitFor(() => engine.dump().publishing.length === 0, { timeoutMs: 5000, describe: 'the end' });
  expect(lastState()).toMatchObject({ state: ZegoPublisherState.NoPublish, errorCode: trackEnded });
});

test('ends at once while the connection is lost, and on the servers when the session is resumed', async () => {
  await publish();
  server.replaced.set('session.resume', ({ socket }) => {
    server.adopt(socket, 'se_1');
    const upstreams = [{ streamId: 'cam', channel: 0, roomIds: ['room1'] }];
    return { result: { rooms: [{ roomId: 'room1' }], lost: [], upstreams } };
  });
  const resume = server.hold('session.resume');
  server.dropAll();
  await waitFor(() => engine.dump().rooms[0]?.state === 'reconnecting', { describe: 'the loss' });
  microphone.remoteStop();
  camera.remoteStop();
  expect(engine.dump().publishing).toEqual([]);
  resume();
  await waitFor(() => server.callsOf('stream.stopPublish').length === 1, {
    timeoutMs: 5000,
    describe: 'the end on the servers',
  });
});

test('reports no event when the application stops the stream, and removes its track listeners', async () => {
  await publish();
  await engine.stopPublishingStream('cam');
  engine.destroyStream(mediaStream);
  const states = recorder.of('publisherStateUpdate');
  expect(states.at(-1)?.[0]).toMatchObject({ state: ZegoPublisherState.NoPublish, errorCode: 0 });
  const { length } = states;
  for (const track of [microphone, camera]) {
    track.dispatchEvent({ type: 'ended' } as never);
  }
  expect(recorder.of('publisherStateUpdate')).toHaveLength(length);
});

test('refuses ended tracks', async () => {
  await publish();
  const ended = new FakeMediaStreamTrack({ kind: 'video', readyState: 'ended' });
  await expect(engine.replaceTrack(mediaStream, ended)).rejects.toMatchObject({
    name: 'ZegoError',
    code: trackEnded,
  });
  expect(mediaStream.getTracks()).toContain(camera);
  const over = newCamera();
  engine.destroyStream(over);
  await expect(
    engine.startPublishingStream('over', 1, { roomID: 'room1', mediaStream: over }),
  ).rejects.toMatchObject({ name: 'ZegoError', code: trackEnded });
  expect(engine.dump().publishing).toHaveLength(1);
});

test('reports a kind that the system mutes, until it continues, and publishes on', async () => {
  await publish();
  microphone.remoteMute();
  expect(lastState()).toEqual({
    streamID: 'cam',
    state: ZegoPublisherState.Publishing,
    errorCode: 1190804,
    roomIDs: ['room1'],
    interruptedKinds: ['audio'],
  });
  microphone.remoteUnmute();
  expect(lastState()).toEqual({
    streamID: 'cam',
    state: ZegoPublisherState.Publishing,
    errorCode: 0,
    roomIDs: ['room1'],
  });
  expect(server.calls).toEqual([]);
  expect(sending.kinds()).toEqual(['audio', 'video']);
});

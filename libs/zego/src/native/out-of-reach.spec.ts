import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import {
  installMediaStream,
  newCamera,
  newMediaSession,
  ProtocolServer,
  watchSending,
} from '@polyroom/testing/client';
import { ZegoExpressEngine, ZegoPublisherState, ZegoRoomMode } from './index.js';

let server: ProtocolServer;
let engine: ZegoExpressEngine;
let sending: ReturnType<typeof watchSending>;

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
  for (const room of ['room1', 'room2']) {
    await engine.loginRoom(room, { userID: 'me', userName: 'Me' });
  }
});
afterEach(async () => {
  await ZegoExpressEngine.destroyEngine();
  await server.close();
});

async function publish(...roomIDs: string[]): Promise<MediaStream> {
  const [roomID, ...others] = roomIDs;
  const mediaStream = newCamera();
  await engine.startPublishingStream('cam', 0, { roomID: roomID!, mediaStream });
  for (const other of others) {
    await engine.shareStream('cam', other);
  }
  server.calls.length = 0;
  return mediaStream;
}

/** Runs `work` between the loss of the connection and the first attempt to restore it. */
async function whileAway(work: () => void): Promise<void> {
  const away = new Promise<void>((resolve, reject) => {
    const onLost = (): void => {
      engine.off('publisherStateUpdate', onLost);
      // After the other parts of the engine have handled the loss.
      queueMicrotask(() => {
        try {
          work();
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    };
    engine.on('publisherStateUpdate', onLost);
  });
  server.dropAll();
  await away;
}

/** The session still exists, with the given published streams. */
function keepSession(upstreams: { streamId: string; channel: number; roomIds: string[] }[]): void {
  server.replaced.set('session.resume', ({ socket }) => {
    server.adopt(socket, 'se_1');
    return { result: { rooms: [{ roomId: 'room1' }, { roomId: 'room2' }], lost: [], upstreams } };
  });
}

async function publishedAgain(): Promise<void> {
  await waitFor(() => engine.dump().publishing[0]?.state === ZegoPublisherState.Publishing, {
    timeoutMs: 5000,
    describe: 'the stream to be restored',
  });
}

function mutesReported(): unknown[] {
  return server.callsOf('stream.mute').map(({ kind, muted, roomId }) => [kind, muted, roomId]);
}

async function silent(): Promise<void> {
  await waitFor(() => sending.kinds().join() === 'video', { describe: 'silence' });
}

describe('mutes', () => {
  test('mutes at once while the servers do not respond, and reports the last request when they do', async () => {
    await publish('room1');
    let release = (): void => {};
    server.replaced.set(
      'stream.mute',
      () => new Promise((resolve) => (release = () => resolve({ result: {} }))),
    );
    const muting = engine.mutePublishStreamAudio(true);
    await silent();
    const unmuting = engine.mutePublishStreamAudio(false);
    const mutingAgain = engine.mutePublishStreamAudio(true);
    await silent();
    await waitFor(() => server.callsOf('stream.mute').length === 1, { describe: 'the request' });
    server.replaced.delete('stream.mute');
    release();
    await Promise.all([muting, unmuting, mutingAgain]);
    expect(mutesReported()).toEqual([['audio', true, undefined]]);
    await engine.mutePublishStreamAudio(false);
    expect(mutesReported().at(-1)).toEqual(['audio', false, undefined]);
    expect(sending.kinds()).toEqual(['audio', 'video']);
  });

  test('mutes while unrelated requests are pending', async () => {
    await publish('room1');
    server.replaced.set('stream.produce', () => new Promise(() => {}));
    const mediaStream = newCamera();
    void engine.startPublishingStream('other', 1, { roomID: 'room1', mediaStream }).catch(() => undefined);
    await waitFor(() => server.callsOf('stream.produce').length === 2, { describe: 'the requests' });
    await engine.mutePublishStreamAudio(true);
    await engine.mutePublishStreamVideo(true);
    await waitFor(() => sending.kinds().join() === 'audio,video', {
      describe: 'only the tracks of the other stream',
    });
    void engine.mutePublishStreamAudio(true, 1);
    void engine.mutePublishStreamVideo(true, 1);
    await waitFor(() => sending.kinds().length === 0, {
      describe: 'the starting stream to be muted too',
    });
  });

  test('mutes at once while the connection is lost, and reports it when the session is resumed', async () => {
    await publish('room1', 'room2');
    await engine.mutePublishStreamVideo(true);
    keepSession([{ streamId: 'cam', channel: 0, roomIds: ['room1', 'room2'] }]);
    server.calls.length = 0;
    const results: Promise<void>[] = [];
    await whileAway(() => {
      results.push(engine.mutePublishStreamAudio(true));
      results.push(engine.mutePublishStreamVideo(false));
      results.push(engine.mutePublishStreamVideo(true, 0, 'room2'));
    });
    await Promise.all(results);
    await waitFor(() => sending.kinds().join() === 'video', { describe: 'silence' });
    expect(server.calls).toEqual([]);
    await publishedAgain();
    await waitFor(() => mutesReported().length === 3, { describe: 'the mutes' });
    expect(new Set(mutesReported())).toEqual(
      new Set([
        ['audio', true, undefined],
        ['video', false, undefined],
        ['video', true, 'room2'],
      ]),
    );
    expect(sending.kinds()).toEqual(['video']);
  });

  test('reports mutes in a new session before any room shows the stream', async () => {
    await publish('room1', 'room2');
    await engine.mutePublishStreamAudio(true, 0, 'room1');
    await whileAway(() => {
      void engine.mutePublishStreamVideo(true);
      void engine.mutePublishStreamAudio(true);
      void engine.mutePublishStreamAudio(false, 0, 'room1');
      void engine.mutePublishStreamAudio(true, 0, 'room2');
      void engine.mutePublishStreamVideo(false);
    });
    server.calls.length = 0;
    await waitFor(() => server.callsOf('stream.share').length === 2, {
      timeoutMs: 5000,
      describe: 'the stream in both rooms',
    });
    await waitFor(() => mutesReported().length === 2, { describe: 'the mutes' });
    const asked = server.calls.map(({ method }) => method);
    expect(asked.indexOf('stream.mute')).toBeLessThan(asked.indexOf('stream.share'));
    expect(mutesReported()).toEqual([
      ['audio', true, undefined],
      ['audio', true, 'room2'],
    ]);
    expect(sending.kinds()).toEqual(['video']);
  });

  test('mutes both old and new transports during a move', async () => {
    await publish('room1');
    let release = (): void => {};
    server.replaced.set(
      'stream.republish',
      () => new Promise((resolve) => (release = () => resolve({ result: {} }))),
    );
    server.send('media.moved', { media: newMediaSession(), reason: 'draining' });
    await waitFor(() => server.callsOf('stream.republish').length === 1, { describe: 'the move' });
    expect(sending.kinds()).toEqual(['audio', 'audio', 'video', 'video']);
    const muting = engine.mutePublishStreamAudio(true);
    await waitFor(() => sending.kinds().join() === 'video,video', { describe: 'silence' });
    release();
    await muting;
    expect(mutesReported()).toEqual([['audio', true, undefined]]);
  });

  test('retries a mute that the servers temporarily refuse', async () => {
    await publish('room1');
    server.replaced.set('stream.mute', () => ({ error: 'BUS_TIMEOUT' }));
    await engine.mutePublishStreamAudio(true);
    await silent();
    server.replaced.delete('stream.mute');
    await waitFor(() => mutesReported().length === 2, { describe: 'the second report' });
    server.calls.length = 0;
    await engine.mutePublishStreamAudio(true);
    expect(mutesReported()).toEqual([]);
  });

  test('stops sending when muted in all rooms, and sends again when shared into another', async () => {
    await publish('room1');
    await engine.mutePublishStreamAudio(true, 0, 'room1');
    await silent();
    await engine.shareStream('cam', 'room2');
    await waitFor(() => sending.kinds().length === 2, { describe: 'audio for room2' });
    await engine.unshareStream('cam', 'room2');
    await silent();
    await engine.mutePublishStreamAudio(false, 0, 'room1');
    expect(sending.kinds()).toEqual(['audio', 'video']);
  });

  test('refuses a room that does not show the stream, and invalid arguments', async () => {
    await publish('room1');
    await expect(engine.mutePublishStreamAudio(true, 0, 'room2')).rejects.toMatchObject({
      code: 1003001,
      details: { roomID: 'room2', problem: 'not shared' },
    });
    await expect(engine.mutePublishStreamAudio(true, 0, '')).rejects.toMatchObject({ code: 1003071 });
    await expect(engine.mutePublishStreamAudio(true, 0, 'a b')).rejects.toMatchObject({ code: 1002012 });
    await expect(engine.mutePublishStreamAudio(undefined as never)).rejects.toMatchObject({
      code: 1000017,
      details: { path: 'mute' },
    });
    expect(server.calls).toEqual([]);
    // Shared there afterwards, the stream is not muted.
    await engine.shareStream('cam', 'room2');
    expect(mutesReported()).toEqual([]);
    expect(sending.kinds()).toEqual(['audio', 'video']);
  });
});

describe('streams that end while the connection is lost', () => {
  test('removes a stopped stream from its rooms when the session is resumed', async () => {
    await publish('room1', 'room2');
    keepSession([{ streamId: 'cam', channel: 0, roomIds: ['room1', 'room2'] }]);
    await whileAway(() => void engine.stopPublishingStream('cam'));
    expect(sending.kinds()).toEqual([]);
    await waitFor(() => server.callsOf('stream.stopPublish').length === 1, {
      timeoutMs: 5000,
      describe: 'the request',
    });
    expect(engine.dump().publishing).toEqual([]);
  });

  test('ends the former stream first if it was restarted with the same ID', async () => {
    const mediaStream = await publish('room1');
    keepSession([{ streamId: 'cam', channel: 0, roomIds: ['room1'] }]);
    let starting: Promise<void> | undefined;
    await whileAway(() => {
      void engine.stopPublishingStream('cam');
      starting = engine.startPublishingStream('cam', 0, { roomID: 'room1', mediaStream });
    });
    await starting;
    const asked = server.calls.map(({ method }) => method);
    expect(asked.filter((method) => method.startsWith('stream.'))).toEqual([
      'stream.stopPublish',
      'stream.publish',
      'stream.produce',
      'stream.produce',
      'stream.share',
    ]);
    expect(sending.kinds()).toEqual(['audio', 'video']);
  });

  test('removes a stream from one room and keeps it in the other', async () => {
    await publish('room1', 'room2');
    keepSession([{ streamId: 'cam', channel: 0, roomIds: ['room1', 'room2'] }]);
    let unsharing: Promise<void> | undefined;
    await whileAway(() => {
      unsharing = engine.unshareStream('cam', 'room2');
    });
    await unsharing;
    await publishedAgain();
    expect(server.callsOf('stream.unshare')).toEqual([{ streamId: 'cam', roomId: 'room2' }]);
    expect(server.callsOf('stream.share')).toEqual([{ streamId: 'cam', roomId: 'room1' }]);
    expect(engine.dump().publishing).toMatchObject([{ roomIDs: ['room1'] }]);
  });

  test('stops a playback before other requests, and restarts it if it is played again', async () => {
    await publish('room1');
    await engine.startPlayingStream('far', undefined, { roomID: 'room1' });
    await engine.startPlayingStream('near', undefined, { roomID: 'room1' });
    server.calls.length = 0;
    keepSession([{ streamId: 'cam', channel: 0, roomIds: ['room1'] }]);
    let playing: Promise<MediaStream> | undefined;
    await whileAway(() => {
      void engine.stopPlayingStream('far');
      void engine.stopPlayingStream('near', 'room1');
      playing = engine.startPlayingStream('near', undefined, { roomID: 'room1' });
    });
    await playing;
    const asked = server.calls
      .filter(({ method }) => method === 'stream.play' || method === 'stream.stopPlay')
      .map(({ method, params }) => [method, params['streamId'], params['roomId']]);
    expect(asked).toEqual([
      ['stream.stopPlay', 'far', undefined],
      ['stream.stopPlay', 'near', 'room1'],
      ['stream.play', 'near', 'room1'],
    ]);
  });
});

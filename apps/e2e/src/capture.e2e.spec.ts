import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { BrowserUser, launchBrowser } from '@polyroom/cluster';
import { mediaRpc } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { type Browser, type Page } from 'playwright-core';
import { expectMediaToFlow, type MediaWatch } from './support/media-watch.js';
import { SharedCluster } from './support/shared-cluster.js';
import { type TestApp } from './support/test-cluster.js';

/** The page's result for a source: its tracks, or the error code. */
interface Captured {
  name?: string;
  code?: number;
  tracks?: { kind: string; surface: string | undefined; width: number | undefined }[];
}

/** Globals of the harness page. */
interface Harness {
  user: {
    engine: {
      createStream(source: unknown): Promise<MediaStream>;
      destroyStream(mediaStream: MediaStream): void;
      replaceTrack(mediaStream: MediaStream, track: MediaStreamTrack): Promise<void>;
      startPublishingStream(
        streamID: string,
        channel: number,
        config: { roomID: string; mediaStream: MediaStream },
      ): Promise<void>;
      stopPublishingStream(streamID: string): Promise<void>;
    };
  };
  published: MediaStream;
}

const trackEnded = 1190802;

let testCluster: SharedCluster;
let app: TestApp;
let bus: Bus;
let watch: MediaWatch;
const browsers: Browser[] = [];

beforeAll(async () => {
  testCluster = await SharedCluster.attach();
  app = await testCluster.createApp({ multiRoom: true });
  bus = await Bus.connect({ url: testCluster.cluster.natsUrl, name: 'e2e' });
  watch = testCluster.watchMedia(bus);
}, 180_000);
afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await bus?.close();
  await testCluster?.close();
});

async function open(userId: string, ...args: string[]): Promise<BrowserUser> {
  return openIn(await launch({ args }), userId);
}

async function launch(options: Parameters<typeof launchBrowser>[0]): Promise<Browser> {
  const browser = await launchBrowser(options);
  browsers.push(browser);
  return browser;
}

function openIn(browser: Browser, userId: string): Promise<BrowserUser> {
  return BrowserUser.open(browser, testCluster.cluster.consoleUrl!, {
    appId: app.appId,
    appSign: app.appSign,
    gatewayUrl: testCluster.cluster.gateways[0]!.wsUrl,
    userId,
  });
}

function capture(user: BrowserUser, source: unknown): Promise<Captured> {
  return user.page.evaluate(async (given) => {
    const { engine } = (window as never as Harness).user;
    return engine.createStream(given).then(
      (stream) => ({
        tracks: stream
          .getTracks()
          .map((track) => [track, track.getSettings()] as const)
          .map(([{ kind }, { displaySurface, width }]) => ({ kind, surface: displaySurface, width })),
      }),
      ({ code, name }) => ({ code, name }),
    );
  }, source);
}

describe('createStream in a browser', () => {
  test('captures camera and microphone, the screen, or an element’s playback', async () => {
    const user = await open('ada', '--auto-select-desktop-capture-source=Entire screen');
    const camera = await capture(user, { camera: { audio: true, width: 320, height: 240 } });
    expect(camera.tracks).toMatchObject([{ kind: 'audio' }, { kind: 'video', width: 320 }]);
    expect(camera.tracks![1]!.surface).toBeUndefined();
    const screen = await capture(user, { screen: true });
    expect(screen.tracks).toMatchObject([{ kind: 'video', surface: 'monitor' }]);
    const ofElement = await user.page.evaluate(async () => {
      const { engine } = (window as never as Harness).user;
      const video = document.createElement('video');
      video.srcObject = await engine.createStream({ camera: { audio: false } });
      video.muted = true;
      await video.play();
      return (await engine.createStream({ custom: { source: video } })).getVideoTracks().length;
    });
    expect(ofElement).toBe(1);
    expect(await capture(user, { camera: { videoInput: 'no-such-device' } })).toEqual({
      name: 'ZegoError',
      code: 1103066,
    });
    expect(await capture(user, { desktop: true })).toEqual({ name: 'ZegoError', code: 1000017 });
    expect(user.consoleErrors).toEqual([]);
  });

  test('refuses a denied permission with 1103064, or 1103042 for the screen', async () => {
    const user = await open('ada', '--use-fake-ui-for-media-stream=deny');
    expect(await capture(user, {})).toEqual({ name: 'ZegoError', code: 1103064 });
    expect(await capture(user, { screen: true })).toEqual({ name: 'ZegoError', code: 1103042 });
    expect(user.consoleErrors).toEqual([]);
  });

  test('refuses a missing camera with 1190801', async () => {
    const user = await open('ada', '--use-fake-device-for-media-stream=device-count=0');
    expect(await capture(user, {})).toEqual({ name: 'ZegoError', code: 1190801 });
    expect((await capture(user, { camera: { video: false } })).tracks).toMatchObject([{ kind: 'audio' }]);
    expect(user.consoleErrors).toEqual([]);
  });
});

describe('a track that ends by itself', () => {
  let publisher: BrowserUser;
  let viewer: BrowserUser;

  beforeAll(async () => {
    // With the flag alone the browser would share a fake screen, which cannot be ended.
    const browser = await launch({
      args: ['--auto-select-tab-capture-source-by-title=shared'],
      ignoreDefaultArgs: ['--use-fake-ui-for-media-stream'],
    });
    [publisher, viewer] = await Promise.all([openIn(browser, 'publisher'), openIn(browser, 'viewer')]);
    for (const user of [publisher, viewer]) {
      expect(await user.login('room1')).toBe(0);
    }
  });

  /** A shared tab: closing it ends the capture, as "Stop sharing" does. */
  async function openShared(): Promise<Page> {
    const page = await publisher.page.context().newPage();
    await page.setContent('<title>shared</title><h1 id="clock"></h1>');
    await page.evaluate(() => {
      setInterval(() => (document.getElementById('clock')!.textContent = String(Date.now())), 50);
    });
    return page;
  }

  function publish(streamId: string, withMicrophone: boolean): Promise<void> {
    return publisher.page.evaluate(
      async ([streamID, isWithMicrophone]) => {
        const page = window as never as Harness;
        const { engine } = page.user;
        const mediaStream = await engine.createStream({ screen: true });
        if (isWithMicrophone) {
          const [microphone] = (await engine.createStream({ camera: { video: false } })).getTracks();
          mediaStream.addTrack(microphone!);
        }
        page.published = mediaStream;
        await engine.startPublishingStream(streamID, 0, { roomID: 'room1', mediaStream });
      },
      [streamId, withMicrophone] as const,
    );
  }

  async function upstreamsOf(userId: string) {
    const { nodeId, sessionId } = (await watch.sessionOf(userId))!;
    const session = { appId: app.appId, userId, sessionId };
    return (await bus.requestNode(mediaRpc.getSession, nodeId, { session })).upstreams;
  }

  async function lastState() {
    return (await publisher.record()).publisherStates.at(-1);
  }

  test('ends the publication when the screen is no longer shared, and viewers see it removed', async () => {
    const shared = await openShared();
    await publish('screen', false);
    await viewer.play('screen', 'room1');
    await waitFor(async () => (await viewer.playStats()).framesDecoded > 5, {
      timeoutMs: 15_000,
      describe: 'the screen at the viewer',
    });
    await shared.close();
    await waitFor(async () => (await viewer.record()).streamUpdates.at(-1)?.updateType === 1, {
      timeoutMs: 5000,
      describe: 'the stream to be removed',
    });
    await waitFor(async () => (await lastState())?.state === 0, { describe: 'the end of the publication' });
    expect(await lastState()).toEqual({
      streamID: 'screen',
      state: 0,
      errorCode: trackEnded,
      roomIDs: ['room1'],
      endedKinds: ['video'],
    });
    await waitFor(async () => (await upstreamsOf('publisher')).length === 0, {
      describe: 'the upstream to close',
    });
  });

  test('with a microphone: keeps the audio, mutes the video, and accepts a new track', async () => {
    const shared = await openShared();
    await publish('talk', true);
    await viewer.play('talk', 'room1');
    await expectMediaToFlow(viewer);
    await shared.close();
    await waitFor(async () => (await lastState())?.errorCode === trackEnded, {
      timeoutMs: 5000,
      describe: 'the end of the track',
    });
    expect(await lastState()).toMatchObject({ state: 2, endedKinds: ['video'] });
    await waitFor(async () => (await upstreamsOf('publisher'))[0]?.mutes.everywhere.join() === 'video', {
      timeoutMs: 5000,
      describe: 'the mute on the media node',
    });
    const { audioPackets } = await viewer.playStats();
    await waitFor(async () => (await viewer.playStats()).audioPackets > audioPackets + 30, {
      timeoutMs: 5000,
      describe: 'the audio to continue',
    });

    await publisher.page.evaluate(async () => {
      const { published, user } = window as never as Harness;
      const [track] = (await user.engine.createStream({ camera: { audio: false } })).getTracks();
      await user.engine.replaceTrack(published, track!);
    });
    await waitFor(async () => (await upstreamsOf('publisher'))[0]!.mutes.everywhere.length === 0, {
      describe: 'the mute to end on the media node',
    });
    await expectMediaToFlow(viewer);

    // A stop by the application reports nothing.
    const { length } = (await publisher.record()).publisherStates;
    await publisher.page.evaluate(async () => {
      const { published, user } = window as never as Harness;
      await user.engine.stopPublishingStream('talk');
      user.engine.destroyStream(published);
    });
    await waitFor(async () => (await upstreamsOf('publisher')).length === 0, { describe: 'the end' });
    const states = (await publisher.record()).publisherStates.slice(length);
    expect(states).toMatchObject([{ state: 0, errorCode: 0 }]);
    expect([...publisher.consoleErrors, ...viewer.consoleErrors]).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BrowserUser, launchBrowser } from '@polyroom/cluster';
import { type Browser } from 'playwright-core';
import { type TestApp, TestCluster } from './support/test-cluster.js';

/** What the page gets for a source: its tracks, or the code with which it was refused. */
interface Captured {
  name?: string;
  code?: number;
  tracks?: { kind: string; surface: string | undefined; width: number | undefined }[];
}

interface Page {
  user: { engine: { createStream(source: unknown): Promise<MediaStream> } };
}

let testCluster: TestCluster;
let app: TestApp;
const browsers: Browser[] = [];

beforeAll(async () => {
  testCluster = await TestCluster.withConsole({ mediaWorkers: 1 });
  app = await testCluster.createApp({ multiRoom: true });
}, 180_000);
afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await testCluster?.close();
});

async function open(userId: string, ...args: string[]): Promise<BrowserUser> {
  const browser = await launchBrowser({ args });
  browsers.push(browser);
  return BrowserUser.open(browser, testCluster.cluster.consoleUrl!, {
    appId: app.appId,
    appSign: app.appSign,
    gatewayUrl: testCluster.cluster.gateways[0]!.wsUrl,
    userId,
  });
}

function capture(user: BrowserUser, source: unknown): Promise<Captured> {
  return user.page.evaluate(async (given) => {
    const { engine } = (window as never as Page).user;
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
  test('opens camera and microphone, the screen, or what an element plays', async () => {
    const user = await open('ada', '--auto-select-desktop-capture-source=Entire screen');
    const camera = await capture(user, { camera: { audio: true, width: 320, height: 240 } });
    expect(camera.tracks).toMatchObject([{ kind: 'audio' }, { kind: 'video', width: 320 }]);
    expect(camera.tracks![1]!.surface).toBeUndefined();
    const screen = await capture(user, { screen: true });
    expect(screen.tracks).toMatchObject([{ kind: 'video', surface: 'monitor' }]);
    const ofElement = await user.page.evaluate(async () => {
      const { engine } = (window as never as Page).user;
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
  }, 60_000);

  test('refuses what is not permitted with 1103064, and the screen with 1103042', async () => {
    const user = await open('ada', '--use-fake-ui-for-media-stream=deny');
    expect(await capture(user, {})).toEqual({ name: 'ZegoError', code: 1103064 });
    expect(await capture(user, { screen: true })).toEqual({ name: 'ZegoError', code: 1103042 });
    expect(user.consoleErrors).toEqual([]);
  }, 60_000);

  test('refuses a camera that is not there with 1190801', async () => {
    const user = await open('ada', '--use-fake-device-for-media-stream=device-count=0');
    expect(await capture(user, {})).toEqual({ name: 'ZegoError', code: 1190801 });
    expect((await capture(user, { camera: { video: false } })).tracks).toMatchObject([{ kind: 'audio' }]);
    expect(user.consoleErrors).toEqual([]);
  }, 60_000);
});

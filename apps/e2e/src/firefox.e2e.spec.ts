import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mediaAddresses } from '@polyroom/cluster';
import { waitFor } from '@polyroom/testing';
import { type ClientGlobals, ClientPage } from './support/client-page.js';
import { launchFirefox } from './support/driven-browsers.js';
import { expectWithin } from './support/expect-within.js';
import { type DrivenTab, type HarnessBrowser, openHarnessIn } from './support/harness-page.js';
import { type TestApp, TestCluster } from './support/test-cluster.js';

/** The client in Firefox, against media servers with the addresses of `npm start`. */
let testCluster: TestCluster;
let browser: HarnessBrowser;
let app: TestApp;
let publisher: ClientPage<DrivenTab>;
let viewer: ClientPage<DrivenTab>;

const fullWidth = 640;

beforeAll(async () => {
  testCluster = await TestCluster.withConsole({
    mediaWorkers: 1,
    mediaEnv: { POLYROOM_MEDIA_LISTEN_IP: mediaAddresses() },
  });
  app = await testCluster.createApp({ multiRoom: true });
  browser = await launchFirefox();
  [publisher, viewer] = await Promise.all([open('publisher', 0), open('viewer', 1)]);
  await Promise.all([publisher.join('room1'), viewer.join('room1')]);
  await publisher.publish('camera', 'room1', { width: fullWidth, height: 480 });
  await play('camera');
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await testCluster?.close();
});

async function open(userId: string, gateway: 0 | 1): Promise<ClientPage<DrivenTab>> {
  return ClientPage.in(await openHarnessIn(browser, testCluster.cluster.consoleUrl!), userId, {
    appId: app.appId,
    appSign: app.appSign,
    server: testCluster.cluster.gateways[gateway]!.wsUrl,
  });
}

function play(streamId: string): Promise<void> {
  return viewer.page.evaluate(async (stream) => {
    const { client } = window as never as ClientGlobals;
    const video = document.createElement('video');
    video.muted = true;
    document.body.append(video);
    await client.subscribe(stream, { roomId: 'room1', element: video });
  }, streamId);
}

/** What the viewer shows and receives. Firefox counts no frames of elements that show a MediaStream. */
function picture(): Promise<{ width: number; frames: number }> {
  return viewer.page.evaluate(async () => {
    const { peers } = window as never as ClientGlobals;
    let frames = 0;
    for (const peer of peers) {
      (await peer.getStats()).forEach((report: { type: string; framesDecoded?: number }) => {
        frames += report.type === 'inbound-rtp' ? (report.framesDecoded ?? 0) : 0;
      });
    }
    return { width: document.querySelector('video')!.videoWidth, frames };
  });
}

async function expectFullPicture(): Promise<void> {
  let { frames } = await picture();
  await waitFor(
    async () => {
      const now = await picture();
      if (now.width !== fullWidth) {
        ({ frames } = now);
      }
      return now.frames >= frames + 20;
    },
    { timeoutMs: 20_000, intervalMs: 100, describe: `20 frames of ${fullWidth} pixels` },
  );
}

function muteVideo(muted: boolean): Promise<void> {
  return publisher.page.evaluate(
    (value) => (window as never as ClientGlobals).client.mute('camera', 'video', value),
    muted,
  );
}

test('publishes and plays, all layers included', async () => {
  await expectFullPicture();
  expect(await publisher.states()).toEqual(['publish camera pending 0', 'publish camera active 0']);
  expect((await viewer.states()).at(-1)).toBe('play camera active 0');
});

test('viewers get the full layer back after mute and unmute', async () => {
  await muteVideo(true);
  let { frames } = await picture();
  await waitFor(
    async () => {
      const now = await picture();
      const isStill = now.frames === frames;
      ({ frames } = now);
      return isStill;
    },
    { timeoutMs: 5000, intervalMs: 500, describe: 'the video to stop' },
  );
  await muteVideo(false);
  await expectFullPicture();
});

test('captures the playback of an element', async () => {
  const kinds = await viewer.page.evaluate(async () => {
    const { polyroomSdk } = window as never as ClientGlobals;
    const media = await polyroomSdk.capture({ custom: { source: document.querySelector('video')! } });
    return media.getTracks().map(({ kind }) => kind);
  });
  expect(kinds.sort()).toEqual(['audio', 'video']);
});

test.each([
  ['its tab is closed', 'closing', (page: DrivenTab) => page.close({ runBeforeUnload: true })],
  ['it navigates away', 'navigating', (page: DrivenTab) => page.goto('about:blank')],
] as const)('leaves its rooms within a second when %s', async (_how, name, leave) => {
  await expectWithin(1000, async (attempt) => {
    const userId = `${name}${attempt}`;
    const leaver = await open(userId, 0);
    await leaver.join('room1');
    const isPresent = async (): Promise<boolean> => (await viewer.dump()).rooms[0]!.userIds.includes(userId);
    await waitFor(isPresent, { describe: 'the member' });
    await leave(leaver.page);
    const leftAtMs = performance.now();
    await waitFor(async () => !(await isPresent()), { describe: 'the member to leave' });
    const ms = performance.now() - leftAtMs;
    await leaver.close();
    return ms;
  });
  expect([...publisher.errors, ...viewer.errors]).toEqual([]);
});

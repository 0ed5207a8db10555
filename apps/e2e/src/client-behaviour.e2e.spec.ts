import { createSocket, type Socket } from 'node:dgram';
import { type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { BrowserUser, launchBrowser } from '@polyroom/cluster';
import { freePort, waitFor } from '@polyroom/testing';
import { type Browser } from 'playwright-core';
import { issue } from './support/client-tokens.js';
import { type ClientGlobals, ClientPage } from './support/client-page.js';
import { CuttableProxy } from './support/cuttable-proxy.js';
import { type Libraries, openHarness } from './support/harness-page.js';
import { expectFlow, expectMediaToFlow, MediaWatch } from './support/media-watch.js';
import { type TestApp, TestCluster } from './support/test-cluster.js';

/** The client in Chromium when networks, pages and calls are not as in a demo, each with its time bound. */
let testCluster: TestCluster;
let bus: Bus;
let watch: MediaWatch;
let browser: Browser;
let app: TestApp;
const closing: { close(): Promise<void> }[] = [];
/** Cases that take long, and run while the others do. */
let silentProxy: Promise<number>;
let blackHole: Promise<BlackHole>;

const both = { audio: true, video: true };
const onlyAudio = { audio: true, video: false };
const nothing = { audio: false, video: false };

beforeAll(async () => {
  testCluster = await TestCluster.withConsole({ mediaWorkers: 1 });
  bus = await Bus.connect({ url: testCluster.cluster.natsUrl, name: 'e2e' });
  watch = new MediaWatch(bus, ['nd_1']);
  app = await testCluster.createApp({ multiRoom: true });
  browser = await launchBrowser({ args: ['--autoplay-policy=document-user-activation-required'] });
  silentProxy = timeToNoticeSilence();
  blackHole = publishIntoBlackHole();
  for (const started of [silentProxy, blackHole]) {
    started.catch(() => undefined);
  }
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await bus?.close();
  await testCluster?.close();
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((opened) => opened.close()));
});

function gatewayUrl(): string {
  return testCluster.cluster.gateways[0]!.wsUrl;
}

async function openClient(
  userId: string,
  server = gatewayUrl(),
  more: { mediaRetryTimeSeconds?: number } = {},
  beforeLoad?: Parameters<typeof openHarness>[2],
): Promise<ClientPage> {
  const harness = await openHarness(browser, testCluster.cluster.consoleUrl!, beforeLoad);
  return ClientPage.in(harness, userId, { appId: app.appId, appSign: app.appSign, server, ...more });
}

async function open(userId: string, server?: string): Promise<ClientPage> {
  const opened = await openClient(userId, server);
  closing.push(opened);
  return opened;
}

/** Another user, at the other gateway. */
async function openViewer(userId: string, ...rooms: string[]): Promise<BrowserUser> {
  const viewer = await BrowserUser.open(browser, testCluster.cluster.consoleUrl!, {
    appId: app.appId,
    appSign: app.appSign,
    gatewayUrl: testCluster.cluster.gateways[1]!.wsUrl,
    userId,
  });
  closing.push(viewer);
  for (const room of rooms) {
    expect(await viewer.login(room)).toBe(0);
  }
  return viewer;
}

async function openProxy(): Promise<CuttableProxy> {
  const proxy = await CuttableProxy.start(Number(new URL(gatewayUrl()).port));
  closing.push(proxy);
  return proxy;
}

function proxied(proxy: CuttableProxy): string {
  return `ws://127.0.0.1:${proxy.port}/ws`;
}

async function whenChanged(client: ClientPage, change: string, timeoutMs: number): Promise<void> {
  await waitFor(async () => (await client.changes()).at(-1)?.change === change, {
    timeoutMs,
    describe: `${change} at ${client.userId}`,
  });
}

/** Adds and removals of a stream as a viewer sees them. */
async function updatesOf(viewer: BrowserUser, streamID: string): Promise<string[]> {
  const { streamUpdates } = await viewer.record();
  return streamUpdates
    .filter(({ streamIDs }) => streamIDs.includes(streamID))
    .map(({ roomID, updateType }) => `${updateType === 0 ? 'add' : 'delete'} ${roomID}`);
}

/** ms from the moment at which a proxy stops forwarding until the client reports it. */
async function timeToNoticeSilence(): Promise<number> {
  const proxy = await CuttableProxy.start(Number(new URL(gatewayUrl()).port));
  const client = await openClient('silenced', proxied(proxy));
  await client.join('silence');
  proxy.hold();
  const heldAtMs = await client.page.evaluate(() => performance.now());
  await whenChanged(client, 'reconnecting', 60_000);
  const { atMs } = (await client.changes()).at(-1)!;
  await client.close();
  await proxy.close();
  return atMs - heldAtMs;
}

interface BlackHole {
  states: string[];
  changes: string[];
  socketsOpen: number;
  seen: string[];
}

/** Publishes and plays over media servers that never answer. */
async function publishIntoBlackHole(): Promise<BlackHole> {
  const hole: Socket = createSocket('udp4');
  await new Promise<void>((resolve) => hole.bind(0, '127.0.0.1', resolve));
  const { port } = hole.address() as AddressInfo;
  const [client, other] = await Promise.all([
    openClient('lost', gatewayUrl(), { mediaRetryTimeSeconds: 1 }, (page) =>
      page.addInitScript((holePort) => {
        window.RTCPeerConnection = class extends RTCPeerConnection {
          override setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
            const sdp = description.sdp
              ?.replace(/^a=candidate:\S+ 1 tcp .*\r\n/gim, '')
              .replace(/^(a=candidate:\S+ 1 udp \d+) \S+ \d+/gim, `$1 127.0.0.1 ${holePort}`);
            return super.setRemoteDescription({ type: description.type, sdp: sdp ?? '' });
          }
        };
      }, port),
    ),
    openClient('audience'),
  ]);
  await Promise.all([client.join('hole'), other.join('hole')]);
  await other.page.evaluate(() => {
    const own = window as never as ClientGlobals & { seen: string[] };
    own.seen = [];
    own.client.on('streamsAdded', ({ streams }) =>
      streams.forEach(({ streamId }) => own.seen.push(`added ${streamId}`)),
    );
    own.client.on('streamsRemoved', ({ streams }) =>
      streams.forEach(({ streamId }) => own.seen.push(`removed ${streamId}`)),
    );
  });
  await other.publish('reachable', 'hole');
  await client.publish('unreachable', 'hole');
  await client.page.evaluate(() =>
    (window as never as ClientGlobals).client
      .subscribe('reachable', { roomId: 'hole' })
      .then(() => undefined),
  );
  await waitFor(
    async () => (await client.states()).filter((state) => state.includes(' ended ')).length === 2,
    { timeoutMs: 90_000, intervalMs: 500, describe: 'both streams to end' },
  );
  const result = {
    states: await client.states(),
    changes: (await client.changes()).map(({ change }) => change),
    socketsOpen: (await client.dump()).sockets,
    seen: await other.page.evaluate(() => (window as never as { seen: string[] }).seen),
  };
  await Promise.all([client.close(), other.close()]);
  hole.close();
  return result;
}

describe('order of calls', () => {
  test('an effect that runs, is cleaned up and runs again within 300 ms ends in its last state', async () => {
    const viewer = await openViewer('strict-viewer', 'strict');
    const user = await open('strict-opener');
    await user.page.evaluate(
      async (options) => {
        const own = window as never as ClientGlobals;
        const me = { userId: 'strict', userName: 'strict' };
        const media = await own.polyroomSdk.capture({ camera: { width: 320, height: 240 } });
        const effect = (): (() => void) => {
          const client = new own.polyroomSdk.Client(options);
          own.client = client;
          for (const starting of [
            client.join('strict', { user: me }),
            client.publish('strict-cam', { roomId: 'strict', media }),
          ]) {
            starting.catch(() => undefined);
          }
          return () => void client.close();
        };
        effect()();
        await new Promise((resolve) => setTimeout(resolve, 100));
        const cleanUp = effect();
        await new Promise((resolve) => setTimeout(resolve, 100));
        cleanUp();
        effect();
      },
      { appId: app.appId, appSign: app.appSign, server: gatewayUrl() },
    );
    await waitFor(async () => (await user.dump()).publications[0]?.state === 'active', {
      timeoutMs: 10_000,
      describe: 'the last effect to publish',
    });
    await viewer.play('strict-cam', 'strict');
    await expectMediaToFlow(viewer);
    expect(await updatesOf(viewer, 'strict-cam')).toContainEqual('add strict');
    expect((await updatesOf(viewer, 'strict-cam')).at(-1)).toBe('add strict');
    expect(user.errors).toEqual([]);
  }, 60_000);

  test('the last of unawaited calls decides, for publishing, sharing, playing and rooms', async () => {
    const viewer = await openViewer('order-viewer', 'order1', 'order2');
    await viewer.publish('theirs', 'order1');
    const user = await open('order');
    await user.join('order1', 'order2');
    const settled = await user.page.evaluate(async () => {
      const { client, polyroomSdk } = window as never as ClientGlobals;
      const media = await polyroomSdk.capture({ camera: { width: 320, height: 240 } });
      const roomId = 'order1';
      const outcomes = await Promise.allSettled([
        client.publish('ends-on', { roomId, media }),
        client.unpublish('ends-on'),
        client.publish('ends-on', { roomId, media }),
        client.publish('ends-off', { roomId, media: media.clone() }),
        client.unpublish('ends-off'),
        client.subscribe('theirs', { roomId }),
        client.unsubscribe('theirs'),
        client.subscribe('theirs', { roomId }),
        client.join('order3', { user: { userId: 'order', userName: 'order' } }),
        client.leave('order3'),
      ]);
      const sharing = await Promise.allSettled([
        client.share('ends-on', 'order2'),
        client.unshare('ends-on', 'order2'),
        client.share('ends-on', 'order2'),
      ]);
      return [...outcomes, ...sharing].map((outcome) =>
        outcome.status === 'fulfilled' ? 'done' : (outcome.reason as { code?: number }).code,
      );
    });
    expect(settled).toEqual([
      // A call that a later one revokes rejects, and says so.
      ...[1003001, 'done', 'done', 1003001, 'done'],
      ...[1004011, 'done', 'done', 'done', 'done'],
      ...['done', 'done', 'done'],
    ]);
    expect(await user.dump()).toMatchObject({
      rooms: [{ roomId: 'order1' }, { roomId: 'order2' }],
      publications: [{ streamId: 'ends-on' }],
      subscriptions: [{ streamId: 'theirs', roomIds: ['order1'] }],
    });
    const session = await watch.sessionOf('order');
    expect(session?.downlinks.map(({ streamId }) => streamId)).toEqual(['theirs']);
    expect((await watch.upstreamsOf('order')).map(({ streamId }) => streamId)).toEqual(['ends-on']);
    await viewer.play('ends-on', 'order2');
    await expectMediaToFlow(viewer);
    expect((await updatesOf(viewer, 'ends-off')).length % 2).toBe(0);
    expect(user.errors).toEqual([]);
  }, 60_000);
});

describe('intents survive outages', () => {
  test('camera off, unmute and stop apply within a second while signalling hangs', async () => {
    const proxy = await openProxy();
    const user = await open('hanging', proxied(proxy));
    await user.join('hang');
    await user.publish('hang-cam', 'hang');
    const viewer = await openViewer('hang-viewer', 'hang');
    await viewer.play('hang-cam', 'hang');
    await expectMediaToFlow(viewer);
    const mute = (kind: 'audio' | 'video', muted: boolean): Promise<void> =>
      user.page.evaluate(
        ([which, value]) => void (window as never as ClientGlobals).client.mute('hang-cam', which, value),
        [kind, muted] as const,
      );

    proxy.hold();
    await mute('video', true);
    expect(await expectFlow(viewer, onlyAudio)).toBeLessThan(1000);
    await mute('video', false);
    await expectFlow(viewer, both);
    await mute('audio', true);
    await user.page.evaluate(() => void (window as never as ClientGlobals).client.unpublish('hang-cam'));
    expect(await expectFlow(viewer, nothing)).toBeLessThan(1000);
    proxy.restore();
    await waitFor(async () => (await updatesOf(viewer, 'hang-cam')).at(-1) === 'delete hang', {
      timeoutMs: 5000,
      describe: 'the stream to be removed',
    });
    expect(await watch.upstreamsOf('hanging')).toEqual([]);
  }, 60_000);

  test('a left room receives and sends nothing within a second while signalling hangs', async () => {
    const proxy = await openProxy();
    const user = await open('leaver', proxied(proxy));
    await user.join('leave1', 'leave2');
    await user.publish('leave-cam', 'leave1');
    const viewer = await openViewer('leave-viewer', 'leave1', 'leave2');
    await viewer.play('leave-cam', 'leave1');
    await expectMediaToFlow(viewer);
    proxy.hold();
    await user.page.evaluate(() => void (window as never as ClientGlobals).client.leave('leave1'));
    expect(await expectFlow(viewer, nothing)).toBeLessThan(1000);
    expect((await user.changes()).at(-1)).toMatchObject({ roomId: 'leave1', change: 'leaving' });
    proxy.restore();
    await waitFor(
      async () =>
        (await viewer.record()).userUpdates.some(
          ({ roomID, updateType, userIDs }) =>
            roomID === 'leave1' && updateType === 1 && userIDs.includes('leaver'),
        ),
      { timeoutMs: 5000, describe: 'the member to leave' },
    );
    expect((await user.dump()).rooms).toMatchObject([{ roomId: 'leave2', state: 'joined' }]);
  }, 60_000);

  test('a user who leaves all rooms without a connection is removed when it is back, before the grace', async () => {
    const proxy = await openProxy();
    const user = await open('gone', proxied(proxy));
    await user.join('gone1', 'gone2');
    await user.publish('gone-cam', 'gone1');
    const viewer = await openViewer('gone-viewer', 'gone1', 'gone2');
    proxy.cut();
    await whenChanged(user, 'reconnecting', 5000);
    await user.page.evaluate(() => (window as never as ClientGlobals).client.leave());
    expect((await user.dump()).rooms).toEqual([]);
    proxy.restore();
    await waitFor(
      async () =>
        (await viewer.record()).userUpdates.filter(
          ({ updateType, userIDs }) => updateType === 1 && userIDs.includes('gone'),
        ).length === 2,
      { timeoutMs: 10_000, describe: 'both rooms to be left' },
    );
    expect(await updatesOf(viewer, 'gone-cam')).toEqual(['add gone1', 'delete gone1']);
    await waitFor(async () => (await watch.sessionOf('gone')) === undefined, {
      timeoutMs: 5000,
      describe: 'its media to end',
    });
    // Entering again needs nothing else.
    await user.join('gone1');
    expect((await user.dump()).rooms).toMatchObject([{ roomId: 'gone1', state: 'joined' }]);
  }, 60_000);
});

describe('liveness', () => {
  test.each([
    ['offline', () => void window.dispatchEvent(new Event('offline'))],
    ['online', () => void window.dispatchEvent(new Event('online'))],
    ['visibilitychange', () => void document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))],
  ])(
    '%s reveals a dead socket within 4 s',
    async (hint, dispatch) => {
      const proxy = await openProxy();
      const user = await open(`${hint}-user`, proxied(proxy));
      await user.join(hint);
      // A hint alone ends nothing.
      await user.page.evaluate(dispatch);
      await user.page.evaluate(async (room) => {
        const { client } = window as never as ClientGlobals;
        await client.setAttribute(room, 'topic', 'x');
      }, hint);
      expect((await user.changes()).map(({ change }) => change)).toEqual(['joining', 'joined']);
      proxy.hold();
      const heldAtMs = await user.page.evaluate(() => performance.now());
      await user.page.evaluate(dispatch);
      await whenChanged(user, 'reconnecting', 10_000);
      expect((await user.changes()).at(-1)!.atMs - heldAtMs).toBeLessThan(4000);
      proxy.restore();
      await whenChanged(user, 'rejoined', 15_000);
    },
    60_000,
  );
});

describe('playback in elements', () => {
  test('blocked autoplay is reported, and resumes with the next gesture', async () => {
    const publisher = await open('loud');
    await publisher.join('autoplay');
    await publisher.publish('loud-cam', 'autoplay');
    const context = await browser.newContext();
    closing.push(context);
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    /** Unlike Playwright's own evaluation, it is no gesture of the user. */
    const evaluate = async <T>(work: (arg: never) => T, arg?: unknown): Promise<Awaited<T>> => {
      const { exceptionDetails, result } = await session.send('Runtime.evaluate', {
        expression: `(${String(work)})(${JSON.stringify(arg)})`,
        awaitPromise: true,
        returnByValue: true,
      });
      if (exceptionDetails !== undefined) {
        throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      }
      return result.value as Awaited<T>;
    };
    await page.goto(`${testCluster.cluster.consoleUrl!}harness.html`);
    await evaluate(
      async ({ appId, appSign, server, token }: never) => {
        const own = window as never as ClientGlobals & { log: string[] };
        const { ZegoExpressEngine, ZegoUser } = own.polyroom;
        own.log = [];
        const addVideo = (): HTMLVideoElement => {
          const video = document.createElement('video');
          document.body.append(video);
          return video;
        };
        own.client = new own.polyroomSdk.Client({ appId, appSign, server });
        own.client.on('playbackBlocked', ({ streamId }) => own.log.push(`core ${streamId}`));
        own.client.on('playbackUnblocked', ({ streamId }) => own.log.push(`unblocked ${streamId}`));
        await own.client.join('autoplay', { user: { userId: 'quiet', userName: 'quiet' } });
        await own.client.subscribe('loud-cam', { roomId: 'autoplay', element: addVideo() });

        const engine = await ZegoExpressEngine.createEngineWithProfile({ appID: appId, appSign, server });
        engine.on('autoplayFailed', (streamID) => own.log.push(`native ${streamID}`));
        await engine.loginRoom('autoplay', ZegoUser.id('quiet-native'));
        await engine.startPlayingStream('loud-cam', addVideo());

        const zg = new own.polyroomWeb.ZegoExpressEngine(appId, server);
        zg.on('autoplayFailed', (streamID) => own.log.push(`web ${streamID}`));
        await zg.loginRoom('autoplay', token, { userID: 'quiet-web', userName: 'web' });
        zg.createRemoteStreamView(await zg.startPlayingStream('loud-cam')).play(document.body);
      },
      {
        appId: app.appId,
        appSign: app.appSign,
        server: gatewayUrl(),
        token: await issue(app, 'quiet-web'),
      },
    );
    const log = (): Promise<string[]> => evaluate(() => (window as never as { log: string[] }).log);
    const playing = (): Promise<boolean[]> =>
      evaluate(() =>
        [...document.querySelectorAll('video')].map(({ paused, readyState }) => !paused && readyState > 2),
      );
    await waitFor(async () => (await log()).length === 3, {
      timeoutMs: 10_000,
      describe: 'all three to report the block',
    });
    expect((await log()).sort()).toEqual(['core loud-cam', 'native loud-cam', 'web loud-cam']);
    expect(await playing()).toEqual([false, false, false]);
    await page.mouse.click(5, 5);
    await waitFor(async () => (await playing()).every(Boolean), {
      timeoutMs: 5000,
      describe: 'playback after the click',
    });
    expect(await log()).toContain('unblocked loud-cam');
  }, 60_000);

  test('a stream that its publisher stops leaves no frozen frame, and returns to the element', async () => {
    const viewer = await open('frames-viewer');
    const publisher = await open('frames');
    await Promise.all([viewer.join('frames'), publisher.join('frames')]);
    await publisher.publish('frames-cam', 'frames');
    await viewer.page.evaluate(async () => {
      const { client } = window as never as ClientGlobals;
      const video = document.createElement('video');
      video.muted = true;
      document.body.append(video);
      await client.subscribe('frames-cam', { roomId: 'frames', element: video });
    });
    const hasPicture = (): Promise<boolean> =>
      viewer.page.evaluate(() => {
        const video = document.querySelector('video')!;
        return video.srcObject !== null && video.readyState > 2 && video.videoWidth > 0;
      });
    await waitFor(hasPicture, { timeoutMs: 15_000, describe: 'the video' });
    await publisher.page.evaluate(() => (window as never as ClientGlobals).client.unpublish('frames-cam'));
    await waitFor(async () => !(await hasPicture()), {
      timeoutMs: 2000,
      describe: 'the frame to be removed',
    });
    await publisher.publish('frames-cam', 'frames');
    await waitFor(hasPicture, { timeoutMs: 15_000, describe: 'the video to return' });
    await viewer.page.evaluate(() => (window as never as ClientGlobals).client.unsubscribe('frames-cam'));
    expect(await hasPicture()).toBe(false);
  }, 60_000);
});

describe('listeners', () => {
  test('off without a listener keeps what the library itself needs, in all three APIs', async () => {
    const publisher = await open('emitter');
    await publisher.join('emitters');
    const user = await open('emitter-viewer');
    const token = await issue(app, 'emitter-web');
    await user.page.evaluate(
      async ([appID, appSign, server, webToken]) => {
        const own = window as never as ClientGlobals & { zg: unknown; playing: MediaStream[] };
        const { ZegoExpressEngine, ZegoUser } = own.polyroom;
        own.playing = [];
        own.client.off('streamsAdded');
        await own.client.join('emitters', { user: own.me });
        own.playing.push(await own.client.subscribe('later', { roomId: 'emitters' }));

        const engine = await ZegoExpressEngine.createEngineWithProfile({ appID, appSign, server });
        engine.off('roomStreamUpdate');
        engine.off('playerStateUpdate');
        await engine.loginRoom('emitters', ZegoUser.id('emitter-native'));
        own.playing.push(await engine.startPlayingStream('later'));

        const zg = new own.polyroomWeb.ZegoExpressEngine(appID, server);
        zg.off('roomStreamUpdate');
        zg.off('playerStateUpdate');
        await zg.loginRoom('emitters', webToken, { userID: 'emitter-web', userName: 'web' });
        own.playing.push(await zg.startPlayingStream('later'));
      },
      [app.appId, app.appSign, gatewayUrl(), token] as const,
    );
    await publisher.publish('later', 'emitters');
    await waitFor(
      () =>
        user.page.evaluate(() =>
          (window as never as { playing: MediaStream[] }).playing.every(
            (stream) => stream.getTracks().length === 2,
          ),
        ),
      { timeoutMs: 10_000, describe: 'all three to play' },
    );
    expect(user.errors).toEqual([]);
  }, 60_000);
});

describe('tokens', () => {
  test('a provider is asked for the join, before a token expires, and after the session has ended', async () => {
    const user = await open('provided');
    const asked: string[] = [];
    /** IDs of the requests that renew, and whether they are answered. */
    const renewals = new Map<number, boolean>();
    user.page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => {
        const { id, method } = JSON.parse(String(payload)) as { id: number; method: string };
        if (method === 'room.renewToken') {
          renewals.set(id, false);
        }
      });
      socket.on('framereceived', ({ payload }) => {
        const { id } = JSON.parse(String(payload)) as { id?: number };
        if (id !== undefined && renewals.has(id)) {
          renewals.set(id, true);
        }
      });
    });
    await user.page.exposeFunction('issueToken', (roomId: string) => {
      asked.push(roomId);
      // The first one has 30 s left after two seconds.
      return issue(app, 'provided', { effectiveTimeSeconds: asked.length === 1 ? 32 : 600 });
    });
    await user.page.evaluate(
      async ([appId, server]) => {
        const own = window as never as ClientGlobals & { issueToken(roomId: string): Promise<string> };
        own.client = new own.polyroomSdk.Client({
          appId,
          server,
          tokenProvider: (roomId) => own.issueToken(roomId),
        });
        own.changes = [];
        own.client.on('roomStateChanged', ({ change, roomId }) =>
          own.changes.push({ roomId, change, atMs: performance.now() }),
        );
        await own.client.join('tokens', { user: own.me });
      },
      [app.appId, gatewayUrl()] as const,
    );
    expect(asked).toEqual(['tokens']);
    await waitFor(() => [...renewals.values()].includes(true), {
      timeoutMs: 10_000,
      describe: 'the renewal',
    });
    expect(asked).toEqual(['tokens', 'tokens']);
    await user.page.evaluate(() => {
      document.dispatchEvent(new Event('freeze'));
      document.dispatchEvent(new Event('resume'));
    });
    await whenChanged(user, 'rejoined', 10_000);
    expect(asked).toEqual(['tokens', 'tokens', 'tokens']);
  }, 60_000);

  test('without a provider tokenWillExpire is reported, and renewToken accepted', async () => {
    const user = await open('renewing');
    const [first, second] = [
      await issue(app, 'renewing', { effectiveTimeSeconds: 32 }),
      await issue(app, 'renewing', { effectiveTimeSeconds: 600 }),
    ];
    const remainingSeconds = await user.page.evaluate(
      async ([appId, server, token, renewed]) => {
        const own = window as never as ClientGlobals;
        const client = new own.polyroomSdk.Client({ appId, server });
        const expiring = new Promise<number>((resolve) =>
          client.once('tokenWillExpire', (info) => resolve(info.remainingSeconds)),
        );
        await client.join('renewed', { user: own.me, token });
        const seconds = await expiring;
        await client.renewToken('renewed', renewed);
        await client.close();
        return seconds;
      },
      [app.appId, gatewayUrl(), first, second] as const,
    );
    expect(remainingSeconds).toBeLessThanOrEqual(30);
  }, 60_000);
});

describe('errors name the cause', () => {
  test('a missing server, a wrong URL, a port without a server, and a server without gateway', async () => {
    const user = await open('wrong');
    const closed = await freePort();
    const { consoleUrl } = testCluster.cluster;
    const found = await user.page.evaluate(
      async ([appId, nothingThere, otherServer]) => {
        const own = window as never as ClientGlobals & Libraries;
        const join = async (server: unknown): Promise<unknown> => {
          try {
            const client = new own.polyroomSdk.Client({ appId, server: server as string });
            await client.join('room1', { user: own.me });
          } catch (error) {
            const { code, details, message, name } = error as InstanceType<
              Libraries['polyroomSdk']['PolyroomError']
            >;
            return [name, code, details?.['path'], message];
          }
          return 'no error';
        };
        return [
          await join(undefined),
          await join('not a url'),
          await join(nothingThere),
          await join(otherServer),
        ];
      },
      [app.appId, `ws://127.0.0.1:${closed}/ws`, consoleUrl!] as const,
    );
    expect(found).toEqual([
      ['PolyroomError', 1000017, 'server', expect.stringContaining('server: missing')],
      ['PolyroomError', 1000017, 'server', expect.stringContaining('server: ')],
      ['PolyroomError', 1002030, 'server', expect.stringContaining('no Polyroom gateway at ws://127.0.0.1')],
      ['PolyroomError', 1002030, 'server', expect.stringContaining('it is another web server')],
    ]);
    expect(user.errors).toEqual([]);
  }, 60_000);
});

// Last: these have been running since the start.
test('notices within 45 s a proxy that drops silently', async () => {
  expect(await silentProxy).toBeLessThan(45_000);
}, 60_000);

test('media that never connects is retried, then ends with 1003021 and 1004021, and the room is untouched', async () => {
  const { changes, seen, socketsOpen, states } = await blackHole;
  expect(states.filter((state) => state.includes(' active '))).toEqual([]);
  expect(states.filter((state) => state.includes(' ended ')).sort()).toEqual([
    'play reachable ended 1004021',
    'publish unreachable ended 1003021',
  ]);
  // One retry at least: interrupted, and not ended.
  expect(states).toContain('publish unreachable pending 1003020');
  expect(changes).toEqual(['joining', 'joined']);
  expect(socketsOpen).toBe(1);
  // Other members see the stream come and go once, however often it is retried.
  expect(seen.filter((update) => update.endsWith('unreachable'))).toEqual([
    'added unreachable',
    'removed unreachable',
  ]);
}, 100_000);

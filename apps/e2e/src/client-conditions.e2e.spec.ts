import { createSocket, type Socket } from 'node:dgram';
import { type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort, waitFor } from '@polyroom/testing';
import { issue } from './support/client-tokens.js';
import { type ClientGlobals } from './support/client-page.js';
import { ClientWorld, whenChanged } from './support/client-world.js';
import { type Libraries } from './support/harness-page.js';

/** Playback, listeners, tokens and errors of the client in Chromium, and media that cannot connect. */
let world: ClientWorld;
/** Takes long, and runs while the other cases do. */
let blackHole: Promise<BlackHole>;

beforeAll(async () => {
  world = await ClientWorld.start();
  blackHole = publishIntoBlackHole();
  blackHole.catch(() => undefined);
}, 180_000);
afterAll(() => world?.close());
afterEach(() => world.closeOpened());

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
    world.openClient('lost', world.gatewayUrl, { mediaRetryTimeSeconds: 1 }, (page) =>
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
    world.openClient('audience'),
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

describe('playback in elements', () => {
  test('blocked autoplay is reported, and resumes with the next gesture', async () => {
    const publisher = await world.open('loud');
    await publisher.join('autoplay');
    await publisher.publish('loud-cam', 'autoplay');
    const context = world.closeAfterTest(await world.browser.newContext());
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
    await page.goto(`${world.testCluster.cluster.consoleUrl!}harness.html`);
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
        appId: world.app.appId,
        appSign: world.app.appSign,
        server: world.gatewayUrl,
        token: await issue(world.app, 'quiet-web'),
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
  });

  test('a stream that its publisher stops leaves no frozen frame, and returns to the element', async () => {
    const viewer = await world.open('frames-viewer');
    const publisher = await world.open('frames');
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
  });
});

describe('listeners', () => {
  test('off without a listener keeps what the library itself needs, in all three APIs', async () => {
    const publisher = await world.open('emitter');
    await publisher.join('emitters');
    const user = await world.open('emitter-viewer');
    const token = await issue(world.app, 'emitter-web');
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
      [world.app.appId, world.app.appSign, world.gatewayUrl, token] as const,
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
  });
});

describe('tokens', () => {
  test('a provider is asked for the join, before a token expires, and after the session has ended', async () => {
    const user = await world.open('provided');
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
      return issue(world.app, 'provided', { effectiveTimeSeconds: asked.length === 1 ? 32 : 600 });
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
      [world.app.appId, world.gatewayUrl] as const,
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
  });

  test('without a provider tokenWillExpire is reported, and renewToken accepted', async () => {
    const user = await world.open('renewing');
    const [first, second] = [
      await issue(world.app, 'renewing', { effectiveTimeSeconds: 32 }),
      await issue(world.app, 'renewing', { effectiveTimeSeconds: 600 }),
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
      [world.app.appId, world.gatewayUrl, first, second] as const,
    );
    expect(remainingSeconds).toBeLessThanOrEqual(30);
  });
});

describe('errors name the cause', () => {
  test('a missing server, a wrong URL, a port without a server, and a server without gateway', async () => {
    const user = await world.open('wrong');
    const closed = await freePort();
    const { consoleUrl } = world.testCluster.cluster;
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
      [world.app.appId, `ws://127.0.0.1:${closed}/ws`, consoleUrl!] as const,
    );
    expect(found).toEqual([
      ['PolyroomError', 1000017, 'server', expect.stringContaining('server: missing')],
      ['PolyroomError', 1000017, 'server', expect.stringContaining('server: ')],
      ['PolyroomError', 1002030, 'server', expect.stringContaining('no Polyroom gateway at ws://127.0.0.1')],
      ['PolyroomError', 1002030, 'server', expect.stringContaining('it is another web server')],
    ]);
    expect(user.errors).toEqual([]);
  });
});

// Last: it has been running since the start.
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
});

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { type ClientGlobals } from './support/client-page.js';
import { ClientWorld, proxied, updatesOf, whenChanged } from './support/client-world.js';
import { expectWithin } from './support/expect-within.js';
import { expectFlow, expectMediaToFlow } from './support/media-watch.js';

const both = { audio: true, video: true };
const onlyAudio = { audio: true, video: false };
const nothing = { audio: false, video: false };

/** The last intent of the application decides, whatever the order of its calls and the state of the network. */
let world: ClientWorld;
/** Takes long, and runs while the other cases do. */
let silentProxy: Promise<number>;

beforeAll(async () => {
  world = await ClientWorld.start();
  silentProxy = timeToNoticeSilence();
  silentProxy.catch(() => undefined);
}, 180_000);
afterAll(() => world?.close());
afterEach(() => world.closeOpened());

/** ms from the moment at which a proxy stops forwarding until the client reports it. */
async function timeToNoticeSilence(): Promise<number> {
  const proxy = await world.startProxy();
  const client = await world.openClient('silenced', proxied(proxy));
  await client.join('silence');
  proxy.hold();
  const heldAtMs = await client.page.evaluate(() => performance.now());
  await whenChanged(client, 'reconnecting', 60_000);
  const { atMs } = (await client.changes()).at(-1)!;
  await client.close();
  await proxy.close();
  return atMs - heldAtMs;
}

describe('order of calls', () => {
  test('an effect that runs, is cleaned up and runs again within 300 ms ends in its last state', async () => {
    const viewer = await world.openViewer('strict-viewer', 'strict');
    const user = await world.open('strict-opener');
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
      { appId: world.app.appId, appSign: world.app.appSign, server: world.gatewayUrl },
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
  });

  test('the last of unawaited calls decides, for publishing, sharing, playing and rooms', async () => {
    const viewer = await world.openViewer('order-viewer', 'order1', 'order2');
    await viewer.publish('theirs', 'order1');
    const user = await world.open('order');
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
    const session = await world.watch.sessionOf('order');
    expect(session?.downlinks.map(({ streamId }) => streamId)).toEqual(['theirs']);
    expect((await world.watch.upstreamsOf('order')).map(({ streamId }) => streamId)).toEqual(['ends-on']);
    await viewer.play('ends-on', 'order2');
    await expectMediaToFlow(viewer);
    expect((await updatesOf(viewer, 'ends-off')).length % 2).toBe(0);
    expect(user.errors).toEqual([]);
  });
});

describe('intents survive outages', () => {
  test('camera off, unmute and stop apply within a second while signalling hangs', async () => {
    await expectWithin(1000, async (attempt) => {
      const [userId, room] = [`hanging${attempt}`, `hang${attempt}`];
      const camera = `${room}-cam`;
      const proxy = await world.openProxy();
      const user = await world.open(userId, proxied(proxy));
      await user.join(room);
      await user.publish(camera, room);
      const viewer = await world.openViewer(`${room}-viewer`, room);
      await viewer.play(camera, room);
      await expectMediaToFlow(viewer);
      const mute = (kind: 'audio' | 'video', muted: boolean): Promise<void> =>
        user.page.evaluate(
          ([id, which, value]) => void (window as never as ClientGlobals).client.mute(id, which, value),
          [camera, kind, muted] as const,
        );

      proxy.hold();
      await mute('video', true);
      const mutedMs = await expectFlow(viewer, onlyAudio);
      await mute('video', false);
      await expectFlow(viewer, both);
      await mute('audio', true);
      await user.page.evaluate((id) => void (window as never as ClientGlobals).client.unpublish(id), camera);
      const stoppedMs = await expectFlow(viewer, nothing);
      proxy.restore();
      await waitFor(async () => (await updatesOf(viewer, camera)).at(-1) === `delete ${room}`, {
        timeoutMs: 5000,
        describe: 'the stream to be removed',
      });
      await waitFor(async () => (await world.watch.upstreamsOf(userId)).length === 0, {
        describe: 'its end',
      });
      return Math.max(mutedMs, stoppedMs);
    });
  });

  test('a left room receives and sends nothing within a second while signalling hangs', async () => {
    await expectWithin(1000, async (attempt) => {
      const [left, kept, userId] = [`left${attempt}`, `kept${attempt}`, `leaver${attempt}`];
      const camera = `${left}-cam`;
      const proxy = await world.openProxy();
      const user = await world.open(userId, proxied(proxy));
      await user.join(left, kept);
      await user.publish(camera, left);
      const viewer = await world.openViewer(`${left}-viewer`, left, kept);
      await viewer.play(camera, left);
      await expectMediaToFlow(viewer);
      proxy.hold();
      await user.page.evaluate((id) => void (window as never as ClientGlobals).client.leave(id), left);
      const silentMs = await expectFlow(viewer, nothing);
      expect((await user.changes()).at(-1)).toMatchObject({ roomId: left, change: 'leaving' });
      proxy.restore();
      await waitFor(
        async () =>
          (await viewer.record()).userUpdates.some(
            ({ roomID, updateType, userIDs }) =>
              roomID === left && updateType === 1 && userIDs.includes(userId),
          ),
        { timeoutMs: 5000, describe: 'the member to leave' },
      );
      expect((await user.dump()).rooms).toMatchObject([{ roomId: kept, state: 'joined' }]);
      return silentMs;
    });
  });

  test('a user who leaves all rooms without a connection is removed when it is back, before the grace', async () => {
    const proxy = await world.openProxy();
    const user = await world.open('gone', proxied(proxy));
    await user.join('gone1', 'gone2');
    await user.publish('gone-cam', 'gone1');
    const viewer = await world.openViewer('gone-viewer', 'gone1', 'gone2');
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
    await waitFor(async () => (await world.watch.sessionOf('gone')) === undefined, {
      timeoutMs: 5000,
      describe: 'its media to end',
    });
    // Entering again needs nothing else.
    await user.join('gone1');
    expect((await user.dump()).rooms).toMatchObject([{ roomId: 'gone1', state: 'joined' }]);
  });
});

describe('liveness', () => {
  test.each([
    ['offline', () => void window.dispatchEvent(new Event('offline'))],
    ['online', () => void window.dispatchEvent(new Event('online'))],
    ['visibilitychange', () => void document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))],
  ])('%s reveals a dead socket within 4 s', async (hint, dispatch) => {
    const proxy = await world.openProxy();
    const user = await world.open(`${hint}-user`, proxied(proxy));
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
  });
});

// Last: it has been running since the start.
test('notices within 45 s a proxy that drops silently', async () => {
  expect(await silentProxy).toBeLessThan(45_000);
});

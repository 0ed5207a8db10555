import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BrowserUser, launchBrowser } from '@polyroom/cluster';
import { waitFor } from '@polyroom/testing';
import { type Browser, type Page } from 'playwright-core';
import { ClientPage } from './support/client-page.js';
import { launchFreezable } from './support/driven-browsers.js';
import { expectWithin } from './support/expect-within.js';
import { type Libraries, openHarnessIn } from './support/harness-page.js';
import { expectMediaToFlow } from './support/media-watch.js';
import { SharedCluster } from './support/shared-cluster.js';
import { type TestApp } from './support/test-cluster.js';

/** Resolves to this machine without being localhost, so browsers treat its pages as insecure. */
const insecureHost = 'polyroom.test';
/** Insecure pages tell mediasoup-client the browser by this name only, and it does not know `HeadlessChrome`. */
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
let testCluster: SharedCluster;
let browser: Browser;
let app: TestApp;

beforeAll(async () => {
  testCluster = await SharedCluster.attach();
  app = await testCluster.createApp({ multiRoom: true });
  browser = await launchBrowser({
    args: [`--host-resolver-rules=MAP ${insecureHost} 127.0.0.1`, `--user-agent=${userAgent}`],
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await testCluster?.close();
});

function open(userId: string, gateway: 0 | 1, host = '127.0.0.1'): Promise<BrowserUser> {
  const at = (url: string): string => url.replace('127.0.0.1', host);
  return BrowserUser.open(browser, at(testCluster.cluster.consoleUrl!), {
    appId: app.appId,
    appSign: app.appSign,
    gatewayUrl: at(testCluster.cluster.gateways[gateway]!.wsUrl),
    userId,
  });
}

/** ZegoUpdateType. */
const added = 0;
const deleted = 1;
/** ZegoRoomStateChangedReason. */
const reasonNames = ['Logining', 'Logined', 'LoginFailed', 'Reconnecting', 'Reconnected'];

describe('a page that is closed', () => {
  test.each([
    ['its tab is closed', 'closed', (page: Page) => page.close({ runBeforeUnload: true })],
    ['it navigates away', 'elsewhere', (page: Page) => page.goto('about:blank')],
  ])('leaves its rooms within a second when %s', async (_how, name, leave) => {
    await expectWithin(1000, async (attempt) => {
      const roomId = `${name}${attempt}`;
      const [leaver, watcher] = await Promise.all([open(`${roomId}-ada`, 0), open(`${roomId}-bob`, 1)]);
      expect(await watcher.login(roomId)).toBe(0);
      expect(await leaver.login(roomId)).toBe(0);
      await leaver.publish(`${roomId}-camera`, roomId);
      await waitFor(async () => (await watcher.record()).streamUpdates.length > 0, {
        describe: 'the stream',
      });
      await leave(leaver.page);
      const leftAtMs = performance.now();
      await waitFor(
        async () => {
          const { streamUpdates, userUpdates } = await watcher.record();
          return (
            userUpdates.at(-1)?.updateType === deleted &&
            userUpdates.at(-1)?.userIDs[0] === leaver.userId &&
            streamUpdates.at(-1)?.updateType === deleted &&
            streamUpdates.at(-1)?.streamIDs[0] === `${roomId}-camera`
          );
        },
        { describe: 'the member and the stream to be removed' },
      );
      const ms = performance.now() - leftAtMs;
      await Promise.all([leaver.close(), watcher.close()]);
      return ms;
    });
  });

  test('leaves its rooms within a second when its tab is frozen, and enters them again when it runs', async () => {
    const freezable = await launchFreezable();
    try {
      const harness = await openHarnessIn(freezable, testCluster.cluster.consoleUrl!);
      const sleeper = await ClientPage.in(harness, 'sleeper', {
        appId: app.appId,
        appSign: app.appSign,
        server: testCluster.cluster.gateways[0]!.wsUrl,
      });
      const watcher = await open('sleep-watcher', 1);
      expect(await watcher.login('sleep')).toBe(0);
      await sleeper.join('sleep');
      const updates = async (): Promise<number[]> =>
        (await watcher.record()).userUpdates
          .filter(({ userIDs }) => userIDs.includes('sleeper'))
          .map(({ updateType }) => updateType);
      // The other members see the return before its own answer arrives.
      const changes = async () => (await sleeper.changes()).map(({ change }) => change);
      await waitFor(async () => (await updates()).length === 1, { describe: 'the member' });
      await expectWithin(1000, async (attempt) => {
        await sleeper.page.setFrozen(true);
        const frozenAtMs = performance.now();
        const seen = 1 + 2 * attempt;
        await waitFor(async () => (await updates()).length === seen + 1, { describe: 'the member to leave' });
        const ms = performance.now() - frozenAtMs;
        await sleeper.page.setFrozen(false);
        await waitFor(async () => (await updates()).length === seen + 2, {
          describe: 'the member to return',
        });
        expect((await updates()).slice(-3)).toEqual([added, deleted, added]);
        const returns = async () => (await changes()).filter((change) => change === 'rejoined').length;
        await waitFor(async () => (await returns()) === attempt + 1, { describe: 'the own return' });
        return ms;
      });
      expect((await changes()).slice(0, 4)).toEqual(['joining', 'joined', 'reconnecting', 'rejoined']);
      await watcher.close();
    } finally {
      await freezable.close();
    }
  });

  test('enters its rooms again when the browser restores it from its cache', async () => {
    const [leaver, watcher] = await Promise.all([open('ada', 0), open('bob', 1)]);
    expect(await watcher.login('room2')).toBe(0);
    expect(await leaver.login('room2')).toBe(0);
    await leaver.page.evaluate(() => {
      const page = window as never as { restored: boolean };
      addEventListener('pageshow', (event) => (page.restored = event.persisted));
    });
    const { page } = leaver;
    await page.goto(page.url().replace('harness.html', 'config.json'));
    const updatesOfAda = async (): Promise<number[]> =>
      (await watcher.record()).userUpdates
        .filter(({ userIDs }) => userIDs.includes('ada'))
        .map(({ updateType }) => updateType);
    await waitFor(async () => (await updatesOfAda()).length === 2, { describe: 'the member to leave' });
    await page.goBack({ waitUntil: 'commit' });
    await waitFor(async () => (await updatesOfAda()).length === 3, { describe: 'the member to return' });
    expect(await updatesOfAda()).toEqual([added, deleted, added]);
    expect(await page.evaluate(() => (window as never as { restored: boolean }).restored)).toBe(true);
    expect(await leaver.send('room2', 'back')).toBe(0);
    expect((await leaver.record()).roomStates.map(({ reason }) => reasonNames[reason])).toEqual([
      'Logining',
      'Logined',
      'Reconnecting',
      'Reconnected',
    ]);
    await Promise.all([leaver.close(), watcher.close()]);
  });
});

describe('a page that awaits no call', () => {
  test('is in the room after login, logout and login, and in the other room after a switch', async () => {
    const user = await open('eager', 0);
    const watcher = await open('eager-watcher', 1);
    expect(await watcher.login('eager1')).toBe(0);
    const codes = await user.page.evaluate(async () => {
      type Move = (...args: unknown[]) => Promise<{ errorCode: number; extendedData: string }>;
      const { engine } = (
        window as never as { user: { engine: Record<'loginRoom' | 'logoutRoom' | 'switchRoom', Move> } }
      ).user;
      const eager = { userID: 'eager', userName: 'eager' };
      const results = await Promise.all([
        engine.loginRoom('eager1', eager),
        engine.logoutRoom('eager1'),
        engine.loginRoom('eager1', eager),
        engine.switchRoom('eager1', 'eager2'),
        engine.loginRoom('eager1', eager),
        engine.logoutRoom('eager2'),
      ]);
      return results.map(({ errorCode, extendedData }) => (errorCode === 0 ? 0 : extendedData));
    });
    expect(codes).toEqual([0, 0, 0, 0, 0, 0]);
    // The servers agree, as the message and the other member show.
    expect(await user.send('eager1', 'in')).toBe(0);
    expect(await user.send('eager2', 'out')).toBe(1009005);
    await waitFor(async () => (await watcher.record()).messages.length > 0, { describe: 'the message' });
    expect((await watcher.record()).userUpdates.map(({ updateType }) => updateType)).toEqual([
      ...[added, deleted, added, deleted, added],
    ]);
    await Promise.all([user.close(), watcher.close()]);
  });
});

test('explains a web server that is not a gateway', async () => {
  const { consoleUrl } = testCluster.cluster;
  const user = await BrowserUser.open(browser, consoleUrl!, {
    appId: app.appId,
    appSign: app.appSign,
    gatewayUrl: consoleUrl!,
    userId: 'lost',
  });
  const { errorCode, extendedData } = await user.page.evaluate(() => {
    type Result = { errorCode: number; extendedData: string };
    const { engine } = (
      window as never as { user: { engine: { loginRoom(...args: unknown[]): Promise<Result> } } }
    ).user;
    return engine.loginRoom('room1', { userID: 'lost', userName: 'lost' });
  });
  expect(errorCode).toBe(1002030);
  const { host } = new URL(consoleUrl!);
  expect((JSON.parse(extendedData) as { message: string }).message).toContain(
    `server: no Polyroom gateway at ws://${host}/ws: `,
  );
  await user.close();
});

describe('a page from plain http', () => {
  test('sends messages and plays, and explains why there is no camera', async () => {
    const sender = await open('ada', 0, insecureHost);
    const receiver = await open('bob', 1);
    expect(await sender.page.evaluate(() => [isSecureContext, typeof crypto.randomUUID])).toEqual([
      false,
      'undefined',
    ]);
    expect(await sender.login('room1')).toBe(0);
    expect(await receiver.login('room1')).toBe(0);
    expect(await sender.send('room1', 'hello')).toBe(0);
    await waitFor(async () => (await receiver.record()).messages.length > 0, { describe: 'the message' });
    expect((await receiver.record()).messages).toEqual([{ roomID: 'room1', message: 'hello' }]);
    await receiver.publish('secure-camera', 'room1');
    await sender.play('secure-camera', 'room1');
    await expectMediaToFlow(sender);
    const refusals = await sender.page.evaluate(
      async ([appID, server]) => {
        const { polyroomSdk, polyroomWeb, user } = window as never as Libraries & {
          user: { engine: { createStream(source?: object): Promise<unknown> } };
        };
        const zg = new polyroomWeb.ZegoExpressEngine(appID, server);
        const results = await Promise.allSettled([
          user.engine.createStream(),
          user.engine.createStream({ screen: true }),
          zg.createZegoStream(),
          polyroomSdk.capture({}),
        ]);
        return results.map((result) => {
          const { code, message, name } = (result as PromiseRejectedResult).reason as Error & {
            code: number;
          };
          return { name, code, message };
        });
      },
      [app.appId, testCluster.cluster.gateways[0]!.wsUrl] as const,
    );
    const [native, , , core] = refusals;
    expect(native).toEqual({ name: 'ZegoError', code: 1103053, message: expect.stringContaining('https') });
    expect(core).toMatchObject({ name: 'PolyroomError' });
    expect(refusals.map(({ code }) => code)).toEqual([1103053, 1103053, 1103053, 1103053]);
    expect([...sender.consoleErrors, ...receiver.consoleErrors]).toEqual([]);
    await Promise.all([sender.close(), receiver.close()]);
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BrowserUser, launchBrowser } from '@polyroom/cluster';
import { waitFor } from '@polyroom/testing';
import { generateToken04 } from '@polyroom/tokens';
import { type Browser, type Page } from 'playwright-core';
import { type Libraries, openHarness } from './support/harness-page.js';
import { expectMediaToFlow } from './support/media-watch.js';
import { SharedCluster } from './support/shared-cluster.js';
import { type TestApp } from './support/test-cluster.js';

/**
 * ZEGO's page on several rooms, as its readers write it: the seven steps in their order, and the failures of its
 * FAQ, with the names of the native SDKs and with those of the Web SDK.
 */
let testCluster: SharedCluster;
let browser: Browser;
let app: TestApp;
let unentitled: TestApp;

beforeAll(async () => {
  testCluster = await SharedCluster.attach();
  [app, unentitled, browser] = await Promise.all([
    testCluster.createApp({ multiRoom: true }),
    testCluster.createApp(),
    launchBrowser(),
  ]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await testCluster?.close();
});

/** Another user, in both rooms. */
async function openOther(userId: string, rooms: string[]): Promise<BrowserUser> {
  const other = await BrowserUser.open(browser, testCluster.cluster.consoleUrl!, {
    appId: app.appId,
    appSign: app.appSign,
    gatewayUrl: testCluster.cluster.gateways[1]!.wsUrl,
    userId,
  });
  for (const room of rooms) {
    expect(await other.login(room)).toBe(0);
  }
  return other;
}

async function expectRemoved(other: BrowserUser, streamID: string, roomID: string): Promise<void> {
  await waitFor(
    async () =>
      (await other.record()).streamUpdates.some(
        (update) =>
          update.roomID === roomID && update.updateType === 1 && update.streamIDs.includes(streamID),
      ),
    { timeoutMs: 5000, describe: `${streamID} to be removed from ${roomID}` },
  );
}

/** Frames that the page's video element has shown. */
function framesShown(page: Page): Promise<number> {
  return page.evaluate(
    () => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0,
  );
}

async function expectPicture(page: Page): Promise<void> {
  await waitFor(async () => (await framesShown(page)) > 5, { timeoutMs: 15_000, describe: 'a video' });
}

describe('with the names of the native SDKs', () => {
  /** Globals of the page. */
  interface NativePage extends Libraries {
    engine: Libraries['polyroom']['ZegoExpressEngine']['instance'];
    log: unknown[][];
  }

  function profile(of: TestApp) {
    const { appId: appID, appSign } = of;
    return { appID, appSign, server: testCluster.cluster.gateways[0]!.wsUrl };
  }

  test('the seven steps', async () => {
    const other = await openOther('user2', ['room1', 'room2']);
    const { page, errors, close } = await openHarness(browser, testCluster.cluster.consoleUrl!);

    // 1 Set multi-room mode, 2 initialize the SDK.
    await page.evaluate(
      async ([appID, appSign, server]) => {
        const own = window as never as NativePage;
        const { ZegoExpressEngine, ZegoRoomMode, ZegoScenario } = own.polyroom;
        ZegoExpressEngine.setRoomMode(ZegoRoomMode.MultiRoom);
        await ZegoExpressEngine.createEngineWithProfile({
          appID,
          appSign,
          server,
          scenario: ZegoScenario.Default,
        });
        own.engine = ZegoExpressEngine.instance;
        own.log = [];
        const note =
          (name: string) =>
          (...args: unknown[]): void =>
            void own.log.push([name, ...args]);
        own.engine.setEventHandler({
          onRoomStateChanged: note('onRoomStateChanged'),
          onRoomStreamUpdate: note('onRoomStreamUpdate'),
          onPlayerStateUpdate: note('onPlayerStateUpdate'),
          onIMRecvBroadcastMessage: note('onIMRecvBroadcastMessage'),
        });
      },
      [app.appId, app.appSign, testCluster.cluster.gateways[0]!.wsUrl] as const,
    );
    const logged = (name: string): Promise<unknown[][]> =>
      page.evaluate(
        (wanted) => (window as never as NativePage).log.filter(([which]) => which === wanted),
        name,
      );

    // 3 Log in to both rooms.
    const logins = await page.evaluate(async () => {
      const own = window as never as NativePage;
      const user = own.polyroom.ZegoUser.id('user1');
      const results = [];
      for (const roomID of ['room1', 'room2']) {
        results.push(await own.polyroom.ZegoExpressEngine.instance.loginRoom(roomID, user));
      }
      return results.map(({ errorCode }) => errorCode);
    });
    expect(logins).toEqual([0, 0]);

    // 4 Publish, from the engine's own camera.
    await page.evaluate(async () => {
      const { polyroom } = window as never as NativePage;
      const config = new polyroom.ZegoPublisherConfig();
      config.roomID = 'room1';
      await polyroom.ZegoExpressEngine.instance.startPublishingStream(
        'stream1',
        polyroom.ZegoPublishChannel.Main,
        config,
      );
    });
    await other.play('stream1', 'room1');
    await expectMediaToFlow(other);

    // 5 Play.
    await other.publish('stream2', 'room1');
    await waitFor(async () => (await logged('onRoomStreamUpdate')).length > 0, { describe: 'the stream' });
    expect((await logged('onRoomStreamUpdate'))[0]!.slice(0, 4)).toMatchObject([
      'onRoomStreamUpdate',
      'room1',
      0,
      [{ streamID: 'stream2', user: { userID: 'user2' } }],
    ]);
    await page.evaluate(async () => {
      const { polyroom } = window as never as NativePage;
      let playViewID = -1;
      const view = polyroom.ZegoExpressEngine.instance.createCanvasView((viewID) => (playViewID = viewID));
      document.body.append(view);
      const config = polyroom.ZegoPlayerConfig.defaultConfig();
      config.roomID = 'room1';
      await polyroom.ZegoExpressEngine.instance.startPlayingStream(
        'stream2',
        polyroom.ZegoCanvas.view(playViewID),
        config,
      );
    });
    await expectPicture(page);

    // 6 Messages, in their room only.
    const sent = await page.evaluate(async () => {
      const { engine } = window as never as NativePage;
      const results = [
        await engine.sendBroadcastMessage('room2', 'broadcast'),
        await engine.sendBarrageMessage('room2', 'barrage'),
        await engine.sendCustomCommand('room2', 'command', []),
      ];
      return results.map(({ errorCode }) => errorCode);
    });
    expect(sent).toEqual([0, 0, 0]);
    await waitFor(async () => (await other.record()).messages.length > 0, { describe: 'the message' });
    expect((await other.record()).messages).toEqual([{ roomID: 'room2', message: 'broadcast' }]);
    expect(await other.send('room1', 'answer')).toBe(0);
    await waitFor(async () => (await logged('onIMRecvBroadcastMessage')).length > 0, {
      describe: 'the answer',
    });
    expect((await logged('onIMRecvBroadcastMessage'))[0]).toMatchObject([
      'onIMRecvBroadcastMessage',
      'room1',
      [{ message: 'answer', fromUser: { userID: 'user2' } }],
    ]);

    // 7 Leave the first room: its streams stop, the other room continues. Then leave all rooms.
    const left = await page.evaluate(async () => {
      const { errorCode } = await (window as never as NativePage).engine.logoutRoom('room1');
      return errorCode;
    });
    expect(left).toBe(0);
    await expectRemoved(other, 'stream1', 'room1');
    expect(await page.evaluate(() => (window as never as NativePage).engine.dump())).toMatchObject({
      rooms: [{ roomID: 'room2', state: 'logined' }],
      publishing: [],
      playing: [],
    });
    expect((await logged('onPlayerStateUpdate')).at(-1)).toEqual([
      'onPlayerStateUpdate',
      'stream2',
      0,
      0,
      '{"roomIDs":["room1"]}',
    ]);
    expect(await other.send('room2', 'still there?')).toBe(0);
    await waitFor(async () => (await logged('onIMRecvBroadcastMessage')).length === 2, {
      describe: 'a message in the other room',
    });
    await page.evaluate(() => (window as never as NativePage).engine.logoutRoom());
    const reasons = (await logged('onRoomStateChanged')).map(([, roomID, reason]) => `${roomID} ${reason}`);
    expect(reasons).toEqual([...['room1 0', 'room1 1', 'room2 0', 'room2 1'], ...['room1 7', 'room2 7']]);
    expect(errors).toEqual([]);
    await Promise.all([close(), other.close()]);
  });

  test('the six failures', async () => {
    const { page, errors, close } = await openHarness(browser, testCluster.cluster.consoleUrl!);
    const codes = await page.evaluate(
      async ([entitled, other]) => {
        const { polyroom } = window as never as NativePage;
        const { ZegoExpressEngine, ZegoRoomMode, ZegoUser } = polyroom;
        const codeOf = async (call: () => unknown): Promise<unknown> => {
          try {
            const result = (await call()) as { errorCode?: number } | undefined;
            return result?.errorCode;
          } catch (error) {
            return (error as { code?: number }).code;
          }
        };
        const user = ZegoUser.id('user3');
        const login = (roomID: string, as = user): Promise<unknown> =>
          codeOf(() => ZegoExpressEngine.instance.loginRoom(roomID, as));

        ZegoExpressEngine.setRoomMode(ZegoRoomMode.MultiRoom);
        await ZegoExpressEngine.createEngineWithProfile(other);
        const notEntitled = await login('room1');
        const tooLate = await codeOf(() => ZegoExpressEngine.setRoomMode(ZegoRoomMode.SingleRoom));
        await ZegoExpressEngine.destroyEngine();

        const engine = await ZegoExpressEngine.createEngineWithProfile(entitled);
        await login('room1');
        const anotherUser = await login('room2', ZegoUser.id('user4'));
        const anotherName = await login('room2', new ZegoUser('user3', 'another name'));
        for (const roomID of ['room2', 'room3', 'room4', 'room5']) {
          await login(roomID);
        }
        const sixthRoom = await login('room6');
        const publishNowhere = await codeOf(() => engine.startPublishingStream('stream3'));
        const playNowhere = await codeOf(() => engine.startPlayingStream('stream3'));
        const rooms = engine.dump().rooms.length;
        await ZegoExpressEngine.destroyEngine();
        return {
          tooLate,
          notEntitled,
          sixthRoom,
          anotherUser,
          anotherName,
          publishNowhere,
          playNowhere,
          rooms,
        };
      },
      [profile(app), profile(unentitled)] as const,
    );
    expect(codes).toEqual({
      tooLate: 1001020,
      notEntitled: 1002036,
      sixthRoom: 1002037,
      anotherUser: 1002018,
      anotherName: 1002018,
      publishNowhere: 1003070,
      playNowhere: 1004070,
      // No failure ends a room that is entered.
      rooms: 5,
    });
    expect(errors).toEqual([]);
    await close();
  });
});

describe('with the names of the Web SDK', () => {
  /** Globals of the page. */
  interface WebPage extends Libraries {
    zg: InstanceType<Libraries['polyroomWeb']['ZegoExpressEngine']>;
    log: unknown[][];
  }

  function tokenOf(userId: string, of = app): string {
    const { appId, serverSecret: secret } = of;
    return generateToken04({ appId, userId, secret, effectiveTimeSeconds: 600 });
  }

  async function openEngine(of: TestApp): Promise<Awaited<ReturnType<typeof openHarness>>> {
    const opened = await openHarness(browser, testCluster.cluster.consoleUrl!);
    await opened.page.evaluate(
      ([appID, server]) => {
        const own = window as never as WebPage;
        own.zg = new own.polyroomWeb.ZegoExpressEngine(appID, server);
        own.log = [];
        for (const name of [
          'roomStateChanged',
          'roomStreamUpdate',
          'publisherStateUpdate',
          'playerStateUpdate',
          'IMRecvBroadcastMessage',
        ] as const) {
          own.zg.on(name, (...args: unknown[]) => own.log.push([name, ...args]));
        }
      },
      [of.appId, testCluster.cluster.gateways[0]!.wsUrl] as const,
    );
    return opened;
  }

  test('the seven steps', async () => {
    const other = await openOther('web2', ['first', 'second']);
    // 1 Initialize the SDK, 2 set multi-room mode.
    const { page, errors, close } = await openEngine(app);
    const logged = (name: string): Promise<unknown[][]> =>
      page.evaluate((wanted) => (window as never as WebPage).log.filter(([which]) => which === wanted), name);
    expect(await page.evaluate(() => (window as never as WebPage).zg.enableMultiRoom(true))).toBe(true);

    // 3 Log in to both rooms, with a token.
    const logins = await page.evaluate(async (token) => {
      const { zg } = window as never as WebPage;
      return [
        await zg.loginRoom('first', token, { userID: 'web1', userName: 'Web 1' }),
        await zg.loginRoom('second', token, { userID: 'web1', userName: 'Web 1' }),
      ];
    }, tokenOf('web1'));
    expect(logins).toEqual([true, true]);

    // 4 Publish.
    await page.evaluate(async () => {
      const { zg } = window as never as WebPage;
      const localStream = await zg.createZegoStream();
      zg.startPublishingStream('web-stream1', localStream, { roomID: 'first' });
    });
    await other.play('web-stream1', 'first');
    await expectMediaToFlow(other);
    await waitFor(async () => (await logged('publisherStateUpdate')).length === 2, {
      describe: 'the states',
    });
    expect(await logged('publisherStateUpdate')).toMatchObject([
      ['publisherStateUpdate', { streamID: 'web-stream1', state: 'PUBLISH_REQUESTING' }],
      ['publisherStateUpdate', { streamID: 'web-stream1', state: 'PUBLISHING' }],
    ]);

    // 5 Play by stream ID alone.
    await other.publish('web-stream2', 'second');
    await waitFor(async () => (await logged('roomStreamUpdate')).length > 0, { describe: 'the stream' });
    expect((await logged('roomStreamUpdate'))[0]!.slice(0, 4)).toMatchObject([
      'roomStreamUpdate',
      'second',
      'ADD',
      [{ streamID: 'web-stream2', user: { userID: 'web2' } }],
    ]);
    await page.evaluate(async () => {
      const { zg } = window as never as WebPage;
      const remoteVideo = document.createElement('video');
      Object.assign(remoteVideo, { muted: true, autoplay: true });
      document.body.append(remoteVideo);
      remoteVideo.srcObject = await zg.startPlayingStream('web-stream2');
    });
    await expectPicture(page);
    expect((await logged('playerStateUpdate')).at(-1)![1]).toMatchObject({ state: 'PLAYING' });

    // 6 Messages, in their room only.
    const sent = await page.evaluate(async () => {
      const { zg } = window as never as WebPage;
      const results = [
        await zg.sendBroadcastMessage('first', JSON.stringify({ text: 'broadcast' })),
        await zg.sendBarrageMessage('first', JSON.stringify({ text: 'barrage' })),
        await zg.sendCustomCommand('first', JSON.stringify({ text: 'command' }), ['web2']),
        await zg.setRoomExtraInfo('first', '2', JSON.stringify({ text: 'extra' })),
      ];
      return results.map(({ errorCode }) => errorCode);
    });
    expect(sent).toEqual([0, 0, 0, 0]);
    await waitFor(async () => (await other.record()).messages.length > 0, { describe: 'the message' });
    expect((await other.record()).messages).toEqual([{ roomID: 'first', message: '{"text":"broadcast"}' }]);

    // 7 Leave the first room, then all.
    await page.evaluate(() => (window as never as WebPage).zg.logoutRoom('first'));
    await expectRemoved(other, 'web-stream1', 'first');
    expect(await other.send('second', 'still there?')).toBe(0);
    await waitFor(async () => (await logged('IMRecvBroadcastMessage')).length > 0, {
      describe: 'a message in the other room',
    });
    expect((await logged('IMRecvBroadcastMessage'))[0]).toMatchObject([
      'IMRecvBroadcastMessage',
      'second',
      [{ message: 'still there?', fromUser: { userID: 'web2' } }],
    ]);
    await page.evaluate(() => (window as never as WebPage).zg.logoutRoom());
    await waitFor(async () => (await logged('roomStateChanged')).length === 6, { describe: 'both logouts' });
    const reasons = (await logged('roomStateChanged')).map(([, roomID, reason]) => `${roomID} ${reason}`);
    expect(reasons).toEqual([
      ...['first LOGINING', 'first LOGINED', 'second LOGINING', 'second LOGINED'],
      ...['first LOGOUT', 'second LOGOUT'],
    ]);
    expect(errors).toEqual([]);
    await Promise.all([close(), other.close()]);
  });

  test('the failures', async () => {
    const notEntitled = await openEngine(unentitled);
    const refusal = await notEntitled.page.evaluate(
      async (token) => {
        const { zg } = window as never as WebPage;
        zg.enableMultiRoom(true);
        const login = zg.loginRoom('room1', token, { userID: 'web3', userName: 'web3' });
        return login.catch(({ code }: { code: number }) => code);
      },
      tokenOf('web3', unentitled),
    );
    expect(refusal).toBe(1002036);
    await notEntitled.close();

    const { page, errors, close } = await openEngine(app);
    const results = await page.evaluate(
      async ([token, otherToken]) => {
        const { zg, log } = window as never as WebPage;
        const login = (roomID: string, userID = 'web4', as = token): Promise<unknown> =>
          zg.loginRoom(roomID, as, { userID, userName: userID }).catch(({ code }: { code: number }) => code);
        const enabled = [zg.enableMultiRoom(true), zg.enableMultiRoom(true)];
        for (const roomID of ['web-a', 'web-b', 'web-c', 'web-d', 'web-e']) {
          await login(roomID);
        }
        const sixthRoom = await login('web-f');
        const tooLate = zg.enableMultiRoom(true);
        const anotherUser = await login('web-g', 'web5', otherToken);
        const localStream = await zg.createZegoStream({ camera: { video: false } });
        const isPublishing = zg.startPublishingStream('web-stream4', localStream);
        const [, state] = log.filter(([name]) => name === 'publisherStateUpdate').at(-1) ?? [];
        zg.destroyStream(localStream);
        const publishNowhere = [isPublishing, (state as { errorCode?: number } | undefined)?.errorCode];
        zg.destroyEngine();
        return { enabled, sixthRoom, tooLate, anotherUser, publishNowhere };
      },
      [tokenOf('web4'), tokenOf('web5')] as const,
    );
    expect(results).toEqual({
      enabled: [true, false],
      sixthRoom: 1002037,
      tooLate: false,
      anotherUser: 1002018,
      publishNowhere: [false, 1003071],
    });
    expect(errors).toEqual([]);
    await close();
  });
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { BrowserUser, launchBrowser } from '@polyroom/cluster';
import { waitFor } from '@polyroom/testing';
import { type Browser } from 'playwright-core';
import { CuttableProxy } from './support/cuttable-proxy.js';
import { type RawClient } from './support/raw-client.js';
import { SharedCluster } from './support/shared-cluster.js';
import { loginParams, type TestApp } from './support/test-cluster.js';

const rooms = ['room1', 'room2', 'room3'];
/** Sockets that the page has opened when it has tried to reconnect three times. */
const socketsOfLongOutage = 4;
/** ZegoRoomStateChangedReason.Reconnected */
const reconnected = 4;
let testCluster: SharedCluster;
let browser: Browser;
let proxy: CuttableProxy;

beforeAll(async () => {
  testCluster = await SharedCluster.attach();
  browser = await launchBrowser();
  proxy = await CuttableProxy.start(Number(new URL(testCluster.cluster.gateways[0]!.httpUrl).port));
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await proxy?.close();
  await testCluster?.close();
});

/** A page in three rooms behind a proxy, and another user in the same rooms at the other gateway. */
async function enter(entitlements: Record<string, number>): Promise<[BrowserUser, RawClient]> {
  const app: TestApp = await testCluster.createApp({
    ...{ multiRoom: true, broadcastsPerUserPerSecond: 0, broadcastsPerRoomPerSecond: 0 },
    ...entitlements,
  });
  const page = await BrowserUser.open(browser, testCluster.cluster.consoleUrl!, {
    appId: app.appId,
    appSign: app.appSign,
    gatewayUrl: `ws://127.0.0.1:${proxy.port}/ws`,
    userId: 'page',
  });
  const other = await testCluster.connect(1);
  for (const roomId of rooms) {
    expect(await page.login(roomId)).toBe(0);
    expect(await other.codeOf('room.login', loginParams(app, roomId, 'other'))).toBe(0);
  }
  return [page, other];
}

let sent = 0;
async function say(client: RawClient, roomId: string, content: string): Promise<void> {
  const message = { roomId, content, clientMessageId: `m${++sent}` };
  expect(await client.codeOf('message.broadcast', message)).toBe(0);
}

async function receivedBy(page: BrowserUser, roomId: string): Promise<string[]> {
  return (await page.record()).messages
    .filter(({ roomID }) => roomID === roomId)
    .map(({ message }) => message);
}

async function waitForReturn(page: BrowserUser): Promise<void> {
  await waitFor(
    async () => {
      const { roomStates } = await page.record();
      return rooms.every(
        (room) => roomStates.filter(({ roomID }) => roomID === room).at(-1)?.reason === reconnected,
      );
    },
    { timeoutMs: 40_000, describe: 'all rooms to be restored' },
  );
}

test('delivers messages missed in three rooms during a network outage once, in order, in their room', async () => {
  const [page, other] = await enter({});
  const expected = new Map<string, string[]>(rooms.map((room) => [room, []]));
  const sayInAll = async (text: string): Promise<void> => {
    for (const room of rooms) {
      const content = `${text} for ${room}`;
      await say(other, room, content);
      expected.get(room)!.push(content);
    }
  };
  await sayInAll('before');
  proxy.cut();
  for (let n = 0; n < 60; n++) {
    await sayInAll(`meanwhile ${n}`);
  }
  await waitFor(async () => (await page.record()).socketsMade >= socketsOfLongOutage, {
    timeoutMs: 40_000,
    describe: 'the page to reconnect without success',
  });
  proxy.restore();
  await waitForReturn(page);
  await sayInAll('after');
  for (const room of rooms) {
    await waitFor(async () => (await receivedBy(page, room)).length >= 62, {
      timeoutMs: 10_000,
      describe: `the messages of ${room}`,
    });
    expect(await receivedBy(page, room)).toEqual(expected.get(room));
  }
  const { messagesLost } = await page.record();
  expect(messagesLost).toEqual([]);
  // The page's messages reach the other members again.
  expect(await page.send('room2', 'I am back')).toBe(0);
  await page.close();
  other.close();
});

test('reports messages that exceed the history, and delivers the stored ones', async () => {
  const [page, other] = await enter({ historyMessages: 3 });
  await say(other, 'room1', 'before');
  await waitFor(async () => (await receivedBy(page, 'room1')).length === 1, {
    timeoutMs: 5000,
    describe: 'the first',
  });
  proxy.cut();
  for (let n = 0; n < 6; n++) {
    await say(other, 'room1', `m${n}`);
  }
  await say(other, 'room2', 'one');
  proxy.restore();
  await waitForReturn(page);
  await waitFor(async () => (await receivedBy(page, 'room1')).length >= 4, {
    timeoutMs: 10_000,
    describe: 'the stored messages',
  });
  expect(await receivedBy(page, 'room1')).toEqual(['before', 'm3', 'm4', 'm5']);
  await waitFor(async () => (await receivedBy(page, 'room2')).length >= 1, {
    timeoutMs: 5000,
    describe: 'room2',
  });
  expect((await page.record()).messagesLost).toEqual(['room1']);
  await page.close();
  other.close();
});

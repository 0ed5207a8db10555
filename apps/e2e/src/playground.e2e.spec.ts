import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { launchBrowser } from '@polyroom/cluster';
import { waitFor } from '@polyroom/testing';
import { type Browser, type Locator } from 'playwright-core';
import { SamplePage } from './support/sample-page.js';
import { SharedCluster } from './support/shared-cluster.js';
import { type TestApp } from './support/test-cluster.js';

/** A directory for a screenshot of the page, for the README. */
const screenshotDir = process.env['POLYROOM_E2E_SCREENSHOTS'];
const five = ['stage', 'backstage', 'hall', 'lobby', 'garden'];

/** The first hour of a new user, with the playground as it is delivered. */
let testCluster: SharedCluster;
let browser: Browser;
let multiRoom: TestApp;
let singleRoom: TestApp;

beforeAll(async () => {
  testCluster = await SharedCluster.attach();
  [multiRoom, singleRoom, browser] = await Promise.all([
    testCluster.createApp({ multiRoom: true }),
    testCluster.createApp(),
    launchBrowser(),
  ]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await testCluster?.close();
});

/** Opens a link with app, user and rooms. */
function enter({ appId, appSign }: TestApp, user: string, roomIds: string[]): Promise<SamplePage> {
  const fragment = new URLSearchParams({ appId: String(appId), appSign, user });
  roomIds.forEach((roomId) => fragment.append('room', roomId));
  return SamplePage.openAt(browser, `${testCluster.cluster.consoleUrl!}#${fragment}`);
}

const room = ({ page }: SamplePage, roomId: string): Locator => page.locator(`[data-room="${roomId}"]`);
const counter = ({ page }: SamplePage): Locator => page.getByRole('status', { name: 'Connections' });
const button = ({ page }: SamplePage, name: string): Locator =>
  page.getByRole('button', { name, exact: true });

const listRooms = ({ appId }: TestApp, userId: string): Promise<unknown[]> =>
  testCluster.cluster.admin.listUserRooms(appId, userId);

async function joinAnother({ page }: SamplePage, roomIds: string): Promise<void> {
  await page.getByLabel('Room', { exact: true }).fill(roomIds);
  await page.getByRole('button', { name: 'Join', exact: true }).click();
}

async function say(from: SamplePage, roomId: string, text: string): Promise<void> {
  await room(from, roomId).getByLabel(`Message to ${roomId}`, { exact: true }).fill(text);
  await room(from, roomId).getByRole('button', { name: 'Send' }).click();
  await room(from, roomId).getByRole('log').getByText(text).waitFor();
}

test('the first hour: five rooms, one camera, a second browser, and the sixth room', async () => {
  const ada = await enter(multiRoom, 'ada', ['stage', 'backstage']);
  // Its socket is open and not counted: Playwright reports no end of the sockets of a page that is left.
  await ada.expectRooms(['backstage', 'stage']);
  let [open, mostOpen] = [0, 0];
  ada.page.on('websocket', (socket) => {
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    socket.on('close', () => (open -= 1));
  });
  await ada.page.reload();
  await ada.expectRooms(['backstage', 'stage']);
  expect(ada.page.url()).not.toContain('appSign');
  await joinAnother(ada, 'hall, lobby, garden');
  await ada.expectRooms([...five].sort());
  await counter(ada).getByText('5 rooms').waitFor();
  await counter(ada).getByText('1 connection', { exact: true }).waitFor();

  // Published once, shown in two rooms.
  await room(ada, 'stage').getByLabel('Show my camera here').check();
  await room(ada, 'backstage').getByLabel('Show my camera here').check();
  await ada.page.getByText('Encoded once, sent once, shown in 2 rooms.').waitFor();
  await ada.page.locator('.code pre', { hasText: "client.share('ada-stream', 'backstage')" }).waitFor();

  // Received once, played in two rooms.
  const bob = await enter(multiRoom, 'bob', ['stage', 'backstage', 'hall']);
  await button(bob, 'Play ada-stream in stage').click();
  await button(bob, 'Play ada-stream in backstage').click();
  await bob.expectLive(['ada-stream']);
  await counter(bob).getByText('media: 0 up, 1 down').waitFor();
  expect(await bob.page.locator('video[data-stream-id]').count()).toBe(2);

  // Muted in one room, and not in the other one.
  await button(ada, 'Mute audio in stage').click();
  await room(bob, 'stage').getByText('muted: audio').waitFor();
  expect(await room(bob, 'backstage').getByText('muted: audio').count()).toBe(0);

  // A message stays in its room.
  await say(ada, 'stage', 'to this room only');
  await room(bob, 'stage').getByRole('log').getByText('to this room only').waitFor();
  expect(await room(bob, 'backstage').getByRole('log').textContent()).not.toContain('only');

  // Both directions: a second stream for ada.
  await room(bob, 'hall').getByLabel('Show my camera here').check();
  await button(ada, 'Play bob-stream in hall').click();
  await ada.expectLive(['bob-stream']);
  await counter(ada).getByText('media: 1 up, 1 down').waitFor();

  // The limit of five rooms.
  await joinAnother(ada, 'sixth');
  await room(ada, 'sixth').getByText('1002037').waitFor();
  await room(ada, 'sixth').getByText('Leave another room and try again').waitFor();
  await button(ada, 'Leave garden').click();
  await waitFor(async () => (await listRooms(multiRoom, 'ada')).length === 4, {
    timeoutMs: 15_000,
    describe: 'the room that is free again',
  });
  await room(ada, 'sixth').getByRole('button', { name: 'Try again' }).click();
  await ada.expectRooms(['backstage', 'hall', 'lobby', 'sixth', 'stage']);

  // A move takes no further place.
  await room(ada, 'lobby').getByText('Move to another room').click();
  await room(ada, 'lobby').getByLabel('Room to move to').fill('library');
  await ada.page.keyboard.press('Enter');
  await ada.expectRooms(['backstage', 'hall', 'library', 'sixth', 'stage']);
  await counter(ada).getByText('1 connection', { exact: true }).waitFor();
  expect([open, mostOpen]).toEqual([1, 1]);
  await photograph(bob);

  // An outage: every room comes back, over one connection.
  await button(ada, 'Cut the network').click();
  await room(ada, 'stage').getByText('reconnecting').waitFor();
  await button(ada, 'Restore the network').click();
  await ada.expectRooms(['backstage', 'hall', 'library', 'sixth', 'stage']);
  await counter(ada).getByText('1 connection', { exact: true }).waitFor();

  // A reload: the rooms, the stream, its mute and what is played are as they were.
  await ada.page.reload();
  await ada.expectRooms(['backstage', 'hall', 'library', 'sixth', 'stage']);
  await ada.expectLive(['bob-stream']);
  await bob.expectLive(['ada-stream']);
  await room(bob, 'stage').getByText('muted: audio').waitFor();
  await waitFor(async () => (await room(bob, 'backstage').getByText('muted: audio').count()) === 0, {
    timeoutMs: 15_000,
    describe: 'audio in backstage',
  });
  expect([...ada.problems, ...bob.problems]).toEqual([]);
  await ada.close();
  await bob.close();
}, 180_000);

test('an app without multi-room mode is refused, until an operator turns it on', async () => {
  const { page } = await SamplePage.openAt(browser, testCluster.cluster.consoleUrl!);
  const response = await page.request.get(testCluster.cluster.consoleUrl!);
  expect(response.headers()['content-security-policy']).toContain("default-src 'self'");
  await page.getByLabel('AppID').fill(String(singleRoom.appId));
  await page.getByLabel('AppSign', { exact: true }).fill(singleRoom.appSign);
  await page.getByLabel('Your user ID').fill('ada');
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  const first = page.locator('[data-room=room1]');
  await first.getByText('1002036').waitFor();
  await first.getByText('turn on “Allow multi-room mode”').waitFor();
  expect(await first.getByRole('link').getAttribute('href')).toBe(`./admin.html#/apps/${singleRoom.appId}`);
  // What the switch on that page does.
  await testCluster.cluster.admin.setEntitlement(singleRoom.appId, 'multiRoom', true);
  for (const roomId of ['room1', 'room2']) {
    const card = page.locator(`[data-room=${roomId}]`);
    // A gateway applies the change within two seconds.
    await waitFor(
      async () => {
        const retry = card.getByRole('button', { name: 'Try again' });
        if (await retry.isVisible()) {
          await retry.click();
        }
        return (await card.getAttribute('data-state')) === 'joined';
      },
      { timeoutMs: 15_000, intervalMs: 200, describe: `${roomId} joined` },
    );
  }
  await page
    .getByRole('status', { name: 'Connections' })
    .getByText('1 connection', { exact: true })
    .waitFor();
  expect(await listRooms(singleRoom, 'ada')).toHaveLength(2);
  await page.context().close();
});

async function photograph({ page }: SamplePage): Promise<void> {
  if (screenshotDir !== undefined) {
    await mkdir(screenshotDir, { recursive: true });
    await page.screenshot({ path: join(screenshotDir, 'playground.png') });
  }
}

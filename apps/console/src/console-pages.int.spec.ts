import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { secretIdOf, verifyToken } from '@polyroom/tokens';
import { type Page } from 'playwright-core';
import { findViolations, firstLoadBytes, overflows } from '../test/inspect-page.js';
import { appPath, type OpenConsole, openConsole } from '../test/open-console.js';
import { type StubGateway } from '../test/stub-gateway.js';
import { inspectedViews, photograph, photographedViews, type View } from '../test/views.js';

const firstLoadBudget = 300_000;

/** Every page of an owner, with a text that it shows when it is complete. */
const pages: [name: string, path: string, complete: string][] = [
  ['apps', '/apps', 'Classrooms'],
  ['overview', appPath, 'maxRoomsPerUser'],
  ['limits', `${appPath}/limits`, 'maxMembersPerRoom'],
  ['credentials', `${appPath}/credentials`, '0123456789abcdef'],
  ['api-keys', `${appPath}/api-keys`, 'shop backend'],
  ['rooms', `${appPath}/rooms`, 'room-0003'],
  ['room', `${appPath}/rooms/room-0000`, 'user-00003'],
  ['room-streams', `${appPath}/rooms/room-0000?tab=streams`, 'camera-3'],
  ['room-messages', `${appPath}/rooms/room-0000?tab=messages`, 'A longer message'],
  ['room-attributes', `${appPath}/rooms/room-0000?tab=attributes`, 'Quarterly figures'],
  ['users', `${appPath}/users`, 'Find a user'],
  ['user', `${appPath}/users/user-00001`, 'camera-0'],
  ['bans', `${appPath}/bans`, '203.0.113.0/24'],
  ['recordings', `${appPath}/recordings`, 'camera-0 on nd_1'],
  ['usage', `${appPath}/usage`, 'Media over time'],
  ['token-maker', `${appPath}/token-maker`, 'Content of the token'],
  ['webhooks', `${appPath}/webhooks`, 'Shop backend'],
  ['webhook', `${appPath}/webhooks/wh_0123456789abcdef`, '3 events wait'],
  ['health', '/health', 'eu-central'],
  ['app-audit', `${appPath}/audit`, 'user:mallory-0'],
  ['audit', '/audit', 'user:mallory-0'],
  ['operators', '/operators', 'bo@example.com'],
  ['account', '/account', 'Safari on iPhone'],
  ['not-found', '/nothing', 'There is no such page'],
];

let opened: OpenConsole;
let stub: StubGateway;
let page: Page;
let url: string;

beforeAll(async () => {
  opened = await openConsole();
  ({ stub, page, url } = opened);
});
afterAll(() => opened?.close());
beforeEach(() => {
  stub.data.state.grants = [{ role: 'owner' }];
});

const open = (path: string, complete: string): Promise<void> => opened.open(path, complete);

async function show({ width, colorScheme }: View): Promise<void> {
  await page.setViewportSize({ width, height: 860 });
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.waitForFunction(
    (scheme) => document.documentElement.getAttribute('data-mantine-color-scheme') === scheme,
    colorScheme,
  );
}

/** Looks at the page that is open on a desktop and a phone, in light and dark. */
async function inspect(name: string): Promise<void> {
  const found: unknown[] = [];
  for (const view of inspectedViews) {
    await show(view);
    await photograph(page, name, view);
    found.push(...(await findViolations(page)).map((violation) => [view, violation]));
    if (await overflows(page)) {
      found.push([view, 'is wider than the window']);
    }
  }
  for (const view of photographedViews) {
    await show(view);
    await photograph(page, name, view);
  }
  await show(inspectedViews[0]!);
  expect([name, found]).toEqual([name, []]);
}

test('the first load, up to the list of apps, is at most 300 kB', async () => {
  const count = await opened.browser.newPage();
  const total = await firstLoadBytes(count, `${url}#/apps`, () => count.getByText('Classrooms').waitFor());
  await count.close();
  expect(total).toBeLessThanOrEqual(firstLoadBudget);
  // Not an empty measurement.
  expect(total).toBeGreaterThan(100_000);
});

describe('in light and dark, on a phone and a desktop, without serious violations of accessibility', () => {
  test('the sign-in', async () => {
    stub.data.state.grants = undefined;
    await open('/', 'Sign in with Example Login');
    await inspect('sign-in');
  });

  test.each(pages)('%s', async (name, path, complete) => {
    await open(path, complete);
    await inspect(name);
  });

  test('a page that the role does not show', async () => {
    stub.data.state.grants = [{ role: 'viewer' }];
    await page.reload();
    await open('/operators', 'Not for your role');
    await inspect('denied');
  });
});

test('the token maker signs a token that the servers accept', async () => {
  const secret = '0123456789abcdef0123456789abcdef';
  // The test before had another role.
  await page.reload();
  await open(`${appPath}/token-maker`, 'Content of the token');
  await page.getByLabel('User ID').fill('ada');
  await page.getByLabel('Rooms', { exact: true }).fill('stage, backstage');
  await page.getByLabel('Most rooms at once').fill('3');
  await page.locator('#server-secret').fill(secret);
  await page.getByRole('button', { name: 'Make token' }).click();
  const token = (await page.textContent('#made-token'))!;
  const secrets = [{ secretId: secretIdOf(secret), value: secret }];
  const subject = { appId: 1_000_000_001, userId: 'ada', nowMs: Date.now(), maxLifetimeSeconds: 86_400 };
  const rights = ['login', 'publish', 'subscribe', 'message', 'share'];
  expect(await verifyToken(token, secrets, subject)).toMatchObject({
    rooms: [
      { roomId: 'stage', rights },
      { roomId: 'backstage', rights },
    ],
    maxRooms: 3,
  });
});

test('moves and copies a user, and a refusal says what helps', async () => {
  await open(`${appPath}/users/user-00001`, 'camera-0');
  await page.getByRole('button', { name: 'Move user-00001 from room-0000 or copy it' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('To the room').fill('one-too-many');
  await dialog.getByRole('radio', { name: 'Copy' }).check();
  await inspect('dialog-copy');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await dialog.getByText('(1002037) Raise maxRoomsPerUser').waitFor();
  await dialog.getByLabel('To the room').fill('backstage');
  await dialog.getByRole('radio', { name: 'Move' }).check();
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('user-00001 is moved to backstage.').waitFor();
  expect(stub.data.state.transfers).toEqual([
    { way: 'copy', from: 'room-0000', to: 'one-too-many', shareStreams: true },
    { way: 'move', from: 'room-0000', to: 'backstage' },
  ]);
});

test('shows a stream in more rooms, and leaves it in the last one', async () => {
  await open(`${appPath}/rooms/room-0000?tab=streams`, 'camera-3');
  await page.getByRole('button', { name: 'Rooms of camera-0' }).click();
  const box = (room: string) => page.getByRole('dialog').getByLabel(room);
  await box('room-0002').click();
  await page.locator('input[value="room-0002"]:checked').waitFor();
  await inspect('dialog-stream-rooms');
  for (const room of ['room-0002', 'room-0001']) {
    await box(room).click();
    await page.locator(`input[value="${room}"]:not(:checked)`).waitFor();
  }
  expect([...stub.data.state.sharedIn]).toEqual(['room-0000']);
  expect(await box('room-0000').isDisabled()).toBe(true);
});

test('downloads a complete file of a recording, and shows why one cannot be', async () => {
  await open(`${appPath}/recordings`, 'stream camera-1');
  await page.getByRole('button', { name: 'Download camera-0' }).click();
  await page.getByText('(1190709)').waitFor();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download camera-1', exact: true }).click();
  expect((await downloading).suggestedFilename()).toBe('camera-1.mkv');
});

test('lists the last changes of limits, resets too, however many other acts follow them', async () => {
  await open(appPath, 'maxRoomsPerUser');
  const rows = page.getByRole('table', { name: 'Who changed what' }).getByRole('row');
  expect(await rows.count()).toBe(1 + 10);
  expect(await rows.nth(1).textContent()).toContain('7 → 5');
  expect(await rows.nth(2).textContent()).toContain('5 → 7');
});

test('every page is reached with the keyboard alone, and takes the focus', async () => {
  await open(appPath, 'maxRoomsPerUser');
  const links = await page.locator('nav a').count();
  expect(links).toBeGreaterThan(10);
  const reached = new Map<string, string>();
  // The skip link, the menu and others come before and after.
  for (let tab = 0; tab < links + 20 && reached.size < links; tab++) {
    await page.keyboard.press('Tab');
    const [href, label] = await page.evaluate(() => {
      const link = document.activeElement?.closest('nav a');
      return [link?.getAttribute('href') ?? '', link?.textContent ?? ''];
    });
    if (href !== '') {
      reached.set(href!, label!);
    }
  }
  expect(reached.size).toBe(links);
  await page.locator('nav a', { hasText: 'Rooms' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('room-0003').waitFor();
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
});

test.each([
  ['1,000 rooms', `${appPath}/rooms`, 'room-0003', 'Rooms', 'room-0999'],
  ['10,000 members', `${appPath}/rooms/room-0000`, 'user-00003', 'Members', 'user-09999'],
])('%s scroll to the end, with few elements in the page', async (_what, path, first, label, last) => {
  await open(path, first);
  const table = page.getByRole('table', { name: label });
  await table.evaluate(async (element, text) => {
    const limitMs = performance.now() + 20_000;
    while (!element.textContent.includes(text) && performance.now() < limitMs) {
      element.scrollTop = element.scrollHeight;
      await new Promise(requestAnimationFrame);
    }
  }, last);
  expect(await table.textContent()).toContain(last);
  expect(await table.getByRole('row').count()).toBeLessThan(60);
  expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(1500);
});

test('a sample keeps the AppID in its address when its form is submitted, and when it is left', async () => {
  const sample = await opened.browser.newPage();
  sample.setDefaultTimeout(15_000);
  const app = { appId: '7', appSign: 'a'.repeat(64) };
  const answers = (): Record<string, string> =>
    Object.fromEntries(new URLSearchParams(new URL(sample.url()).hash.slice(1)));
  await sample.goto(new URL(`samples/co-hosting/#${new URLSearchParams(app)}`, url).href);
  await sample.getByLabel('Your name').fill('ada');
  await sample.getByRole('button', { name: 'Enter' }).click();
  await sample.getByRole('button', { name: 'Leave' }).waitFor();
  expect(answers()).toMatchObject({ ...app, user: 'ada' });
  await sample.getByRole('button', { name: 'Leave' }).first().click();
  await sample.getByLabel('Your name').waitFor();
  expect(answers()).toMatchObject(app);
  expect(answers()).not.toHaveProperty('user');
  await sample.close();
});

test('no page reports a problem or a violation of its content security policy', () => {
  expect(opened.problems).toEqual([]);
});

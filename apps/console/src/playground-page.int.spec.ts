import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { type Locator, type Page } from 'playwright-core';
import { findViolations, firstLoadBytes, overflows } from '../test/inspect-page.js';
import { demoApps, type OpenPlayground, openPlayground, type OpenTab } from '../test/open-playground.js';
import { photograph } from '../test/views.js';

const firstLoadBudget = 250_000;
/** The least size of a target for a finger. */
const target = 44;
const five = ['stage', 'backstage', 'hall', 'lobby', 'garden'];
const link = (...roomIds: string[]): string =>
  `#user=ada${roomIds.map((roomId) => `&room=${roomId}`).join('')}`;

let opened: OpenPlayground;
let tab: OpenTab | undefined;

beforeAll(async () => {
  opened = await openPlayground();
});
afterAll(() => opened?.close());
afterEach(async () => {
  const { problems = [] } = tab ?? {};
  await tab?.close();
  tab = undefined;
  expect(problems).toEqual([]);
});

async function open(hash?: string): Promise<OpenTab> {
  tab = await opened.open(hash);
  return tab;
}

const room = (page: Page, roomId: string): Locator => page.locator(`[data-room="${roomId}"]`);
const joined = (page: Page, roomId: string): Promise<void> =>
  page.locator(`[data-room="${roomId}"][data-state=joined]`).waitFor();
const codeOf = (page: Page): Promise<string | null> => page.textContent('.code pre');

/** Refuses logins from the sixth on, as an AppID with the default limit does. */
function limitRooms({ server }: OpenTab): void {
  server.replaced.set('room.login', (call) =>
    server.roomsOf(call.socket).size >= five.length
      ? { error: 'ROOM_MULTI_ROOM_EXCEED_MAXIMUM_ROOM_COUNT' }
      : server.answer(call),
  );
}

async function joinAnother(page: Page, roomId: string): Promise<void> {
  await page.getByLabel('Room', { exact: true }).fill(roomId);
  await page.getByRole('button', { name: 'Join', exact: true }).click();
}

/** Each width in each colour scheme. */
const views = [1280, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

/** Looks at the page as it is on a desktop and a phone, in light and dark. */
async function inspect(page: Page, name: string): Promise<void> {
  const found: unknown[] = [];
  for (const view of views) {
    const { colorScheme, width } = view;
    await page.setViewportSize({ width, height: 860 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await photograph(page, name, view, width < 500);
    found.push(...(await findViolations(page)).map((violation) => [width, colorScheme, violation]));
    if (await overflows(page)) {
      found.push([width, colorScheme, 'is wider than the window']);
    }
    found.push(...(await smallTargets(page)).map((small) => [width, colorScheme, small]));
  }
  expect([name, found]).toEqual([name, []]);
}

/** Controls that are smaller than a finger; a checkbox is as large as its label. */
function smallTargets(page: Page): Promise<string[]> {
  return page.$$eval(
    'button, input, select, summary, a',
    (controls, least) =>
      controls
        .map((control) => control.closest('label.check') ?? control)
        .filter((control) => control.checkVisibility())
        .map((control) => ({ control, box: control.getBoundingClientRect() }))
        .filter(({ box }) => box.width < least || box.height < least)
        .map(({ box, control }) => `${control.outerHTML} is ${box.width} × ${box.height}`),
    target,
  );
}

test('the first load, up to a room that is joined, is at most 250 kB', async () => {
  tab = await opened.newTab();
  const { page } = tab;
  const total = await firstLoadBytes(page, `${opened.url}${link('stage')}`, () => joined(page, 'stage'));
  expect(total).toBeLessThanOrEqual(firstLoadBudget);
  // Not an empty measurement.
  expect(total).toBeGreaterThan(50_000);
});

describe('in light and dark, on a phone and a desktop, without serious violations of accessibility', () => {
  test('the form', async () => {
    const { page } = await open();
    await page.getByText('Credentials and more').click();
    await inspect(page, 'playground-form');
  });

  test('five rooms, a sixth that is refused, messages and failures', async () => {
    const opened = await open(link(...five));
    const { page, server } = opened;
    limitRooms(opened);
    for (const roomId of five) {
      await joined(page, roomId);
    }
    await joinAnother(page, 'sixth');
    await room(page, 'sixth').getByText('1002037').waitFor();
    const stage = room(page, 'stage');
    server.send('message.barrage', {
      roomId: 'stage',
      messages: [
        { messageId: 'b1', content: 'hello', sentAtMs: 1, from: { userId: 'other', userName: 'Other' } },
      ],
    } as never);
    await stage.getByText('hello').waitFor();
    for (const roomId of ['stage', 'backstage']) {
      server.replaced.set('message.broadcast', () => ({ error: 'IM_CONTENT_TOO_LONG' }));
      await room(page, roomId).getByLabel(`Message to ${roomId}`, { exact: true }).fill('too long');
      await room(page, roomId).getByRole('button', { name: 'Send' }).click();
      await page.getByRole('heading', { name: `Message to ${roomId}` }).waitFor();
    }
    for (const name of ['Members', 'Attributes', 'Move to another room']) {
      await stage.getByText(name).click();
    }
    await page.getByRole('button', { name: 'Start camera' }).click();
    await page.getByLabel('Your own video').waitFor();
    await inspect(page, 'playground-rooms');
    const boxes = await page.$$eval('.notice', (notices) =>
      notices.map((each) => each.getBoundingClientRect().toJSON()),
    );
    expect(boxes).toHaveLength(2);
    expect(boxes[1].top).toBeGreaterThanOrEqual(boxes[0].bottom);
    await page.getByRole('button', { name: 'Dismiss' }).first().click();
    await waitFor(async () => (await page.locator('.notice').count()) === 1, { describe: 'one notice' });
  });
});

test('a phone starts with joining, without scrolling', async () => {
  const { page } = await open();
  await page.setViewportSize({ width: 390, height: 700 });
  const box = (await page.getByRole('button', { name: 'Join', exact: true }).boundingBox())!;
  expect(box.y + box.height).toBeLessThan(700);
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await joined(page, 'room2');
  // Joining comes first here too.
  const headings = await page.getByRole('heading', { level: 2 }).allTextContents();
  expect(headings).toEqual([
    'Join another room',
    'Publish',
    'room1',
    'room2',
    'Show me the code',
    'Event log',
  ]);
  const tops = await page.$$eval('main h2, .dock h2', (all) =>
    all.map((each) => each.getBoundingClientRect().top),
  );
  expect(tops).toEqual([...tops].sort((one, other) => one - other));
});

test('the keyboard alone joins two rooms, and every focus is visible', async () => {
  const { page } = await open();
  await page.getByRole('combobox', { name: 'App', exact: true }).focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('grace');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineWidth)).toBe('2px');
  await page.keyboard.press('Enter');
  await joined(page, 'room1');
  await joined(page, 'room2');
  await page.getByText('You are grace').waitFor();
});

test('a link joins its rooms, a reload keeps them, and the invitation has no user', async () => {
  const { page, server } = await open(`${link('stage', 'hall')}&appSign=${'c'.repeat(64)}&appId=7`);
  await joined(page, 'hall');
  // Credentials do not stay in the address.
  expect(new URL(page.url()).hash).toBe('#appId=7&user=ada&room=stage&room=hall');
  await joinAnother(page, 'lobby');
  await joined(page, 'lobby');
  await page.reload();
  await joined(page, 'lobby');
  expect(
    server
      .callsOf('room.login')
      .slice(-3)
      .map(({ appId, appSign, roomId }) => [appId, appSign, roomId]),
  ).toEqual(['stage', 'hall', 'lobby'].map((roomId) => [7, 'c'.repeat(64), roomId]));
  await page.getByRole('button', { name: 'Copy invitation' }).click();
  await page.getByText('The link to these rooms is copied.').waitFor();
  const invitation = await page.evaluate(() => navigator.clipboard.readText());
  expect(new URL(invitation).hash).toBe('#appId=7&room=stage&room=hall&room=lobby');
  await page.getByRole('button', { name: 'Leave all' }).click();
  await page.getByRole('heading', { name: 'Join rooms' }).waitFor();
  expect(await page.getByLabel('Your user ID').inputValue()).toBe('ada');
});

describe('a refusal has its code, its name and its cure', () => {
  test('a sixth room: leave one, or raise the limit in the console', async () => {
    const opened = await open(link(...five));
    const { page } = opened;
    limitRooms(opened);
    await joined(page, 'garden');
    await joinAnother(page, 'sixth');
    const sixth = room(page, 'sixth');
    await sixth.getByText('ROOM_MULTI_ROOM_EXCEED_MAXIMUM_ROOM_COUNT').waitFor();
    await sixth.getByText('Leave another room and try again').waitFor();
    const cure = sixth.getByRole('link', { name: 'Open the app in the console' });
    expect(await cure.getAttribute('href')).toBe(`./admin.html#/apps/${demoApps[0]!.appId}`);
    await page.getByRole('button', { name: 'Leave garden' }).click();
    await sixth.getByRole('button', { name: 'Try again' }).click();
    await joined(page, 'sixth');
    expect(await room(page, 'garden').count()).toBe(0);
  });

  test('an app without multi-room mode: turn it on in the console', async () => {
    const { page, server } = await open(`${link('stage')}&appId=${demoApps[1]!.appId}`);
    server.replaced.set('room.login', () => ({ error: 'ROOM_LOGIN_MULTI_ROOM_NOT_OPEN' }));
    await page.reload();
    const stage = room(page, 'stage');
    await stage.getByText('ROOM_LOGIN_MULTI_ROOM_NOT_OPEN').waitFor();
    await stage.getByText('turn on “Allow multi-room mode”').waitFor();
    const cure = stage.getByRole('link', { name: 'Open the app in the console' });
    expect(await cure.getAttribute('href')).toBe(`./admin.html#/apps/${demoApps[1]!.appId}`);
    server.replaced.clear();
    await stage.getByRole('button', { name: 'Try again' }).click();
    await joined(page, 'stage');
  });
});

test('sends chat, barrage, commands and attributes, and shows the code in every face', async () => {
  const { page, server } = await open(link('stage', 'hall'));
  await joined(page, 'stage');
  await joined(page, 'hall');
  const stage = room(page, 'stage');
  const send = async (kind: string, text: string): Promise<void> => {
    await stage.getByLabel('Kind of message to stage').selectOption(kind);
    await stage.getByLabel('Message to stage', { exact: true }).fill(text);
    await stage.getByRole('button', { name: 'Send' }).click();
    await stage.getByRole('log').getByText(text).waitFor();
  };
  await send('Chat', 'hello stage');
  expect(await codeOf(page)).toContain("await client.send('stage', 'hello stage');");
  await page.getByRole('button', { name: 'React', exact: true }).click();
  expect(await codeOf(page)).toContain("useChat('stage')");
  await send('Barrage', 'so droppable');
  await page.getByRole('button', { name: 'ZEGO native' }).click();
  expect(await codeOf(page)).toContain("engine.sendBarrageMessage('stage', 'so droppable')");
  await stage.getByLabel('Kind of message to stage').selectOption('Command');
  await stage.getByLabel('Members of stage who get the command').selectOption('Other');
  await send('Command', 'wave');
  await page.getByRole('button', { name: 'ZEGO Web' }).click();
  expect(await codeOf(page)).toContain("engine.sendCustomCommand('stage', 'wave', ['other'])");
  await stage.getByText('Attributes (0)').click();
  await stage.getByLabel('Key').fill('topic');
  await stage.getByLabel('Value').fill('tea');
  await stage.getByRole('button', { name: 'Set' }).click();
  await stage.getByText('Attributes (1)').waitFor();
  await stage.getByRole('button', { name: 'Delete topic' }).click();
  await stage.getByText('Attributes (0)').waitFor();
  expect(server.callsOf('message.broadcast')).toMatchObject([{ roomId: 'stage', content: 'hello stage' }]);
  expect(server.callsOf('message.barrage')).toMatchObject([{ roomId: 'stage', content: 'so droppable' }]);
  expect(server.callsOf('message.command')).toMatchObject([
    { roomId: 'stage', content: 'wave', to: ['other'] },
  ]);
  expect(await room(page, 'hall').getByRole('log').textContent()).toBe('No messages yet.');
});

test('moves between rooms in one step', async () => {
  const { page, server } = await open(link('stage', 'hall'));
  await joined(page, 'stage');
  await room(page, 'stage').getByText('Move to another room').click();
  await room(page, 'stage').getByLabel('Room to move to').fill('lobby');
  await page.keyboard.press('Enter');
  await joined(page, 'lobby');
  expect(server.callsOf('room.switch')).toMatchObject([{ fromRoomId: 'stage', toRoomId: 'lobby' }]);
  expect(await room(page, 'stage').count()).toBe(0);
  await page.getByRole('button', { name: 'Leave lobby' }).click();
  await waitFor(() => server.callsOf('room.logout').some(({ roomId }) => roomId === 'lobby'), {
    describe: 'the logout of the room that was moved to',
  });
});

test('a cut network leaves no connection, and a restored one has a single connection again', async () => {
  const { page, server } = await open(link('stage', 'hall'));
  const counter = page.getByRole('status', { name: 'Connections' });
  await counter.getByText('2 rooms').waitFor();
  await counter.getByText('1 connection').waitFor();
  await page.getByRole('button', { name: 'Cut the network' }).click();
  await counter.getByText('0 connections').waitFor();
  await page.locator('[data-room=stage][data-state=reconnecting]').waitFor();
  await page.getByRole('log', { name: 'Event log' }).getByText('The connection is lost').first().waitFor();
  await page.getByRole('button', { name: 'Restore the network' }).click();
  await joined(page, 'stage');
  await joined(page, 'hall');
  await counter.getByText('1 connection').waitFor();
  expect(server.sockets.filter(({ readyState, OPEN }) => readyState === OPEN)).toHaveLength(1);
});

test('joins with a token, and renews it', async () => {
  const { page, server } = await open();
  await page.getByText('Credentials and more').click();
  await page.getByLabel('Token').fill('first token');
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await joined(page, 'room2');
  expect(server.callsOf('room.login')).toMatchObject([{ token: 'first token' }, { token: 'first token' }]);
  expect(server.callsOf('room.login')[0]).not.toHaveProperty('appSign');
  await page.getByLabel('New token').fill('second token');
  await page.getByRole('button', { name: 'Renew' }).click();
  await waitFor(() => server.callsOf('room.renewToken').length === 2, {
    describe: 'the renewal of both rooms',
  });
  expect(server.callsOf('room.renewToken')).toMatchObject([
    { token: 'second token' },
    { token: 'second token' },
  ]);
  expect(page.url()).not.toContain('token');
});

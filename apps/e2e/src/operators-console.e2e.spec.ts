import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { launchBrowser } from '@polyroom/cluster';
import { totpCode, waitFor } from '@polyroom/testing';
import { type Browser, type BrowserContext, type Page } from 'playwright-core';
import { allServices, loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

type NamedApp = TestApp & { name: string };

const notMultiRoom = 1002036;
const tooManyRooms = 1002037;
/** When a change is in force at every gateway. */
const inForceMs = 2000;

let cluster: TestCluster;
let apps: [NamedApp, NamedApp];
let browser: Browser;
let pageUrl: string;
const problems: string[] = [];
const password = 'violet harbour mechanic 9';
const viewerPassword = `${password} bo`;
let totpUri: string;
/** Each is valid once. */
let recoveryCodes: string[];
let ownerEmail: string;

beforeAll(async () => {
  cluster = await TestCluster.withConsole(allServices);
  apps = [
    { ...(await cluster.createApp({}, 'First demo')), name: 'First demo' },
    { ...(await cluster.createApp({}, 'Second demo')), name: 'Second demo' },
  ];
  browser = await launchBrowser();
  // Passkeys need a host name.
  pageUrl = `http://localhost:${new URL(cluster.cluster.consoleUrl!).port}/admin.html`;
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await cluster?.close();
});

async function open(context?: BrowserContext): Promise<Page> {
  const page = await (context ?? (await browser.newContext())).newPage();
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (line) => {
    // The browser reports each refusal of a request, which the pages show themselves.
    if (line.type() === 'error' && !line.text().includes('the server responded with a status of 4')) {
      problems.push(line.text());
    }
  });
  await page.goto(pageUrl);
  return page;
}

/** After the sign-in, a page shows the apps. */
const waitForApps = (page: Page) => page.getByRole('heading', { name: 'Apps', level: 1 }).waitFor();
const openAccount = (page: Page) => page.click('nav >> text=My account');
const signOut = (page: Page) => page.click('nav >> text=Sign out');

async function useRecoveryCode(page: Page): Promise<void> {
  await page.click('text=Use a recovery code instead');
  await page.fill('#recovery-code', recoveryCodes.pop()!);
  await page.keyboard.press('Enter');
  await waitForApps(page);
}

async function signIn(page: Page, email: string, withPassword: string): Promise<void> {
  await page.fill('#email', email);
  await page.fill('#password', withPassword);
  await page.keyboard.press('Enter');
}

/** Whether the page is wider than the window. */
const overflows = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

test('the first owner signs in with the keyboard alone, and chooses a password', async () => {
  const text = await readFile(cluster.cluster.firstOwnerFile, 'utf8');
  const [, email = '', temporary = ''] = /E-mail: +(\S+)\nTemporary password: (\S+)/.exec(text)!;
  ownerEmail = email;
  expect(text).toContain(`Sign in at ${pageUrl}`);
  const page = await open();
  await page.waitForSelector('#email');
  // The first field has the focus.
  await page.keyboard.type(email);
  await page.keyboard.press('Tab');
  await page.keyboard.type('not the password');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[role=alert]');
  await page.fill('#password', temporary);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#new-password');
  await page.keyboard.type(temporary);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await waitForApps(page);
  await page.setViewportSize({ width: 390, height: 860 });
  expect(await overflows(page)).toBe(false);
  await page.context().close();
});

test('an app is enrolled by its secret; then the sign-in needs a code, or a recovery code', async () => {
  const page = await open();
  await signIn(page, ownerEmail, password);
  await openAccount(page);
  await page.fill('#totp-password', password);
  await page.click('button:has-text("Enrol an app")');
  await page.waitForSelector('.qr');
  const secret = (await page.textContent('#totp-secret'))!;
  recoveryCodes = (await page.textContent('#recovery-codes'))!.split('\n');
  totpUri = `otpauth://totp/x?secret=${secret}`;
  await page.fill('#totp-code', totpCode(totpUri));
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=Remove the app');
  await signOut(page);
  await signIn(page, ownerEmail, password);
  await page.fill('#code', totpCode(totpUri, 1));
  await page.keyboard.press('Enter');
  await waitForApps(page);
  await signOut(page);
  await signIn(page, ownerEmail, password);
  await useRecoveryCode(page);
  await page.context().close();
});

test('a passkey signs the operator in, without password and code', async () => {
  const context = await browser.newContext();
  const page = await open(context);
  const devTools = await context.newCDPSession(page);
  await devTools.send('WebAuthn.enable');
  const { authenticatorId } = await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  await signIn(page, ownerEmail, password);
  await useRecoveryCode(page);
  await openAccount(page);
  await page.fill('#passkey-name', 'Virtual key');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=Virtual key');
  await signOut(page);
  await page.click('text=Sign in with a passkey');
  await waitForApps(page);
  await signOut(page);
  // A device that does not check its user is refused, even if the page does not ask for it.
  await devTools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await page.route('**/session/passkey/options', async (route) => {
    const response = await route.fetch();
    const { options } = (await response.json()) as { options: Record<string, unknown> };
    expect(options['userVerification']).toBe('required');
    await route.fulfill({ response, json: { options: { ...options, userVerification: 'discouraged' } } });
  });
  await page.click('text=Sign in with a passkey');
  await page.waitForSelector('[role=alert]');
  await page.unroute('**/session/passkey/options');
  await devTools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
  await page.click('text=Sign in with a passkey');
  await waitForApps(page);
  await openAccount(page);
  // Removed, it opens nothing.
  await page.click('button[aria-label="Remove the passkey Virtual key"]');
  await page.waitForSelector('text=Virtual key', { state: 'detached' });
  await signOut(page);
  await page.click('text=Sign in with a passkey');
  await page.waitForSelector('[role=alert]');
  expect(await page.inputValue('#email')).toBe('');
  await context.close();
});

test('an owner adds an operator, changes its roles, ends its session and disables it', async () => {
  const context = await browser.newContext();
  const page = await open(context);
  await signIn(page, ownerEmail, password);
  await useRecoveryCode(page);
  await page.click('nav >> text=Operators');
  await page.click('text=Add operator');
  await page.fill('#operator-email', 'bo@example.com');
  await page.fill('#operator-name', 'Bo');
  await page.fill('[aria-label="AppID; empty for all"]', String(apps[1].appId));
  await page.keyboard.press('Enter');
  const temporary = (await page.textContent('#temporary-password'))!;
  await page.click('button:has-text("Done")');
  const card = page.locator('[data-email="bo@example.com"]');
  await card.locator(`text=viewer of AppID ${apps[1].appId}`).waitFor();
  await page.setViewportSize({ width: 390, height: 860 });
  expect(await overflows(page)).toBe(false);
  await page.setViewportSize({ width: 1280, height: 860 });

  const other = await open();
  await signIn(other, 'bo@example.com', temporary);
  await other.fill('#current-password', temporary);
  await other.fill('#new-password', viewerPassword);
  await other.fill('#new-password-again', viewerPassword);
  await other.keyboard.press('Enter');
  await waitForApps(other);
  await openAccount(other);
  await other.waitForSelector(`text=viewer of AppID ${apps[1].appId}`);
  expect(await other.locator('nav >> text=Operators').count()).toBe(0);

  await card.locator('button:has-text("Sessions")').click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('button[aria-label^="End the session"]').click();
  await dialog.locator('text=no sessions').waitFor();
  await dialog.locator('button:has-text("Cancel")').click();
  await other.reload();
  await other.waitForSelector('#email');
  await card.locator('button:has-text("Disable")').click();
  await card.locator('text=disabled').waitFor();
  await signIn(other, 'bo@example.com', viewerPassword);
  await other.waitForSelector('[role=alert]');
  await card.locator('button:has-text("Enable")').click();
  await card.locator('text=disabled').waitFor({ state: 'detached' });
  await other.context().close();
  await context.close();
});

test('an owner turns multi-room mode on, with a limit of rooms, and off again', async () => {
  const client = await cluster.connect(0);
  const login = (roomId: string) =>
    client.codeOf('room.login', loginParams(apps[1], roomId, 'ada') as Record<string, unknown>);
  expect(await login('room-1')).toBe(notMultiRoom);

  const page = await open();
  await signIn(page, ownerEmail, password);
  await useRecoveryCode(page);
  await page.getByLabel('Search by name or AppID').fill(apps[1].name);
  await page.getByRole('link', { name: apps[1].name, exact: true }).click();
  await page.getByText(`is refused at its first login with ${notMultiRoom}`).waitFor();
  await page.getByRole('switch', { name: 'Allow multi-room mode' }).click();
  await page.getByText('One user may be in 5 rooms at once').waitFor();
  const changedAtMs = Date.now();
  await waitFor(async () => (await login('room-1')) === 0 && (await login('room-2')) === 0, {
    timeoutMs: inForceMs,
    describe: 'the login of the connected client into a second room',
  });
  expect(Date.now() - changedAtMs).toBeLessThan(inForceMs);

  await page.getByLabel('Rooms per user').fill('7');
  await page.getByRole('button', { name: 'Save limits' }).click();
  await page.getByText('One user may be in 7 rooms at once').waitFor();
  for (const room of [3, 4, 5, 6, 7]) {
    await waitFor(async () => (await login(`room-${room}`)) === 0, {
      timeoutMs: inForceMs,
      describe: `the login into room ${room}`,
    });
  }
  expect(await login('room-8')).toBe(tooManyRooms);

  await page.getByRole('switch', { name: 'Allow multi-room mode' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Turn off' }).click();
  await page.getByText('Users of this app can be in one room at a time').waitFor();
  await waitFor(async () => (await login('room-8')) === notMultiRoom, {
    timeoutMs: inForceMs,
    describe: 'the refusal of the next login',
  });
  expect(await cluster.cluster.admin.listUserRooms(apps[1].appId, 'ada')).toHaveLength(7);

  await page.getByRole('link', { name: 'Show the whole audit' }).click();
  for (const step of ['false → true', '5 → 7', 'true → false']) {
    await page.getByRole('table').getByText(step, { exact: true }).waitFor();
  }
  await page.context().close();
  client.close();
});

test('a viewer sees the same page without the switch, and the API refuses a viewer', async () => {
  const page = await open();
  await signIn(page, 'bo@example.com', viewerPassword);
  await page.locator(`[role=table] a[href$="/apps/${apps[1].appId}"]`).click();
  await page.getByText(`is refused at its first login with ${notMultiRoom}`).waitFor();
  await page.getByText('Only owners can change this.').waitFor();
  await page.getByText('maxRoomsPerUser').first().waitFor();
  expect(await page.getByRole('switch').count()).toBe(0);
  expect(await page.getByRole('textbox').count()).toBe(0);
  const gateway = `http://localhost:${new URL(cluster.cluster.gateways[0]!.httpUrl).port}`;
  const status = await page.evaluate(
    async ([url, body]) => {
      const headers = { 'content-type': 'application/json' };
      const request = { method: 'PUT', credentials: 'include', headers, body } as const;
      return (await fetch(url!, request)).status;
    },
    [`${gateway}/v1/apps/${apps[1].appId}/entitlements/multiRoom`, JSON.stringify({ value: true })],
  );
  expect(status).toBe(403);
  await page.context().close();
});

test('the health of the cluster has every service with its checks, and the media nodes', async () => {
  const page = await open();
  await signIn(page, 'bo@example.com', viewerPassword);
  await page.getByRole('heading', { name: 'Apps', level: 1 }).waitFor();
  // A role for one AppID does not show the cluster.
  expect(await page.locator('nav >> text=Cluster health').count()).toBe(0);
  await signOut(page);
  await signIn(page, ownerEmail, password);
  await useRecoveryCode(page);
  await page.click('nav >> text=Cluster health');
  const services = page.getByRole('table', { name: 'Services' });
  for (const service of ['auth', 'gateway', 'media', 'messaging', 'recorder', 'room']) {
    await services.getByText(service, { exact: true }).first().waitFor();
  }
  for (const dependency of ['NATS', 'Redis', 'PostgreSQL']) {
    await page.locator('.figure', { hasText: dependency }).getByText('ok', { exact: true }).waitFor();
  }
  await page.getByRole('table', { name: 'Media nodes' }).getByText('nd_1').waitFor();
  await page.context().close();
});

test('the audit of all apps is filtered, and exported', async () => {
  const { admin } = cluster.cluster;
  await admin.send('POST', `/v1/apps/${apps[0].appId}/bans`, { userId: 'audited', forMs: 60_000 });
  // The page reads the audit once.
  await waitFor(
    async () => (await admin.listAudit(apps[0].appId)).some(({ subject }) => subject === 'user:audited'),
    { timeoutMs: 10_000, describe: 'the row of the ban' },
  );
  const page = await open();
  await signIn(page, ownerEmail, password);
  await useRecoveryCode(page);
  await page.click('nav >> text=Audit of all apps');
  await page.getByLabel('Subject').fill('user:audited');
  await page.keyboard.press('Enter');
  await page.getByText('1 row', { exact: true }).waitFor();
  const row = page.getByRole('table').getByRole('row').nth(1);
  expect(await row.textContent()).toContain('ban.set');
  expect(await row.textContent()).toContain('local-admin');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { subject: string }).subject)).toEqual(['user:audited']);
  await page.context().close();
});

test('no page reports a problem or a violation of its content security policy', () => {
  expect(problems).toEqual([]);
  expect(cluster.logsWith(password)).toEqual([]);
});

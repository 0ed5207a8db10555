import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { launchBrowser } from '@polyroom/cluster';
import { totpCode } from '@polyroom/testing';
import { type Browser, type BrowserContext, type Page } from 'playwright-core';
import { TestCluster } from './support/test-cluster.js';

/** A directory for screenshots of the pages, to look at. */
const screenshotDir = process.env['POLYROOM_E2E_SCREENSHOTS'];

let cluster: TestCluster;
let browser: Browser;
let pageUrl: string;
const problems: string[] = [];
const password = 'violet harbour mechanic 9';
let totpUri: string;
/** Each is valid once. */
let recoveryCodes: string[];
let ownerEmail: string;

beforeAll(async () => {
  cluster = await TestCluster.withConsole();
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

async function signIn(page: Page, email: string, withPassword: string): Promise<void> {
  await page.fill('#email', email);
  await page.fill('#password', withPassword);
  await page.keyboard.press('Enter');
}

async function takeScreenshots(page: Page, name: string): Promise<void> {
  if (screenshotDir === undefined) {
    return;
  }
  await mkdir(screenshotDir, { recursive: true });
  for (const width of [1280, 390]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height: 860 });
      await page.emulateMedia({ colorScheme });
      await page.screenshot({
        path: join(screenshotDir, `${name}-${width}-${colorScheme}.png`),
        fullPage: true,
      });
    }
  }
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
  await takeScreenshots(page, 'sign-in');
  // The first field has the focus.
  await page.keyboard.type(email);
  await page.keyboard.press('Tab');
  await page.keyboard.type('not the password');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[role=alert]:not([hidden])');
  await page.fill('#password', temporary);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#new-password');
  await takeScreenshots(page, 'first-password');
  await page.keyboard.type(temporary);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=My account');
  await page.waitForSelector('#totp-password');
  await page.setViewportSize({ width: 390, height: 860 });
  expect(await overflows(page)).toBe(false);
  await page.context().close();
}, 60_000);

test('an app is enrolled by its secret; then the sign-in needs a code, or a recovery code', async () => {
  const page = await open();
  await signIn(page, ownerEmail, password);
  await page.fill('#totp-password', password);
  await page.click('text=Enrol an app >> visible=true');
  await page.waitForSelector('.qr');
  const secret = (await page.textContent('#totp-secret'))!;
  recoveryCodes = (await page.textContent('#recovery-codes'))!.split('\n');
  await takeScreenshots(page, 'totp');
  totpUri = `otpauth://totp/x?secret=${secret}`;
  await page.fill('#totp-code', totpCode(totpUri));
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=Remove the app');
  await takeScreenshots(page, 'account');
  await page.click('text=Sign out');
  await signIn(page, ownerEmail, password);
  await page.fill('#code', totpCode(totpUri, 1));
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=Remove the app');
  await page.click('text=Sign out');
  await signIn(page, ownerEmail, password);
  await page.click('summary');
  await page.fill('#recovery-code', recoveryCodes.pop()!);
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=Remove the app');
  await page.context().close();
}, 60_000);

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
  await page.click('summary');
  await page.fill('#recovery-code', recoveryCodes.pop()!);
  await page.keyboard.press('Enter');
  await page.fill('#passkey-name', 'Virtual key');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=Virtual key');
  await page.click('text=Sign out');
  await page.click('text=Sign in with a passkey');
  await page.waitForSelector('text=Virtual key');
  await page.click('text=Sign out');
  // A device that does not check its user is refused, even if the page does not ask for it.
  await devTools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await page.route('**/session/passkey/options', async (route) => {
    const response = await route.fetch();
    const { options } = (await response.json()) as { options: Record<string, unknown> };
    expect(options['userVerification']).toBe('required');
    await route.fulfill({ response, json: { options: { ...options, userVerification: 'discouraged' } } });
  });
  await page.click('text=Sign in with a passkey');
  await page.waitForSelector('[role=alert]:not([hidden])');
  await page.unroute('**/session/passkey/options');
  await devTools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
  await page.click('text=Sign in with a passkey');
  await page.waitForSelector('text=Virtual key');
  // Removed, it opens nothing.
  await page.click('button[aria-label="Remove the passkey Virtual key"]');
  await page.waitForSelector('text=Virtual key', { state: 'detached' });
  await page.click('text=Sign out');
  await page.click('text=Sign in with a passkey');
  await page.waitForSelector('[role=alert]:not([hidden])');
  expect(await page.inputValue('#email')).toBe('');
  await context.close();
}, 60_000);

test('an owner adds an operator, changes its roles, ends its session and disables it', async () => {
  const context = await browser.newContext();
  const page = await open(context);
  await signIn(page, ownerEmail, password);
  await page.click('summary');
  await page.fill('#recovery-code', recoveryCodes.pop()!);
  await page.keyboard.press('Enter');
  await page.click('text=Operators');
  await page.fill('#operator-email', 'bo@example.com');
  await page.fill('#operator-name', 'Bo');
  await page.fill('[aria-label="AppID; empty for all"]', '1234567');
  await page.click('text=Add operator');
  const temporary = (await page.textContent('#temporary-password'))!;
  const card = page.locator('[data-email="bo@example.com"]');
  await card.locator('text=viewer of AppID 1234567').waitFor();
  await takeScreenshots(page, 'operators');
  await page.setViewportSize({ width: 390, height: 860 });
  expect(await overflows(page)).toBe(false);
  await page.setViewportSize({ width: 1280, height: 860 });

  const other = await open();
  await signIn(other, 'bo@example.com', temporary);
  await other.fill('#current-password', temporary);
  await other.fill('#new-password', `${password} bo`);
  await other.fill('#new-password-again', `${password} bo`);
  await other.keyboard.press('Enter');
  await other.waitForSelector('text=viewer of AppID 1234567');
  expect(await other.locator('nav >> text=Operators').count()).toBe(0);

  await card.locator('summary').click();
  await card.locator('text=Show sessions').click();
  await card.locator('text=End >> nth=0').waitFor();
  await takeScreenshots(page, 'operator-manage');
  await card.locator('button[aria-label^="End the session"]').click();
  await card.locator('text=no sessions').waitFor();
  await other.reload();
  await other.waitForSelector('#email');
  await card.locator('button:text-is("Disable")').click();
  await card.locator('.chip.off').waitFor();
  await signIn(other, 'bo@example.com', `${password} bo`);
  await other.waitForSelector('[role=alert]:not([hidden])');
  await other.context().close();
  await context.close();
}, 60_000);

test('no page reports a problem or a violation of its content security policy', () => {
  expect(problems).toEqual([]);
  expect(cluster.logsWith(password)).toEqual([]);
});

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { launchBrowser } from '@polyroom/cluster';
import { loadConfig } from '@polyroom/config';
import { createLogger } from '@polyroom/observability';
import { waitFor } from '@polyroom/testing';
import { type Browser, type Page } from 'playwright-core';
import { findViolations, overflows } from '../test/inspect-page.js';
import { inspectedViews, photograph, photographedViews } from '../test/views.js';
import { consoleConfigSchema } from './console.config.js';
import { type RunningConsole, startConsole } from './start-console.js';

const siteDir = fileURLToPath(new URL('../../../tools/docs/dist-site', import.meta.url));

let served: RunningConsole;
let browser: Browser;
let page: Page;
let url: string;
const problems: string[] = [];

beforeAll(async () => {
  const config = loadConfig(consoleConfigSchema, {
    POLYROOM_HTTP_HOST: '127.0.0.1',
    POLYROOM_DOCS_DIR: siteDir,
  });
  served = await startConsole({ ...config, POLYROOM_HTTP_PORT: 0 }, createLogger('console', 'silent'));
  url = `http://127.0.0.1:${served.port}/docs/`;
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => problems.push(error.message));
  // Violations of the content security policy too.
  page.on('console', (line) => {
    if (line.type() === 'error' || line.type() === 'warning') {
      problems.push(`${page.url()}: ${line.text()}`);
    }
  });
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

/** Types a question into the search, and returns where its first answer leads when it no longer changes. */
async function search(question: string): Promise<string> {
  await page.goto(url);
  await page
    .getByRole('button', { name: /search/i })
    .first()
    .click();
  await page.locator('#localsearch-input').fill(question);
  const hit = page.locator('#localsearch-list .result').first();
  await hit.waitFor();
  let before = '';
  let answer = '';
  await waitFor(
    async () => {
      [before, answer] = [answer, (await hit.getAttribute('href'))?.split('/docs/')[1] ?? ''];
      return answer !== '' && answer === before;
    },
    { timeoutMs: 15_000, intervalMs: 300, describe: 'an answer' },
  );
  return answer;
}

test.each([
  ['token in Python', 'server-sdk.html#a-token-in-python'],
  ['notified when a user leaves', 'webhooks.html#get-notified-when-a-user-leaves'],
  ['7 rooms for one app', 'multi-room.html#2-set-the-limit-7-rooms-for-one-app'],
  ['public IP on Kubernetes', 'self-hosting.html#public-ip-on-kubernetes'],
  ['record a room', 'recording.html'],
  ['migrate from LiveKit', 'migrate-livekit.html'],
  ['rooms_getSettings', 'rest/rooms.html#rooms_getsettings'],
  ['stream.setExtraInfo', 'frames/requests.html#streamsetextrainfo'],
])('the search answers "%s" first with %s', async (question, answer) => {
  expect(await search(question)).toMatch(new RegExp(`^${answer}`));
});

const views = [...inspectedViews, ...photographedViews];

test.each(['', 'start.html', 'concepts.html', 'multi-room.html', 'rest/rooms.html', 'frames/requests.html'])(
  '/docs/%s on a desktop and a phone, in light and dark',
  async (path) => {
    const found: unknown[] = [];
    for (const view of views) {
      const { width, colorScheme } = view;
      await page.setViewportSize({ width, height: 860 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(url + path);
      await page.locator('h1').first().waitFor();
      expect(await page.evaluate(() => document.documentElement.classList.contains('dark'))).toBe(
        colorScheme === 'dark',
      );
      await photograph(page, `docs-${path.replaceAll(/\W/g, '-')}`, view);
      const violations = await findViolations(page);
      found.push(...violations.map((violation) => [width, colorScheme, violation]));
      if (await overflows(page)) {
        found.push([width, colorScheme, 'is wider than the window']);
      }
    }
    expect(found).toEqual([]);
  },
);

test('the search on a phone, and a page that is reached from it', async () => {
  for (const view of views) {
    await page.setViewportSize({ width: view.width, height: 860 });
    await page.emulateMedia({ colorScheme: view.colorScheme });
    await search('public IP on Kubernetes');
    await photograph(page, 'docs-search', view);
  }
  await page.locator('#localsearch-list .result').first().click();
  await page.getByRole('heading', { name: 'Public IP on Kubernetes' }).waitFor();
  // Drawn by the build.
  await page.goto(`${url}concepts.html`);
  expect(await page.locator('.diagram svg').count()).toBe(2);
  // The server-rendered page and the next one, without a reload.
  await page.locator('.VPDoc a[href*="glossary"]').first().click();
  await page.getByRole('heading', { name: 'Glossary' }).waitFor();
});

test('no page reports a problem or a violation of the content security policy', () => {
  expect(problems).toEqual([]);
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { launchBrowser } from '@polyroom/cluster';
import { waitFor } from '@polyroom/testing';
import { type Browser } from 'playwright-core';
import { SharedCluster } from './support/shared-cluster.js';
import { type TestApp } from './support/test-cluster.js';

let testCluster: SharedCluster;
let browser: Browser;
let app: TestApp;

beforeAll(async () => {
  testCluster = await SharedCluster.attach();
  app = await testCluster.createApp({ multiRoom: true });
  browser = await launchBrowser();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await testCluster?.close();
});

test('the playground joins rooms and publishes under its content security policy', async () => {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (line) => {
    if (line.type() === 'error') {
      problems.push(line.text());
    }
  });
  const response = await page.goto(testCluster.cluster.consoleUrl!);
  expect(response!.headers()['content-security-policy']).toContain("default-src 'self'");
  await page.fill('#app-id', String(app.appId));
  await page.fill('#app-sign', app.appSign);
  await page.click('#camera');
  for (const roomId of ['stage', 'backstage']) {
    await page.fill('#join-room', roomId);
    await page.click('#join button[type=submit]');
    await waitFor(async () => (await page.textContent('#rooms'))?.includes(roomId) === true, {
      timeoutMs: 15_000,
      describe: `the card of ${roomId}`,
    });
  }
  const userId = await page.inputValue('#user-id');
  await waitFor(async () => (await testCluster.cluster.admin.listUserRooms(app.appId, userId)).length === 2, {
    timeoutMs: 15_000,
    describe: 'both memberships',
  });
  expect(problems).toEqual([]);
});

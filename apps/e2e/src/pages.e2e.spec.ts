import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BrowserUser, launchBrowser } from '@polyroom/cluster';
import { waitFor } from '@polyroom/testing';
import { type Browser } from 'playwright-core';
import { type TestApp, TestCluster } from './support/test-cluster.js';

/** Resolves to this machine and is no localhost: browsers take its pages for insecure. */
const insecureHost = 'polyroom.test';
let testCluster: TestCluster;
let browser: Browser;
let app: TestApp;

beforeAll(async () => {
  testCluster = await TestCluster.withConsole();
  app = await testCluster.createApp({ multiRoom: true });
  browser = await launchBrowser([`--host-resolver-rules=MAP ${insecureHost} 127.0.0.1`]);
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

describe('a page from plain http', () => {
  test('sends messages, and is told why it has no camera', async () => {
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
    const refusal = await sender.page.evaluate(() => {
      const { engine } = (window as never as { user: { engine: { createStream(): Promise<unknown> } } }).user;
      return engine.createStream().catch(({ code, message }) => ({ code, message }));
    });
    expect(refusal).toEqual({ code: 1000010, message: expect.stringContaining('https') });
    expect([...sender.consoleErrors, ...receiver.consoleErrors]).toEqual([]);
    await Promise.all([sender.close(), receiver.close()]);
  });
});

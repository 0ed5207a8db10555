import { type Browser, type CDPSession, type Page } from 'playwright-core';
import { type Actor, type ActorOptions } from './actor.js';
import { type Call, type CallFailure } from './calls.js';
import { type ClientView, createDriver, type Driver } from './driver.js';
import { type FaultProxy } from './fault-proxy.js';
import { Intents } from './intents.js';

/** Globals of the page. */
interface Harness {
  driver: Driver;
}

/** A client in a page of Chromium, with media. */
export class PageActor implements Actor {
  readonly intents = new Intents();
  readonly isPage = true;
  isClosed = false;
  /** Errors that the page did not handle. */
  readonly pageErrors: string[] = [];

  private constructor(
    private readonly options: ActorOptions,
    readonly proxy: FaultProxy,
    private readonly page: Page,
    private readonly devtools: CDPSession,
  ) {
    page.on('pageerror', (error) => this.pageErrors.push(error.message));
  }

  static async open(
    browser: Browser,
    consoleUrl: string,
    options: ActorOptions,
    proxy: FaultProxy,
  ): Promise<PageActor> {
    const context = await browser.newContext({ permissions: ['camera', 'microphone'] });
    const page = await context.newPage();
    const actor = new PageActor(options, proxy, page, await context.newCDPSession(page));
    await page.goto(`${consoleUrl}harness.html`);
    await page.waitForFunction('window.polyroomSdk !== undefined');
    const { appId, appSign, server, userId } = options;
    await page.evaluate(`(async () => {
      const camera = await navigator.mediaDevices.getUserMedia({
        audio: true,
        video: { width: 160, height: 120, frameRate: 10 },
      });
      window.driver = (${createDriver.toString()})({
        Client: window.polyroomSdk.Client,
        userId: ${JSON.stringify(userId)},
        openMedia: () => new MediaStream(camera.getTracks().map((track) => track.clone())),
        client: ${JSON.stringify({ appId, appSign, server })},
      });
    })()`);
    return actor;
  }

  get userId(): string {
    return this.options.userId;
  }

  async call(call: Call): Promise<CallFailure | undefined> {
    try {
      return await this.page.evaluate((given) => (window as never as Harness).driver.call(given), call);
    } catch (error) {
      if (this.isClosed) {
        // The page is closed, and with it the outcome is lost.
        return { type: 'PageClosed', errorName: 'CALL_ABORTED', message: 'the page was closed' };
      }
      throw error;
    }
  }

  view(): Promise<ClientView> {
    return this.page.evaluate(() => (window as never as Harness).driver.view());
  }

  async tellNetwork(event: 'online' | 'offline'): Promise<void> {
    await this.page.evaluate((type) => void window.dispatchEvent(new Event(type)), event);
  }

  async freeze(ms: number): Promise<void> {
    await this.devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
    await new Promise((resolve) => setTimeout(resolve, ms));
    await this.devtools.send('Page.setWebLifecycleState', { state: 'active' });
  }

  async closeTab(): Promise<void> {
    this.isClosed = true;
    await this.page.close();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.page.context().close();
    await this.proxy.close();
  }
}

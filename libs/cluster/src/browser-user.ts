import { chromiumPath } from '@polyroom/testing';
import { type Browser, type Page } from 'playwright-core';
import { countConnections, createUser, type Harness } from './page-user.js';
import { type PlayStats, type UplinkStats, type UserOptions, type UserRecord } from './user-record.js';

const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--autoplay-policy=no-user-gesture-required',
];

/** `ignoreDefaultArgs`: Playwright's default flags to omit. */
export async function launchBrowser(
  options: { args?: string[]; ignoreDefaultArgs?: string[] } = {},
): Promise<Browser> {
  const { args = [], ignoreDefaultArgs = [] } = options;
  // The launcher of a cluster has no browser and does without it.
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath: await chromiumPath(),
    args: [...chromiumFlags, ...args],
    ignoreDefaultArgs,
  });
}

/** One user: a separate page in a real browser with the SDK loaded. */
export class BrowserUser {
  private constructor(
    readonly page: Page,
    readonly userId: string,
    readonly consoleErrors: string[],
  ) {}

  static async open(browser: Browser, consoleUrl: string, options: UserOptions): Promise<BrowserUser> {
    const context = await browser.newContext({ permissions: ['camera', 'microphone'] });
    const page = await context.newPage();
    const consoleErrors: string[] = [];
    page.on('pageerror', (error) => consoleErrors.push(error.message));
    await page.addInitScript(countConnections);
    await page.goto(`${consoleUrl}harness.html`);
    await page.waitForFunction('window.polyroom !== undefined');
    await page.evaluate(createUser, options);
    return new BrowserUser(page, options.userId, consoleErrors);
  }

  login(roomId: string): Promise<number> {
    return this.page.evaluate(([room, user]) => (window as never as Harness).user.login(room!, user!), [
      roomId,
      this.userId,
    ] as const);
  }

  logout(roomId?: string): Promise<void> {
    return this.page.evaluate((room) => (window as never as Harness).user.logout(room), roomId);
  }

  /** Publishes with the microphone, which beeps periodically, or with a steady tone that simulates speech. */
  publish(streamId: string, roomId: string, audio: 'beep' | 'tone' = 'beep'): Promise<void> {
    return this.page.evaluate(
      ([stream, room, which]) => (window as never as Harness).user.publish(stream, room, which),
      [streamId, roomId, audio] as const,
    );
  }

  /** Publishes audio only, on the given channel. */
  publishAudio(streamId: string, roomId: string, channel: number): Promise<void> {
    return this.page.evaluate(
      ([stream, room, which]) => (window as never as Harness).user.publishAudio(stream, room, which),
      [streamId, roomId, channel] as const,
    );
  }

  /** Adds a camera to a stream of `publishAudio` while it is being published. */
  switchCameraOn(streamId: string): Promise<void> {
    return this.page.evaluate((stream) => (window as never as Harness).user.switchCameraOn(stream), streamId);
  }

  stopPublishing(streamId: string): Promise<void> {
    return this.page.evaluate((stream) => (window as never as Harness).user.stopPublishing(stream), streamId);
  }

  unshare(streamId: string, roomId: string): Promise<void> {
    return this.page.evaluate(([stream, room]) => (window as never as Harness).user.unshare(stream!, room!), [
      streamId,
      roomId,
    ] as const);
  }

  share(streamId: string, roomId: string): Promise<void> {
    return this.page.evaluate(([stream, room]) => (window as never as Harness).user.share(stream!, room!), [
      streamId,
      roomId,
    ] as const);
  }

  play(streamId: string, roomId: string): Promise<void> {
    return this.page.evaluate(([stream, room]) => (window as never as Harness).user.play(stream!, room!), [
      streamId,
      roomId,
    ] as const);
  }

  /** Mutes one kind of the main channel's stream in a room, or in all rooms. */
  mute(kind: 'audio' | 'video', muted: boolean, roomId?: string): Promise<void> {
    return this.page.evaluate(
      ([which, value, room]) => (window as never as Harness).user.mute(which, value, room),
      [kind, muted, roomId] as const,
    );
  }

  listenToLevels(): Promise<void> {
    return this.page.evaluate(() => (window as never as Harness).user.listenToLevels());
  }

  /** The longest time between two frames of a stream since the last call; -1 before the first frame. */
  takeLongestGapMs(streamId: string): Promise<number> {
    return this.page.evaluate(
      (stream) => (window as never as Harness).user.takeLongestGapMs(stream),
      streamId,
    );
  }

  /** Enters a room and plays a stream there; returns the ms from the login to the first frame. */
  timeToFirstFrame(roomId: string, streamId: string, when: 'at once' | 'when announced'): Promise<number> {
    return this.page.evaluate(
      async ([room, stream, userId, playing]) => {
        const { user } = window as never as Harness;
        const startedAtMs = performance.now();
        const entering = user.login(room, userId);
        if (playing === 'when announced') {
          await entering;
        }
        await user.play(stream, room);
        await entering;
        while (user.takeLongestGapMs(stream) < 0) {
          if (performance.now() - startedAtMs > 20_000) {
            throw new Error(`no frame of ${stream}`);
          }
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
        return performance.now() - startedAtMs;
      },
      [roomId, streamId, this.userId, when] as const,
    );
  }

  send(roomId: string, text: string): Promise<number> {
    return this.page.evaluate(([room, message]) => (window as never as Harness).user.send(room!, message!), [
      roomId,
      text,
    ] as const);
  }

  record(): Promise<UserRecord> {
    return this.page.evaluate(() => (window as never as Harness).user.record());
  }

  /** Statistics of the receiving peer connection, summed over all inbound RTP streams. */
  playStats(): Promise<PlayStats> {
    return this.page.evaluate(() => (window as never as Harness).user.playStats());
  }

  uplinkStats(): Promise<UplinkStats> {
    return this.page.evaluate(() => (window as never as Harness).user.uplinkStats());
  }

  /** Closes the page, as a user closes a tab. Idempotent. */
  async close(): Promise<void> {
    await this.page.context().close();
  }
}

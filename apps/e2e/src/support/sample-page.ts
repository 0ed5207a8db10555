import { waitFor } from '@polyroom/testing';
import { type Browser, type BrowserContext, type Page } from 'playwright-core';
import { type TestApp } from './test-cluster.js';

const timeoutMs = 30_000;

/** One user of a sample application, or of the playground. */
export class SamplePage {
  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    /** Uncaught errors, and what the browser reports, violations of the content security policy among them. */
    readonly problems: string[],
  ) {}

  /** Enters with these answers to the questions of the sample. */
  static async open(
    browser: Browser,
    consoleUrl: string,
    sample: string,
    { appId, appSign }: TestApp,
    answers: Record<string, string>,
  ): Promise<SamplePage> {
    const fragment = new URLSearchParams({ appId: String(appId), appSign, ...answers });
    return SamplePage.openAt(browser, `${consoleUrl}samples/${sample}/#${fragment}`);
  }

  /** Opens an address of the console in a browser profile of its own. */
  static async openAt(browser: Browser, address: string): Promise<SamplePage> {
    const context = await browser.newContext({
      permissions: ['camera', 'microphone'],
      viewport: { width: 1280, height: 860 },
    });
    const page = await context.newPage();
    page.setDefaultTimeout(timeoutMs);
    const problems: string[] = [];
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (line) => {
      // The browser reports sockets that are closed while they connect, as in a network outage.
      if (line.type() === 'error' && !line.text().includes('WebSocket is closed before')) {
        problems.push(line.text());
      }
    });
    await page.goto(address);
    return new SamplePage(page, context, problems);
  }

  /** Waits until exactly these streams are on the page and each shows a video that changes. */
  async expectLive(streamIds: string[]): Promise<void> {
    let shown: string[] = [];
    await this.waitFor(
      async () => {
        shown = await this.page.$$eval('video[data-stream-id]', (videos) => [
          ...new Set(videos.map((video) => (video as HTMLVideoElement).dataset['streamId']!)),
        ]);
        return shown.sort().join() === streamIds.join();
      },
      () => `${streamIds.join()} on the page, which has ${shown.join()}`,
    );
    await Promise.all(streamIds.map((streamId) => this.expectChange(streamId)));
  }

  /** Waits until these are the rooms that the user is in. */
  async expectRooms(roomIds: string[]): Promise<void> {
    let rooms: string[] = [];
    await this.waitFor(
      async () => {
        rooms = await this.page.$$eval('[data-room][data-state=joined]', (all) =>
          all.map((each) => each.getAttribute('data-room')!),
        );
        return rooms.sort().join() === roomIds.join();
      },
      () => `the rooms ${roomIds.join()}, which are ${rooms.join()}`,
    );
  }

  async say(roomId: string, text: string): Promise<void> {
    await this.page.fill(`[data-chat="${roomId}"] input`, text);
    await this.page.click(`[data-chat="${roomId}"] button`);
    await this.expectChat(roomId, text);
  }

  async chatOf(roomId: string): Promise<string> {
    return (await this.page.textContent(`[data-chat="${roomId}"] ol`)) ?? '';
  }

  async expectChat(roomId: string, text: string): Promise<void> {
    await this.waitFor(
      async () => (await this.chatOf(roomId)).includes(text),
      () => `"${text}" in the chat of ${roomId}`,
    );
  }

  close(): Promise<void> {
    return this.context.close();
  }

  /** Waits until the video has decoded frames whose pixels differ. */
  private async expectChange(streamId: string): Promise<void> {
    const seen = new Set<string>();
    await this.waitFor(
      async () => {
        const pixels = await this.page.$eval(`video[data-stream-id="${streamId}"]`, (element) => {
          const video = element as HTMLVideoElement;
          if (video.getVideoPlaybackQuality().totalVideoFrames === 0 || video.videoWidth === 0) {
            return undefined;
          }
          const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 48 });
          const pen = canvas.getContext('2d')!;
          pen.drawImage(video, 0, 0, 64, 48);
          return pen.getImageData(0, 0, 64, 48).data.join();
        });
        if (pixels !== undefined) {
          seen.add(pixels);
        }
        return seen.size > 2;
      },
      () => `frames of ${streamId} that differ; there were ${seen.size}`,
    );
  }

  private async waitFor(condition: () => Promise<boolean>, describe: () => string): Promise<void> {
    await waitFor(condition, { timeoutMs, describe: 'the page', intervalMs: 100 }).catch(
      async (error: Error) => {
        const text = await this.page.innerText('body');
        throw new Error(`no ${describe()}\n${this.problems.join('\n')}\n${text}`, { cause: error });
      },
    );
  }
}

import { type Browser, type Page } from 'playwright-core';
import type * as client from '@polyroom/sdk';
import type * as native from '@polyroom/zego';
import type * as web from '@polyroom/zego/web';

/** Globals of the harness page, for code that runs there. */
export interface Libraries {
  polyroom: typeof native;
  polyroomWeb: typeof web;
  polyroomSdk: typeof client;
}

/** What all drivers of browsers offer. */
export interface DrivenPage {
  evaluate<Result, Arg>(work: (arg: Arg) => Result, arg: Arg): Promise<Awaited<Result>>;
  evaluate<Result>(work: () => Result): Promise<Awaited<Result>>;
  goto(url: string): Promise<unknown>;
  close(options?: { runBeforeUnload: boolean }): Promise<void>;
}

/** A page of `HarnessBrowser`. */
export interface DrivenTab extends DrivenPage {
  /** Chromium only. */
  setFrozen(isFrozen: boolean): Promise<void>;
  onError(listener: (message: string) => void): void;
}

export interface HarnessBrowser {
  newContext(): Promise<{
    newPage(): Promise<DrivenTab>;
    close(): Promise<void>;
  }>;
  close(): Promise<void>;
}

export interface HarnessPage<Driven> {
  page: Driven;
  /** Uncaught errors of the page. */
  errors: string[];
  close(): Promise<void>;
}

/** Opens the harness page in Chromium; the test creates its client there itself. */
export async function openHarness(
  browser: Browser,
  consoleUrl: string,
  beforeLoad: (page: Page) => Promise<unknown> = async () => {},
): Promise<HarnessPage<Page>> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  await beforeLoad(page);
  await page.goto(`${consoleUrl}harness.html`);
  return { page, errors, close: () => context.close() };
}

/** Same as `openHarness`, in another browser. */
export async function openHarnessIn(
  browser: HarnessBrowser,
  consoleUrl: string,
): Promise<HarnessPage<DrivenTab>> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const errors: string[] = [];
  page.onError((message) => errors.push(message));
  await page.goto(`${consoleUrl}harness.html`);
  return { page, errors, close: () => context.close() };
}

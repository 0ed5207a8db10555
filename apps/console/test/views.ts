import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Page } from 'playwright-core';

/** How a page is opened to be looked at: on a desktop or a phone, in light or dark. */
export interface View {
  width: number;
  colorScheme: 'light' | 'dark';
}

/** A directory for screenshots of the pages, to look at. */
const screenshotDir = process.env['POLYROOM_E2E_SCREENSHOTS'];

/** Each width and each colour scheme once. */
export const inspectedViews: readonly View[] = [
  { width: 1280, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
];
/** The others, for screenshots only; none without a directory for them. */
export const photographedViews: readonly View[] =
  screenshotDir === undefined
    ? []
    : [
        { width: 1280, colorScheme: 'dark' },
        { width: 390, colorScheme: 'light' },
      ];

/** Takes a screenshot of the top of the page, or of all of it, if there is a directory for it. */
export async function photograph(
  page: Page,
  name: string,
  { width, colorScheme }: View,
  fullPage = false,
): Promise<void> {
  if (screenshotDir === undefined) {
    return;
  }
  await mkdir(screenshotDir, { recursive: true });
  await page.evaluate('scrollTo(0, 0)');
  await page.screenshot({ path: join(screenshotDir, `${name}-${width}-${colorScheme}.png`), fullPage });
}

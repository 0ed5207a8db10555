import { chromiumPath, firefoxPath } from '@polyroom/testing';
import { type Browser, launch } from 'puppeteer-core';
import { type HarnessBrowser } from './harness-page.js';

/**
 * The installed Firefox over WebDriver BiDi, with a fake camera and microphone that need no permission. Playwright
 * drives its own builds of Firefox only.
 */
export async function launchFirefox(): Promise<HarnessBrowser> {
  return drive(
    await launch({
      browser: 'firefox',
      executablePath: await firefoxPath(),
      defaultViewport: null,
      extraPrefsFirefox: {
        'media.navigator.streams.fake': true,
        'media.navigator.permission.disabled': true,
        'media.autoplay.default': 0,
      },
    }),
  );
}

/** Chromium whose pages can be frozen. Playwright keeps every page visible, and Chromium freezes hidden ones only. */
export async function launchFreezable(): Promise<HarnessBrowser> {
  const args = ['--no-sandbox', '--disable-gpu'];
  return drive(await launch({ executablePath: await chromiumPath(), defaultViewport: null, args }));
}

function drive(browser: Browser): HarnessBrowser {
  return {
    newContext: async () => {
      const context = await browser.createBrowserContext();
      return {
        newPage: async () => {
          const page = await context.newPage();
          return {
            evaluate: (work: never, arg?: never) => page.evaluate(work, arg) as Promise<never>,
            goto: (url) => page.goto(url),
            close: (options) => page.close(options),
            setFrozen: async (isFrozen) => {
              const session = await page.createCDPSession();
              await session.send('Page.setWebLifecycleState', { state: isFrozen ? 'frozen' : 'active' });
            },
            onError: (listener) => void page.on('pageerror', (error) => listener(String(error))),
          };
        },
        close: () => context.close(),
      };
    },
    close: () => browser.close(),
  };
}

import { launchBrowser } from '@polyroom/cluster';
import { loadConfig } from '@polyroom/config';
import { createLogger } from '@polyroom/observability';
import { type Browser, type Page } from 'playwright-core';
import { consoleConfigSchema } from '../src/console.config.js';
import { startConsole } from '../src/start-console.js';
import { StubGateway } from './stub-gateway.js';

export const appPath = '/apps/1000000001';

/** The console in a browser, with a stub instead of a gateway. */
export interface OpenConsole {
  stub: StubGateway;
  browser: Browser;
  page: Page;
  url: string;
  /** Errors of the page. */
  problems: string[];
  /** Opens a page, and waits for a text that it shows when it is complete. */
  open(path: string, complete: string): Promise<void>;
  close(): Promise<void>;
}

export async function openConsole(): Promise<OpenConsole> {
  const stub = await StubGateway.start();
  const config = loadConfig(consoleConfigSchema, {
    POLYROOM_HTTP_HOST: '127.0.0.1',
    POLYROOM_GATEWAY_URLS: stub.url,
  });
  const served = await startConsole({ ...config, POLYROOM_HTTP_PORT: 0 }, createLogger('console', 'silent'));
  const url = `http://127.0.0.1:${served.port}/admin.html`;
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  page.setDefaultTimeout(15_000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (line) => {
    // The browser reports each refusal of a request, which the pages show themselves.
    if (line.type() === 'error' && !line.text().includes('the server responded with a status of 4')) {
      problems.push(line.text());
    }
  });
  return {
    ...{ stub, browser, page, url, problems },
    open: async (path, complete) => {
      await page.goto(`${url}#${path}`);
      await page.getByText(complete).first().waitFor();
    },
    close: async () => {
      await browser.close();
      await served.close();
      await stub.close();
    },
  };
}

import { launchBrowser } from '@polyroom/cluster';
import { loadConfig } from '@polyroom/config';
import { createLogger } from '@polyroom/observability';
import { ProtocolServer } from '@polyroom/testing/client';
import { type BrowserContext, type Page } from 'playwright-core';
import { consoleConfigSchema } from '../src/console.config.js';
import { startConsole } from '../src/start-console.js';

export const demoApps = [
  { appId: 1_000_000_001, appSign: 'a'.repeat(64), name: 'Demo, multi-room on' },
  { appId: 1_000_000_002, appSign: 'b'.repeat(64), name: 'Demo, multi-room off' },
];

/** The playground in a browser, before a server that speaks the client protocol; apps/e2e has it with a cluster. */
export interface OpenPlayground {
  url: string;
  /** An empty tab. Its gateway is its own, and refuses what `replaced` says. */
  newTab(): Promise<OpenTab>;
  /** A tab with the page. */
  open(hash?: string): Promise<OpenTab>;
  close(): Promise<void>;
}

export interface OpenTab {
  page: Page;
  server: ProtocolServer;
  /** Errors of the page. */
  problems: string[];
  close(): Promise<void>;
}

export async function openPlayground(): Promise<OpenPlayground> {
  const defaults = loadConfig(consoleConfigSchema, { POLYROOM_HTTP_HOST: '127.0.0.1' });
  const served = await startConsole(
    { ...defaults, POLYROOM_HTTP_PORT: 0, POLYROOM_DEMO_APPS: demoApps },
    createLogger('console', 'silent'),
  );
  const url = `http://127.0.0.1:${served.port}/`;
  const browser = await launchBrowser();
  const newTab = async (): Promise<OpenTab> => {
    const server = await ProtocolServer.start();
    const context = await browser.newContext({
      permissions: ['camera', 'microphone', 'clipboard-read', 'clipboard-write'],
      viewport: { width: 1280, height: 860 },
    });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await useGateway(context, server.url);
    return {
      ...{ page, server, problems: watch(page) },
      close: async () => {
        await context.close();
        await server.close();
      },
    };
  };
  return {
    url,
    newTab,
    open: async (hash = '') => {
      const tab = await newTab();
      await tab.page.goto(`${url}${hash}`);
      await tab.page.getByRole('heading', { level: 1 }).waitFor();
      return tab;
    },
    close: async () => {
      await browser.close();
      await served.close();
    },
  };
}

/** The page's configuration is as it is served, with another gateway for each tab. */
async function useGateway(context: BrowserContext, gateway: string): Promise<void> {
  await context.route('**/config.json', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), gateways: [gateway] } });
  });
}

function watch(page: Page): string[] {
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('console', (line) => {
    // The browser reports sockets that are closed while they connect, as in a network outage.
    if (line.type() === 'error' && !line.text().includes('WebSocket is closed before')) {
      problems.push(line.text());
    }
  });
  return problems;
}

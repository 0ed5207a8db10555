import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, type BrowserContext, type CDPSession, type Page } from 'playwright-core';
import { type Shown } from './shown.js';

const run = promisify(execFile);
const testDir = dirname(fileURLToPath(import.meta.url));
const rootDir = join(testDir, '..', '..', '..');
const types: Record<string, string> = { html: 'text/html', js: 'text/javascript' };

/** The built page of the specs, served from localhost, where browsers capture. */
export class BuiltPage {
  private constructor(
    private readonly dir: string,
    private readonly server: Server,
  ) {}

  static async build(env: NodeJS.ProcessEnv): Promise<BuiltPage> {
    const dir = await mkdtemp(join(tmpdir(), 'polyroom-react-'));
    const { NODE_OPTIONS: _, ...inherited } = env;
    const args = ['build', testDir, '--config', join(testDir, 'vite.config.ts'), '--outDir', dir];
    await run(join(rootDir, 'node_modules/.bin/vite'), [...args, '--emptyOutDir', '--logLevel', 'warn'], {
      cwd: rootDir,
      env: { ...inherited, NODE_ENV: 'development' },
    });
    const server = createServer((request, response) => {
      const name = new URL(request.url!, 'http://localhost').pathname.slice(1) || 'index.html';
      readFile(join(dir, name)).then(
        (body) =>
          response.setHeader('content-type', types[name.split('.').at(-1)!] ?? 'text/plain').end(body),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new BuiltPage(dir, server);
  }

  async open(browser: Browser): Promise<ReactPage> {
    const context = await browser.newContext();
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (line) => {
      // React reports misuse here.
      if (line.type() === 'error') {
        problems.push(line.text());
      }
    });
    await page.goto(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`);
    return new ReactPage(page, await context.newCDPSession(page), context, problems);
  }

  async remove(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await rm(this.dir, { recursive: true });
  }
}

/** One tab with the page. */
export class ReactPage {
  constructor(
    readonly page: Page,
    private readonly session: CDPSession,
    private readonly context: BrowserContext,
    /** Uncaught errors, and what React reports. */
    readonly problems: string[],
  ) {}

  /** Undefined unmounts everything. */
  show(shown: Shown | undefined): Promise<void> {
    return this.evaluate(`show(${JSON.stringify(shown)})`);
  }

  /** Presses a button of the page, which is no gesture of a user. */
  press(what: string): Promise<void> {
    return this.evaluate(`document.querySelector('[data-do="${what}"]').click()`);
  }

  textOf(selector: string): Promise<string> {
    return this.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ''`);
  }

  /** Null if there is no such element, or no such attribute. */
  attributeOf(selector: string, name: string): Promise<string | null> {
    return this.evaluate(
      `document.querySelector(${JSON.stringify(selector)})?.getAttribute('${name}') ?? null`,
    );
  }

  /** Frames that a video has shown so far. */
  framesOf(selector: string): Promise<number> {
    const video = `document.querySelector(${JSON.stringify(selector)})`;
    return this.evaluate(`${video}?.getVideoPlaybackQuality().totalVideoFrames ?? 0`);
  }

  /** Unlike an evaluation of Playwright, it is no gesture of a user. */
  private async evaluate<T>(expression: string): Promise<T> {
    const { exceptionDetails, result } = await this.session.send('Runtime.evaluate', {
      expression,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) {
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    }
    return result.value as T;
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

import { randomInt } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Cluster, launchBrowser, startCluster } from '@polyroom/cluster';
import { freePort, waitFor } from '@polyroom/testing';
import { type Browser } from 'playwright-core';
import { Application, type Running } from './application.js';
import { serveFolders } from './static-site.js';

const nodeVersions = ['20.20.2', '22.23.3', '24.21.0'];
/** The command needs 22.12 or later. */
const cliNodeVersions = nodeVersions.slice(1);
const roomId = 'packages';
const streamId = 'bot-camera';
/** Real time on a busy machine. */
const playedWithinMs = 60_000;
/** No eval, no inline scripts; Next.js itself needs them. */
const strictPolicy = "default-src 'none'; script-src 'self'; media-src 'self' blob:; connect-src ws:";

/**
 * Packs the client libraries and the command, installs them with the registry's packages into applications of several
 * tools, and runs these against a cluster: bundled pages play in Chromium what a bot in Node.js publishes, and so does
 * the command.
 */
export async function checkPackages(rootDir: string, args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      /** Names of consumers, separated by commas. */
      only: { type: 'string', default: 'node,cli,vite,webpack,next' },
    },
  });
  const dir = await mkdtemp(join(tmpdir(), 'polyroom-packages-'));
  const check = new PackagesCheck(rootDir, dir);
  try {
    return await check.run(values.only.split(','));
  } finally {
    await check.close();
    await rm(dir, { recursive: true, force: true });
  }
}

interface Settings {
  appId: string;
  appSign: string;
  server: string;
}

class PackagesCheck {
  private readonly startedAtMs = performance.now();
  private readonly owned: { close(): Promise<unknown> }[] = [];
  private readonly failures: string[] = [];
  private tarballs: string[] = [];
  private cliEnvironment: Record<string, string> = {};

  constructor(
    private readonly rootDir: string,
    private readonly dir: string,
  ) {}

  async run(consumers: string[]): Promise<boolean> {
    const packed = await Application.at(this.rootDir).run(process.execPath, [
      'tools/pack/pack.mjs',
      this.dir,
    ]);
    this.tarballs = packed.split('\n').filter((line) => line.endsWith('.tgz'));
    this.log(`packed ${this.tarballs.length} libraries`);
    const cluster = this.own(
      await startCluster({ rootDir: this.rootDir, mediaWorkers: 1, logLevel: 'warn' }),
    );
    await cluster.ready();
    const { serverSecret, ...settings } = await createApp(cluster);
    this.cliEnvironment = {
      POLYROOM_URL: settings.server,
      POLYROOM_API_KEY: cluster.adminToken,
      POLYROOM_SERVER_SECRET: serverSecret,
    };
    const node = await this.install('node');
    await cp(join(this.rootDir, 'libs', 'client', 'examples'), node.dir, { recursive: true });
    const bot = this.startBot(node, settings);
    await waitFor(() => bot.output().includes('published'), {
      timeoutMs: playedWithinMs,
      describe: 'the bot to publish',
    });
    this.log('a bot publishes from Node.js');
    const browser = this.own(await launchBrowser());
    for (const consumer of consumers) {
      await this.step(consumer, () => this.runConsumer(consumer, node, browser, settings));
    }
    this.failures.forEach((failure) => this.log(failure));
    return this.failures.length === 0;
  }

  /** Idempotent. */
  async close(): Promise<void> {
    for (const one of this.owned.splice(0).reverse()) {
      await one.close();
    }
  }

  private async runConsumer(
    name: string,
    node: Application,
    browser: Browser,
    settings: Settings,
  ): Promise<void> {
    switch (name) {
      case 'node':
        return this.runNode(node, settings);
      case 'cli':
        return this.runCli(settings);
      case 'vite': {
        const application = await this.install('vite');
        await application.runBin('vite', ['build', '--logLevel', 'error']);
        return this.playIn(browser, await this.serve([join(application.dir, 'dist')]), name, settings);
      }
      case 'webpack': {
        const application = await this.install('webpack');
        await application.runBin('webpack', []);
        const folders = [join(application.dir, 'dist'), application.dir];
        return this.playIn(browser, await this.serve(folders), name, settings);
      }
      case 'next': {
        const application = await this.install('next');
        await application.runBin('next', ['build']);
        return this.playIn(browser, await this.startNext(application), name, settings);
      }
      default:
        throw new Error(`no consumer is named ${name}: there are node, cli, vite, webpack, next`);
    }
  }

  /** ESM, CommonJS and wrong settings in each version of Node.js; the bot plays with the newest. */
  private async runNode(node: Application, settings: Settings): Promise<void> {
    const env = environmentOf(settings);
    const other = this.own(await startOtherServer());
    for (const version of nodeVersions) {
      const program = await this.installNode(version);
      for (const file of ['join.mjs', 'join.cjs']) {
        expectText(`${file} in Node.js ${version}`, await node.run(program, [file], { env }), ['sent\n']);
      }
      const hasWebSocket = !version.startsWith('20.');
      const servers = { OTHER_SERVER: other.url, NO_SERVER: `http://127.0.0.1:${await freePort()}` };
      const reports = await node.run(program, ['errors.mjs'], { env: { ...env, ...servers } });
      expectText(
        `errors in Node.js ${version}`,
        reports,
        hasWebSocket
          ? [
              'missing PolyroomError COMMON_ILLEGAL_PARAM server: missing',
              `other PolyroomError ROOM_CONNECT_FAILED server: no Polyroom gateway at ${other.url.replace('http', 'ws')}`,
              'HTTP 404',
              'nothing PolyroomError ROOM_CONNECT_FAILED',
              'ECONNREFUSED',
            ]
          : ['websocket PolyroomError COMMON_SDK_NO_MODULE This runtime has no WebSocket'],
      );
      this.log(`Node.js ${version}: ESM, CommonJS, errors`);
      if (hasWebSocket) {
        const played = await node.run(program, ['bot.mjs'], { env: { ...env, PLAY_STREAM_ID: streamId } });
        expectText(`the bot in Node.js ${version}`, played, ['received\n']);
        this.log(`Node.js ${version}: a bot receives audio and video`);
      }
    }
  }

  /** The packed command makes a token, examines the cluster, reads over REST, and plays with the native package. */
  private async runCli(settings: Settings): Promise<void> {
    const tarballs = [this.tarballs.find((path) => path.includes('polyroom-sdk-'))!];
    for (const workspace of ['libs/server-sdk', 'apps/cli']) {
      const packing = ['pack', '--json', '--pack-destination', this.dir, '--loglevel', 'error'];
      const printed = await Application.at(join(this.rootDir, workspace)).run('npm', packing);
      tarballs.push(join(this.dir, /"filename": "(.+?)"/.exec(printed)![1]!));
    }
    const application = await Application.install(undefined, join(this.dir, 'cli'), tarballs);
    this.log('installed the command');
    const program = join(application.dir, 'node_modules', '@polyroom', 'cli', 'dist', 'polyroom.js');
    const env = { XDG_CONFIG_HOME: application.dir, ...this.cliEnvironment, POLYROOM_APP_ID: settings.appId };
    for (const version of cliNodeVersions) {
      const node = await this.installNode(version);
      const runs: [args: string[], expected: string[]][] = [
        [['--version'], ['0.']],
        [['token', 'create', '--user', 'ada', '--room', roomId], ['.']],
        [['rooms', 'streams', roomId], [streamId]],
        [
          ['doctor', '--json'],
          ['"login"', '"UDP"'],
        ],
      ];
      for (const [args, expected] of runs) {
        expectText(
          `polyroom ${args.join(' ')} in Node.js ${version}`,
          await application.run(node, [program, ...args], { env }),
          expected,
        );
      }
      const play = ['play', '--room', roomId, '--stream', streamId, '--duration', '3s', '--json'];
      const played = await application.run(node, [program, ...play], { env });
      if (!/"frames": ?[1-9]/.test(played)) {
        throw new Error(`polyroom play in Node.js ${version}: no frames in\n${played}`);
      }
      this.log(`Node.js ${version}: the command makes a token, examines the cluster and plays`);
    }
    // As npx and scripts start it.
    expectText('polyroom', await application.runBin('polyroom', ['--help'], { env }), ['doctor']);
  }

  private async playIn(browser: Browser, url: string, userId: string, settings: Settings): Promise<void> {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) {
        problems.push(message.text());
      }
    });
    const query = new URLSearchParams({ ...settings, roomId, streamId, userId });
    await page.goto(`${url}?${query}`);
    let title = 'waiting';
    await waitFor(
      async () => {
        title = await page.title();
        return title !== '' && title !== 'waiting';
      },
      { timeoutMs: playedWithinMs, describe: 'an outcome' },
    ).catch(() => undefined);
    await page.close();
    if (title !== 'played' || problems.length > 0) {
      throw new Error(`the page of ${userId} reports "${title}"; ${problems.join('; ')}`);
    }
  }

  private async serve(folders: string[]): Promise<string> {
    return this.own(await serveFolders(folders, strictPolicy)).url;
  }

  private async startNext(application: Application): Promise<string> {
    const port = await freePort();
    const bin = join(application.dir, 'node_modules', 'next', 'dist', 'bin', 'next');
    const args = [bin, 'start', '--hostname', '127.0.0.1', '--port', String(port)];
    this.ownProcess(application.start(process.execPath, args));
    const url = `http://127.0.0.1:${port}/`;
    await waitFor(() => fetch(url).then(({ ok }) => ok), { timeoutMs: playedWithinMs, describe: 'Next.js' });
    return url;
  }

  private startBot(node: Application, settings: Settings): Running {
    const env = { ...environmentOf(settings), STREAM_ID: streamId };
    return this.ownProcess(node.start(process.execPath, ['bot.mjs'], { env, input: true }));
  }

  private async installNode(version: string): Promise<string> {
    const name = `node-linux-${process.arch}`;
    const dir = join(this.dir, `node-${version}`);
    const runtime = await Application.install(undefined, dir, [`${name}@${version}`]);
    return join(runtime.dir, 'node_modules', name, 'bin', 'node');
  }

  private async install(name: string): Promise<Application> {
    const source = join(this.rootDir, 'tools', 'check', 'consumers', name);
    const application = await Application.install(source, join(this.dir, name), this.tarballs);
    this.log(`installed ${name}`);
    return application;
  }

  private async step(name: string, run: () => Promise<void>): Promise<void> {
    try {
      await run();
      this.log(`${name}: correct`);
    } catch (error) {
      this.failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private own<T extends { close(): Promise<unknown> }>(one: T): T {
    this.owned.push(one);
    return one;
  }

  private ownProcess(running: Running): Running {
    this.own({
      close: async () => {
        running.child.kill();
        await running.ended.catch(() => undefined);
      },
    });
    return running;
  }

  private log(line: string): void {
    const seconds = ((performance.now() - this.startedAtMs) / 1000).toFixed(1).padStart(6);
    process.stdout.write(`[${seconds} s] ${line}\n`);
  }
}

async function createApp(cluster: Cluster): Promise<Settings & { serverSecret: string }> {
  const appId = randomInt(1, 0xffffffff);
  const { appSign, serverSecret } = await cluster.admin.createApp({
    appId,
    name: 'packages',
    credentialKinds: ['appSign', 'native'],
  });
  await cluster.admin.setEntitlement(appId, 'multiRoom', true);
  return { appId: String(appId), appSign, serverSecret, server: cluster.gateways[0]!.httpUrl };
}

function environmentOf({ appId, appSign, server }: Settings): Record<string, string> {
  return { APP_ID: appId, APP_SIGN: appSign, ROOM_ID: roomId, SERVER: server };
}

/** A web server that is no gateway. */
async function startOtherServer(): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((_, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function expectText(what: string, output: string, parts: string[]): void {
  const missing = parts.filter((part) => !output.includes(part));
  if (missing.length > 0) {
    throw new Error(`${what}: no "${missing.join('", "')}" in\n${output}`);
  }
}

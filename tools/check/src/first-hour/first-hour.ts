import { randomInt } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, launchBrowser, startCluster } from '@polyroom/cluster';
import { freePort, readSamples, waitFor } from '@polyroom/testing';
import { type Browser, type Page } from 'playwright-core';
import { Application } from '../packages/application.js';

/** The page of docs/ that the check follows. */
const guide = 'start.md';
const rooms = ['stage', 'backstage', 'support'];
const maxLines = 15;
/** Real time on a busy machine. */
const playedWithinMs = 60_000;
/** Enough to know that the video moves. */
const frames = 20;

/**
 * Does what the five-minute start tells a new user, from `npm init` in an empty folder with packed packages to a camera
 * that a second page plays in three rooms. Counts the commands and the lines of code of the guide.
 */
export async function checkFirstHour(rootDir: string): Promise<boolean> {
  const owned: { close(): Promise<unknown> }[] = [];
  const dir = await mkdtemp(join(tmpdir(), 'polyroom-first-hour-'));
  const startedAtMs = performance.now();
  const log = (line: string): void => {
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1).padStart(6);
    process.stdout.write(`[${seconds} s] ${line}\n`);
  };
  try {
    const commands = (await readSamples(guide, 'sh')).flatMap((block) => block.trim().split('\n'));
    const [code = '', ...others] = await readSamples(guide, 'html');
    if (others.length > 0) {
      throw new Error(`docs/${guide} has ${others.length + 1} samples of HTML, the check follows one`);
    }
    const cluster = await startCluster({ rootDir, mediaWorkers: 1, logLevel: 'warn' });
    owned.push(cluster);
    await cluster.ready();
    log('the cluster is ready');

    const followed = await follow(commands, { rootDir, dir, page: await fillIn(code, cluster) });
    owned.push(followed);
    log(`the page is served at ${followed.url}`);
    const browser = await launchBrowser();
    owned.push({ close: () => browser.close() });
    await openPage(browser, followed.url);
    const viewer = await openPage(browser, followed.url);
    await waitFor(async () => (await countFrames(viewer)).every((count) => count >= frames), {
      timeoutMs: playedWithinMs,
      describe: `${frames} frames in each of ${rooms.length} rooms`,
    });
    log(
      `the second page shows the camera of the first in ${rooms.join(', ')}: ${(await countFrames(viewer)).join(', ')} frames`,
    );

    const lines = code.trim().split('\n').length;
    log(`${commands.length} commands, ${lines} lines of code (at most ${maxLines})`);
    return lines <= maxLines;
  } finally {
    for (const one of owned.reverse()) {
      await one.close();
    }
    await rm(dir, { recursive: true, force: true });
  }
}

/** The code with an AppID of the cluster, as a user copies it from the terminal. */
async function fillIn(code: string, cluster: Cluster): Promise<string> {
  const appId = randomInt(1, 0xffffffff);
  const { appSign } = await cluster.admin.createApp({
    appId,
    name: 'first hour',
    credentialKinds: ['appSign'],
  });
  await cluster.admin.setEntitlement(appId, 'multiRoom', true);
  const values = {
    APP_ID: String(appId),
    APP_SIGN: appSign,
    'http://127.0.0.1:7080': cluster.gateways[0]!.httpUrl,
  };
  return Object.entries(values).reduce((text, [placeholder, value]) => {
    if (!text.includes(placeholder)) {
      throw new Error(`the sample of docs/${guide} has no ${placeholder}`);
    }
    return text.replaceAll(placeholder, value);
  }, code);
}

interface Followed {
  url: string;
  close(): Promise<void>;
}

/** Runs the commands of the guide: those of the checkout on this one, the others in an empty folder. */
async function follow(
  commands: string[],
  { rootDir, dir, page }: { rootDir: string; dir: string; page: string },
): Promise<Followed> {
  const application = Application.at(join(dir, 'application'));
  const packages = join(dir, 'packages');
  await mkdir(application.dir);
  await writeFile(join(application.dir, 'index.html'), page);
  let served: Followed | undefined;
  for (const command of commands) {
    if (command === 'npm start') {
      continue; // The cluster of the check runs in its place.
    } else if (command === 'mkdir -p packages') {
      await mkdir(packages);
    } else if (command === 'node tools/pack/pack.mjs packages') {
      await Application.at(rootDir).run(process.execPath, ['tools/pack/pack.mjs', packages]);
    } else if (command.startsWith('npm ')) {
      const line = command.replaceAll('../polyroom/packages', packages);
      await application.run('bash', ['-c', `${line} --no-audit --no-fund --loglevel error`]);
    } else if (command === 'npx vite') {
      served = await serve(application);
    } else {
      throw new Error(`the check does not know how to follow "${command}" of docs/${guide}`);
    }
  }
  if (served === undefined) {
    throw new Error(`docs/${guide} serves no page`);
  }
  return served;
}

/** Starts the program that `npx vite` runs: npx would leave it running when the check ends it. */
async function serve(application: Application): Promise<Followed> {
  const port = await freePort();
  const url = `http://localhost:${port}/`;
  const vite = join(application.dir, 'node_modules', '.bin', 'vite');
  const running = application.start(vite, ['--port', String(port), '--strictPort']);
  const close = async (): Promise<void> => {
    running.child.kill();
    await running.ended.catch(() => undefined);
  };
  const isServed = () => fetch(url).then(({ ok }) => ok);
  await waitFor(isServed, { timeoutMs: playedWithinMs, describe: 'Vite' }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return { url, close };
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ permissions: ['camera', 'microphone'] });
  const page = await context.newPage();
  page.on('pageerror', (error) => process.stdout.write(`a page reports: ${error.message}\n`));
  await page.goto(url);
  return page;
}

/** Frames that the video of each room has shown. */
function countFrames(page: Page): Promise<number[]> {
  return page.evaluate(
    (ids) =>
      ids.map(
        (id) => (document.getElementById(id) as HTMLVideoElement).getVideoPlaybackQuality().totalVideoFrames,
      ),
    rooms,
  );
}

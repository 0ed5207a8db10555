import { parseArgs } from 'node:util';
import { type Cluster, launchBrowser, startCluster } from '@polyroom/cluster';
import { freePort } from '@polyroom/testing';
import { type Browser, type Page } from 'playwright-core';
import { type LeakCycles, preparePage } from './leak-page.js';
import { findGrowth, type Growth, PageCounter } from './page-objects.js';

const appId = 48;
const roomId = 'room-1';
const playedStreamId = 'partner-cam';
/** Code that was compiled, caches that were filled and listeners that were set up once do not count. */
const warmUpCycles = 10;
/** The heap varies by some 100 KB between collections. */
const heapLimit = { bytesPerCycle: 2048, bytes: 500_000 };

export interface LeakCounts {
  /** Engines that are created and destroyed. */
  engines: number;
  /** Rooms that are entered and left by one client. */
  joins: number;
}

export interface LeakResult extends Growth {
  name: keyof LeakCounts;
  cycles: number;
  passed: boolean;
}

/** Repeats the life of engines and rooms with media in Chromium: nothing may grow. */
export async function checkLeaks(rootDir: string, args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: { engines: { type: 'string', default: '100' }, joins: { type: 'string', default: '300' } },
  });
  const results = await runLeakCycles(rootDir, {
    engines: Number(values.engines),
    joins: Number(values.joins),
  });
  for (const { cycles, grown, heapBytesPerCycle, name, passed } of results) {
    const heap = `${(heapBytesPerCycle / 1024).toFixed(2)} KiB of heap per cycle`;
    process.stdout.write(
      `${passed ? 'passed' : 'FAILED'}  ${cycles} ${name}: ${heap}; ${grown.join(', ') || 'no object more'}\n`,
    );
  }
  return results.every(({ passed }) => passed);
}

export async function runLeakCycles(rootDir: string, counts: LeakCounts): Promise<LeakResult[]> {
  const cluster = await startCluster({
    rootDir,
    consolePort: await freePort(),
    gatewayPorts: [await freePort()],
    mediaWorkers: 1,
    logLevel: 'warn',
  });
  let browser: Browser | undefined;
  try {
    await cluster.ready();
    const { appSign } = await cluster.admin.createApp({ appId, name: 'check', credentialKinds: ['appSign'] });
    await cluster.admin.setEntitlement(appId, 'multiRoom', true);
    browser = await launchBrowser();
    const partner = await openPage(browser, cluster, appSign, 'partner');
    await partner.evaluate(
      (streamId) => (window as never as { cycles: LeakCycles }).cycles.publish(streamId),
      playedStreamId,
    );
    const results: LeakResult[] = [];
    for (const name of ['engines', 'joins'] as const) {
      const page = await openPage(browser, cluster, appSign, name);
      results.push(await measure(page, name, counts[name]));
      await page.context().close();
    }
    return results;
  } finally {
    await browser?.close();
    await cluster.close();
  }
}

async function measure(page: Page, name: keyof LeakCounts, cycles: number): Promise<LeakResult> {
  const run = (count: number): Promise<void> =>
    page.evaluate(
      ([which, times]) => {
        const { cycles: all } = window as never as { cycles: LeakCycles };
        return which === 'engines' ? all.createAndDestroy(times) : all.joinAndLeave(times);
      },
      [name, count] as const,
    );
  const counter = await PageCounter.attach(page);
  await run(Math.min(warmUpCycles, cycles));
  const before = await counter.count();
  await run(cycles);
  const growth = findGrowth(before, await counter.count(), cycles);
  const grownBytes = growth.heapBytesPerCycle * cycles;
  const isHeapStable = growth.heapBytesPerCycle <= heapLimit.bytesPerCycle || grownBytes <= heapLimit.bytes;
  return { ...growth, name, cycles, passed: growth.grown.length === 0 && isHeapStable };
}

async function openPage(browser: Browser, cluster: Cluster, appSign: string, userId: string): Promise<Page> {
  const context = await browser.newContext({ permissions: ['camera', 'microphone'] });
  const page = await context.newPage();
  await page.goto(`${cluster.consoleUrl}harness.html`);
  await page.waitForFunction('window.polyroomSdk !== undefined');
  await page.evaluate(preparePage, {
    ...{ appId, appSign, userId, roomId, playedStreamId },
    server: cluster.gateways[0]!.wsUrl,
  });
  return page;
}

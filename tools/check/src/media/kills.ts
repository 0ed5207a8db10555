import { setTimeout as sleep } from 'node:timers/promises';
import { Bus } from '@polyroom/bus';
import { type Cluster, launchBrowser, startCluster } from '@polyroom/cluster';
import { freePort, waitFor } from '@polyroom/testing';
import { Call, mediaWorkers, nodeIds } from './call.js';

export interface KillOptions {
  kills: number;
  drains: number;
  say: (line: string) => void;
}

const appId = 42;

/** The longest time without a new frame at any viewer, for each kill and each drain. */
export async function measureKills(
  rootDir: string,
  { drains, kills, say }: KillOptions,
): Promise<{ killGapsMs: number[]; drainGapsMs: number[] }> {
  const cluster = await startCluster({
    rootDir,
    consolePort: await freePort(),
    mediaNodes: nodeIds.length,
    mediaWorkers,
    logLevel: 'warn',
  });
  const browser = await launchBrowser();
  const bus = await Bus.connect({ url: cluster.natsUrl, name: 'check' });
  try {
    await cluster.ready();
    const { appSign } = await cluster.admin.createApp({ appId, name: 'check', credentialKinds: ['appSign'] });
    await cluster.admin.setEntitlement(appId, 'multiRoom', true);
    const gatewayUrl = cluster.gateways[0]!.wsUrl;
    const call = await Call.begin({ cluster, bus, browser, appId, appSign, gatewayUrl });
    const harm = new Harm(cluster, call);
    const killGapsMs: number[] = [];
    for (let kill = 1; kill <= kills; kill += 1) {
      const what = kill % 2 === 1 ? 'worker' : 'node';
      const gapMs = await harm.gapAfter(() =>
        what === 'worker' ? harm.killWorker() : harm.endNode('SIGKILL'),
      );
      say(`kill ${kill}, ${what}: ${Math.round(gapMs)} ms`);
      killGapsMs.push(gapMs);
    }
    const drainGapsMs: number[] = [];
    for (let drain = 1; drain <= drains; drain += 1) {
      const gapMs = await harm.gapAfter(() => harm.endNode('SIGTERM'));
      say(`drain ${drain}: ${Math.round(gapMs)} ms`);
      drainGapsMs.push(gapMs);
    }
    return { killGapsMs, drainGapsMs };
  } finally {
    await bus.close();
    await browser.close();
    await cluster.close();
  }
}

/** Ends the worker or the node that carries a call. */
class Harm {
  private hasRestarted = (): boolean => true;

  constructor(
    private readonly cluster: Cluster,
    private readonly call: Call,
  ) {}

  async gapAfter(harm: () => Promise<void>): Promise<number> {
    const { call } = this;
    await waitFor(this.hasRestarted, { timeoutMs: 30_000, describe: 'the node to restart' });
    await call.settle();
    await call.takeGapsMs();
    await harm();
    // Packets in flight still arrive; after them frames have to arrive steadily again.
    await sleep(500);
    await call.waitUntilSteady();
    const gapsMs = await call.takeGapsMs();
    await this.assertRoomUntouched();
    return Math.max(...gapsMs);
  }

  async killWorker(): Promise<void> {
    process.kill((await this.call.locate()).workerPid, 'SIGKILL');
  }

  async endNode(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { nodeId } = await this.call.locate();
    const ending = this.cluster.process(nodeId.replace('nd_', 'media-'));
    const { pid } = ending;
    this.hasRestarted = () => ending.pid !== pid;
    ending.kill(signal);
  }

  private async assertRoomUntouched(): Promise<void> {
    const { call } = this;
    for (const user of call.users) {
      const { socketsMade } = await user.record();
      const reasons = await call.roomReasons(user);
      if (socketsMade !== 1 || reasons.some((reason) => reason > 1)) {
        throw new Error(`the rooms of ${user.userId} changed: ${reasons.join(' ')}`);
      }
    }
    if (!(await call.send('still here'))) {
      throw new Error('the room accepts no messages');
    }
  }
}

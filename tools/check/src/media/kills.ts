import { setTimeout as sleep } from 'node:timers/promises';
import { Bus } from '@polyroom/bus';
import { BrowserUser, type Cluster, launchBrowser, placeApart, startCluster } from '@polyroom/cluster';
import { mediaRpc, type ReplyOf } from '@polyroom/contracts';
import { freePort, waitFor } from '@polyroom/testing';

export interface KillOptions {
  kills: number;
  drains: number;
  say: (line: string) => void;
}

const appId = 42;
const stream = 'camera';
const room = 'call';
const nodeIds = ['nd_1', 'nd_2'];

type Dump = ReplyOf<typeof mediaRpc.dumpNode>;

/** The longest time without a new frame at any viewer, for each kill and each drain. */
export async function measureKills(
  rootDir: string,
  { drains, kills, say }: KillOptions,
): Promise<{ killGapsMs: number[]; drainGapsMs: number[] }> {
  const cluster = await startCluster({
    rootDir,
    consolePort: await freePort(),
    mediaNodes: nodeIds.length,
    mediaWorkers: 2,
    logLevel: 'warn',
  });
  const browser = await launchBrowser();
  const bus = await Bus.connect({ url: cluster.natsUrl, name: 'check' });
  try {
    await cluster.ready();
    const { appSign } = await cluster.admin.createApp({ appId, name: 'check', credentialKinds: ['appSign'] });
    await cluster.admin.setEntitlement(appId, 'multiRoom', true);
    const open = (userId: string): Promise<BrowserUser> =>
      BrowserUser.open(browser, cluster.consoleUrl!, {
        appId,
        appSign,
        gatewayUrl: cluster.gateways[0]!.wsUrl,
        userId,
      });
    const call = new Call(cluster, bus, await open('publisher'), [await open('near'), await open('far')]);
    await call.begin();
    const killGapsMs: number[] = [];
    for (let kill = 1; kill <= kills; kill += 1) {
      const what = kill % 2 === 1 ? 'worker' : 'node';
      const gapMs = await call.gapAfter(() =>
        what === 'worker' ? call.killWorker() : call.endNode('SIGKILL'),
      );
      say(`kill ${kill}, ${what}: ${Math.round(gapMs)} ms`);
      killGapsMs.push(gapMs);
    }
    const drainGapsMs: number[] = [];
    for (let drain = 1; drain <= drains; drain += 1) {
      const gapMs = await call.gapAfter(() => call.endNode('SIGTERM'));
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

/** One camera, a viewer on its node, and a viewer on another node. */
class Call {
  private hasRestarted = (): boolean => true;

  constructor(
    private readonly cluster: Cluster,
    private readonly bus: Bus,
    private readonly publisher: BrowserUser,
    private readonly viewers: BrowserUser[],
  ) {}

  async begin(): Promise<void> {
    const [near, far] = this.viewers;
    await this.publisher.login(room);
    await placeApart(far!, 'elsewhere', async () => {
      const [own, other] = await Promise.all([this.nodeOf('far'), this.nodeOf('publisher')]);
      return own !== undefined && own !== other;
    });
    await Promise.all([near!.login(room), far!.login(room)]);
    await this.publisher.publish(stream, room);
    await Promise.all(this.viewers.map((viewer) => viewer.play(stream, room)));
    await this.settle();
  }

  async gapAfter(harm: () => Promise<void>): Promise<number> {
    await this.settle();
    await Promise.all(this.viewers.map((viewer) => viewer.takeLongestGapMs(stream)));
    await harm();
    // Packets in flight still arrive; after them frames have to arrive steadily again.
    await sleep(500);
    await this.waitUntilSteady();
    const gapsMs = await Promise.all(this.viewers.map((viewer) => viewer.takeLongestGapMs(stream)));
    await this.assertRoomUntouched();
    return Math.max(...gapsMs);
  }

  async killWorker(): Promise<void> {
    process.kill((await this.locate()).workerPid, 'SIGKILL');
  }

  async endNode(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { nodeId } = await this.locate();
    const ending = this.cluster.process(nodeId.replace('nd_', 'media-'));
    const { pid } = ending;
    this.hasRestarted = () => ending.pid !== pid;
    ending.kill(signal);
  }

  /** The publishing node, with its worker. */
  private async locate(): Promise<{ nodeId: string; workerPid: number }> {
    for (const { nodeId, sessions } of await this.dumps()) {
      const session = sessions.find(({ upstreams }) => upstreams.length > 0);
      if (session !== undefined) {
        return { nodeId, workerPid: session.workerPid };
      }
    }
    throw new Error('no user publishes');
  }

  private async nodeOf(userId: string): Promise<string | undefined> {
    const dumps = await this.dumps();
    return dumps.find(({ sessions }) => sessions.some((session) => session.userId === userId))?.nodeId;
  }

  private dumps(): Promise<Dump[]> {
    return Promise.all(nodeIds.map((nodeId) => this.bus.requestNode(mediaRpc.dumpNode, nodeId, {})));
  }

  /**
   * Waits until both nodes are complete, each session is on one of them, and every viewer receives frames.
   */
  private async settle(): Promise<void> {
    await waitFor(this.hasRestarted, { timeoutMs: 30_000, describe: 'the node to restart' });
    await this.cluster.ready();
    await waitFor(
      async () => {
        const dumps = await this.dumps();
        const sessions = dumps.reduce((sum, dump) => sum + dump.sessions.length, 0);
        return sessions === 3 && dumps.every(({ workers }) => workers.length === 2);
      },
      { timeoutMs: 30_000, describe: 'both nodes to be complete', intervalMs: 100 },
    );
    await this.waitUntilSteady();
    // A restarted node has reported, and is monitored.
    await sleep(1500);
  }

  private async waitUntilSteady(): Promise<void> {
    try {
      await this.waitForPictures();
    } catch (error) {
      const dumps = await this.dumps();
      const players = await Promise.all(
        this.viewers.map(async (viewer) => (await viewer.record()).playerStates.slice(-6)),
      );
      throw new Error(JSON.stringify({ dumps, players }, null, 1), { cause: error });
    }
  }

  private async waitForPictures(): Promise<void> {
    await Promise.all(
      this.viewers.map(async (viewer) => {
        let last = await viewer.playStats();
        let frames = 0;
        await waitFor(
          async () => {
            const now = await viewer.playStats();
            frames += Math.max(0, now.framesDecoded - last.framesDecoded);
            last = now;
            return frames > 15;
          },
          { timeoutMs: 20_000, describe: `frames at ${viewer.userId}`, intervalMs: 50 },
        );
      }),
    );
  }

  private async assertRoomUntouched(): Promise<void> {
    for (const user of [this.publisher, ...this.viewers]) {
      const { roomStates, socketsMade } = await user.record();
      const isTouched = roomStates.some(({ reason, roomID }) => roomID === room && reason > 1);
      if (socketsMade !== 1 || isTouched) {
        throw new Error(`the rooms of ${user.userId} changed: ${JSON.stringify(roomStates)}`);
      }
    }
    if ((await this.publisher.send(room, 'still here')) !== 0) {
      throw new Error('the room accepts no messages');
    }
  }
}

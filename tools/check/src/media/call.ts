import { setTimeout as sleep } from 'node:timers/promises';
import { type Bus } from '@polyroom/bus';
import { BrowserUser, type Cluster, placeApart } from '@polyroom/cluster';
import { mediaRpc, type ReplyOf } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { type Browser } from 'playwright-core';

/** Of each media node of the cluster. */
export const mediaWorkers = 2;
/** The media nodes of the cluster. */
export const nodeIds = ['nd_1', 'nd_2'];

const stream = 'camera';
const room = 'call';

type Dump = ReplyOf<typeof mediaRpc.dumpNode>;

interface CallOptions {
  cluster: Cluster;
  bus: Bus;
  browser: Browser;
  appId: number;
  appSign: string;
  gatewayUrl: string | string[];
}

/** One camera in a real browser, a viewer on its media node, and a viewer on the other one. */
export class Call {
  private constructor(
    private readonly cluster: Cluster,
    private readonly bus: Bus,
    readonly publisher: BrowserUser,
    readonly viewers: readonly BrowserUser[],
  ) {}

  /** Returns when both viewers receive frames. */
  static async begin({ browser, bus, cluster, ...user }: CallOptions): Promise<Call> {
    const open = (userId: string): Promise<BrowserUser> =>
      BrowserUser.open(browser, cluster.consoleUrl!, { ...user, userId });
    const publisher = await open('publisher');
    const [near, far] = [await open('near'), await open('far')];
    const call = new Call(cluster, bus, publisher, [near, far]);
    await publisher.login(room);
    await placeApart(far, 'elsewhere', async () => {
      const [own, other] = await Promise.all([call.nodeOf('far'), call.nodeOf('publisher')]);
      return own !== undefined && own !== other;
    });
    await Promise.all([near.login(room), far.login(room)]);
    await publisher.publish(stream, room);
    await Promise.all(call.viewers.map((viewer) => viewer.play(stream, room)));
    await call.settle();
    return call;
  }

  get users(): BrowserUser[] {
    return [this.publisher, ...this.viewers];
  }

  /** The longest time without a new frame since the last call, for each viewer. */
  takeGapsMs(): Promise<number[]> {
    return Promise.all(this.viewers.map((viewer) => viewer.takeLongestGapMs(stream)));
  }

  /** Whether the room takes a message of the publisher. */
  async send(text: string): Promise<boolean> {
    return (await this.publisher.send(room, text)) === 0;
  }

  /** The states of the call's room at a user, in their order, as ZEGO's reasons. */
  async roomReasons(user: BrowserUser): Promise<number[]> {
    const { roomStates } = await user.record();
    return roomStates.filter(({ roomID }) => roomID === room).map(({ reason }) => reason);
  }

  /** The publishing node, with its worker. */
  async locate(): Promise<{ nodeId: string; workerPid: number }> {
    for (const { nodeId, sessions } of await this.dumps()) {
      const session = sessions.find(({ upstreams }) => upstreams.length > 0);
      if (session !== undefined) {
        return { nodeId, workerPid: session.workerPid };
      }
    }
    throw new Error('no user publishes');
  }

  /**
   * Waits until both nodes are complete, each session of the call is on one of them, and every viewer receives frames.
   */
  async settle(): Promise<void> {
    await this.cluster.ready();
    await waitFor(() => this.isComplete(), {
      timeoutMs: 30_000,
      describe: 'both nodes to be complete',
      intervalMs: 100,
    });
    await this.waitUntilSteady();
    // A restarted node has reported, and is monitored.
    await sleep(1500);
  }

  /** Whether both nodes are complete, and each session of the call is on one of them. */
  async isComplete(): Promise<boolean> {
    const dumps = await this.dumps();
    const sessions = dumps.reduce((sum, dump) => sum + dump.sessions.length, 0);
    return sessions === this.users.length && dumps.every(({ workers }) => workers.length === mediaWorkers);
  }

  async waitUntilSteady(): Promise<void> {
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

  /** All users leave, and close their pages. */
  async close(): Promise<void> {
    await Promise.all(
      this.users.map(async (user) => {
        await user.logout();
        await user.close();
      }),
    );
  }

  /** Where the session of a user is. */
  async nodeOf(userId: string): Promise<string | undefined> {
    const dumps = await this.dumps();
    return dumps.find(({ sessions }) => sessions.some((session) => session.userId === userId))?.nodeId;
  }

  /** Both nodes, with the sessions of the call's users only. */
  private async dumps(): Promise<Dump[]> {
    const userIds = new Set(this.users.map(({ userId }) => userId));
    const dumps = await Promise.all(
      nodeIds.map((nodeId) => this.bus.requestNode(mediaRpc.dumpNode, nodeId, {})),
    );
    return dumps.map((dump) => ({
      ...dump,
      sessions: dump.sessions.filter(({ userId }) => userIds.has(userId)),
    }));
  }
}

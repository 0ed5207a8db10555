import { randomInt } from 'node:crypto';
import { Bus } from '@polyroom/bus';
import {
  BrowserUser,
  type Cluster,
  findOwnAddress,
  launchBrowser,
  placeApart,
  startCluster,
} from '@polyroom/cluster';
import { mediaRpc, type ReplyOf } from '@polyroom/contracts';
import { freePort } from '@polyroom/testing';
import { issueNativeToken } from '@polyroom/tokens';
import { type Browser } from 'playwright-core';

type Dump = ReplyOf<typeof mediaRpc.dumpNode>;

export const room = 'studio';
const nodeIds = ['nd_1', 'nd_2'];

/** A cluster of two media nodes, with one room and, on each node, a viewer in Chromium with our SDK. */
export class InteropWorld {
  private constructor(
    private readonly cluster: Cluster,
    private readonly bus: Bus,
    private readonly browser: Browser,
    private readonly app: { appId: number; appSign: string; serverSecret: string },
    readonly viewers: BrowserUser[],
  ) {}

  static async start(rootDir: string): Promise<InteropWorld> {
    const cluster = await startCluster({
      rootDir,
      logLevel: 'warn',
      consolePort: await freePort(),
      interopPorts: [await freePort(), await freePort()],
      mediaNodes: nodeIds.length,
      mediaWorkers: 1,
      mediaEnv: { POLYROOM_MEDIA_LISTEN_IP: ownAddress() },
    });
    const opened: { close(): Promise<void> }[] = [cluster];
    try {
      await cluster.ready();
      const bus = await Bus.connect({ url: cluster.natsUrl, name: 'check' });
      opened.push(bus);
      const browser = await launchBrowser();
      opened.push(browser);
      const appId = randomInt(1, 0xffffffff);
      const secrets = await cluster.admin.createApp({
        appId,
        name: 'interop',
        credentialKinds: ['appSign', 'native'],
      });
      await cluster.admin.setEntitlement(appId, 'multiRoom', true);
      const world = new InteropWorld(cluster, bus, browser, { appId, ...secrets }, []);
      await world.placeViewers();
      return world;
    } catch (error) {
      for (const each of opened.reverse()) {
        await each.close();
      }
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.bus.close();
    await this.cluster.close();
  }

  /** An endpoint of one of the two instances. */
  endpoint(stream: string, protocol: 'whip' | 'whep', instance: 0 | 1 = 0): string {
    return `${this.cluster.interopUrls[instance]}/v1/interop/apps/${this.app.appId}/rooms/${room}/streams/${stream}/${protocol}`;
  }

  token(userId: string, right: 'publish' | 'subscribe'): Promise<string> {
    const { appId, serverSecret: secret } = this.app;
    const rooms = [{ roomId: room, rights: ['login' as const, right] }];
    return issueNativeToken({ appId, userId, secret, effectiveTimeSeconds: 600, rooms });
  }

  /** How often each viewer was notified that the stream was added to the room, or removed from it. */
  async countUpdates(what: 'added' | 'removed'): Promise<number[]> {
    const records = await Promise.all(this.viewers.map((viewer) => viewer.record()));
    const updateType = what === 'added' ? 0 : 1;
    return records.map(
      ({ streamUpdates }) => streamUpdates.filter((update) => update.updateType === updateType).length,
    );
  }

  /** The media node of a user's session. */
  async nodeOf(userId: string): Promise<string | undefined> {
    const dumps = await this.dumps();
    return dumps.find(({ sessions }) => sessions.some((session) => session.userId === userId))?.nodeId;
  }

  /** What is left of users who have left: memberships, sessions, transports, pipes. */
  async leftOf(userIds: readonly string[]): Promise<string[]> {
    const left: string[] = [];
    for (const userId of userIds) {
      const rooms = await this.cluster.admin.listUserRooms(this.app.appId, userId);
      left.push(...rooms.map((roomId) => `${userId} is in ${roomId}`));
    }
    for (const { nodeId, pipes, pipesIn, pipesOut, sessions } of await this.dumps()) {
      const others = sessions.filter(
        ({ userId }) => !this.viewers.some((viewer) => viewer.userId === userId),
      );
      left.push(...others.map(({ userId }) => `${userId} has a session on ${nodeId}`));
      const streams = sessions.flatMap(({ downlinks, upstreams }) => [...downlinks, ...upstreams]);
      left.push(...streams.map(({ streamId }) => `${nodeId} has a link of ${streamId}`));
      const count = pipes.length + pipesIn.length + pipesOut.length;
      left.push(...(count > 0 ? [`${nodeId} has ${count} pipes`] : []));
    }
    return left;
  }

  private dumps(): Promise<Dump[]> {
    return Promise.all(nodeIds.map((nodeId) => this.bus.requestNode(mediaRpc.dumpNode, nodeId, {})));
  }

  private async placeViewers(): Promise<void> {
    const { appId, appSign } = this.app;
    for (const [index, userId] of ['viewer-1', 'viewer-2'].entries()) {
      const gatewayUrl = this.cluster.gateways[index]!.wsUrl;
      const options = { appId, appSign, gatewayUrl, userId };
      const viewer = await BrowserUser.open(this.browser, this.cluster.consoleUrl!, options);
      const others = await Promise.all(this.viewers.map((other) => this.nodeOf(other.userId)));
      this.viewers.push(viewer);
      await placeApart(viewer, `lobby-of-${userId}`, async () => {
        const nodeId = await this.nodeOf(userId);
        return nodeId !== undefined && !others.includes(nodeId);
      });
    }
    for (const viewer of this.viewers) {
      const code = await viewer.login(room);
      if (code !== 0) {
        throw new Error(`${viewer.userId} cannot enter ${room}: ${code}`);
      }
      await viewer.listenToLevels();
    }
  }
}

/** GStreamer's ICE binds its sockets to the network interfaces, which cannot reach 127.0.0.1. */
function ownAddress(): string {
  const own = findOwnAddress();
  if (own === undefined) {
    throw new Error('this check needs a network interface other than loopback, which GStreamer does not use');
  }
  return own;
}

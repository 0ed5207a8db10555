import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { Bus } from '@polyroom/bus';
import { type Cluster, launchBrowser, startCluster } from '@polyroom/cluster';
import { freePort, loopback, startNats, startRedis } from '@polyroom/testing';
import { type Browser } from 'playwright-core';
import { createCheckedUsers } from '../invariants/checked-users.js';
import { type CheckedUser } from '../invariants/history.js';
import { Call, mediaWorkers, nodeIds } from '../media/call.js';
import { createKnownApp, type KnownApp } from '../outage/known-app.js';
import { Network } from './network.js';
import { type Target } from './options.js';
import { plans } from './rule-watch.js';

/** The defaults of the product. */
export const timing = { leaseMs: 5000, graceMs: 90_000 };
const reachWithinMs = 1000;
const historyMessages = 10_000;
const noLimits = ['broadcastsPerUserPerSecond', 'broadcastsPerRoomPerSecond', 'loginsPerSecond'];
const stores = ['redis', 'nats'];
const processes = [
  ...['auth', 'room-1', 'room-2', 'messaging', 'messaging-2', 'recorder-1', 'webhooks'],
  ...['media-1', 'media-2', 'gateway-1', 'gateway-2'],
];

/** A cluster of which each process and each store is in a network namespace, and one call in Chromium. */
export class PartitionWorld {
  private readonly closers: (() => unknown)[] = [];
  network!: Network;
  cluster!: Cluster;
  app!: KnownApp;
  checkedUsers: CheckedUser[] = [];
  call!: Call;
  private readonly ports = new Map<string, number>();
  private browser!: Browser;
  private bus!: Bus;

  static async start(rootDir: string, onLog: (line: string) => void): Promise<PartitionWorld> {
    const world = new PartitionWorld();
    try {
      await world.open(rootDir, onLog);
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  /** Clients of this gateway are on the healthy side of every cut. */
  get healthyUrl(): string {
    return this.cluster.gateways[0]!.wsUrl;
  }

  get wsUrls(): string[] {
    return this.cluster.gateways.map(({ wsUrl }) => wsUrl);
  }

  /** The process or store to cut off: of media nodes the one that the camera is not on. */
  async pick(target: Target): Promise<string> {
    switch (target) {
      case 'gateway':
      case 'room':
        return `${target}-2`;
      case 'media': {
        const { nodeId } = await this.call.locate();
        return `media-${2 - nodeIds.indexOf(nodeId)}`;
      }
      case 'redis':
      case 'nats':
        return target;
    }
  }

  /** Whether a new TCP connection to a process or store comes about soon. */
  canReach(name: string): Promise<boolean> {
    const socket = createConnection(this.ports.get(name)!, this.network.placeOf(name).host);
    socket.setTimeout(reachWithinMs);
    return new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('timeout', () => resolve(false));
      socket.once('error', () => resolve(false));
    }).finally(() => socket.destroy());
  }

  /** A new call, with the two viewers on different nodes again. */
  async callAnew(): Promise<void> {
    await this.call.close();
    await this.beginCall();
  }

  async close(): Promise<void> {
    for (const close of this.closers.splice(0).reverse()) {
      await close();
    }
  }

  private async open(rootDir: string, onLog: (line: string) => void): Promise<void> {
    this.network = await Network.open();
    for (const name of [...stores, ...processes]) {
      await this.network.addPlace(name);
    }
    const password = randomBytes(24).toString('base64url');
    const placed = (name: string): { place: ReturnType<Network['placeOf']>; password: string } => ({
      place: this.network.placeOf(name),
      password,
    });
    const redis = await startRedis({ ...placed('redis'), appendOnly: true });
    this.closers.push(() => redis.close());
    const configuration = await configureNats(rootDir, password);
    const nats = await startNats({ ...placed('nats'), configuration, jetStream: true });
    this.closers.push(() => nats.close());
    const cluster = await startCluster({
      rootDir,
      // Pages need a microphone, which browsers grant to pages of this address only.
      placeOf: (name) => (name === 'console' ? loopback : this.network.placeOf(name)),
      redisUrl: redis.url,
      natsUrl: nats.url,
      consolePort: await freePort(),
      roomInstances: 2,
      messagingInstances: 2,
      mediaNodes: nodeIds.length,
      mediaWorkers,
      gatewayLeaseMs: timing.leaseMs,
      sessionGraceMs: timing.graceMs,
      logLevel: 'warn',
      onLog: (line) => onLog(`${line.process} ${line.text}`),
      onEvent: (event) => onLog(`${event.process} ${event.type}`),
    });
    this.cluster = cluster;
    this.closers.push(() => cluster.close());
    await cluster.ready();
    this.ports.set('redis', redis.port).set('nats', nats.port);
    cluster.monitored.forEach(({ name, url }) => this.ports.set(name, Number(new URL(url).port)));
    this.app = await createKnownApp(cluster.admin, 'partition');
    const { appId } = this.app;
    await cluster.admin.setEntitlement(appId, 'multiRoom', true);
    await cluster.admin.setEntitlement(appId, 'historyMessages', historyMessages);
    for (const name of noLimits) {
      await cluster.admin.setEntitlement(appId, name, 0);
    }
    this.checkedUsers = await createCheckedUsers(cluster.admin, plans);
    this.bus = await Bus.connect({ url: cluster.natsUrl, name: 'check' });
    this.closers.push(() => this.bus.close());
    this.browser = await launchBrowser();
    this.closers.push(() => this.browser.close());
    await this.beginCall();
  }

  private async beginCall(): Promise<void> {
    const { app, browser, bus, cluster, healthyUrl: gatewayUrl } = this;
    const { appId, appSign } = app;
    this.call = await Call.begin({ cluster, bus, browser, appId, appSign, gatewayUrl });
  }
}

/** One user with all rights, and the shipped settings of how the server notices dead clients. */
async function configureNats(rootDir: string, password: string): Promise<string> {
  const shipped = await readFile(join(rootDir, 'deploy', 'nats', 'nats.conf'), 'utf8');
  const liveness = shipped.match(/^(ping_interval|ping_max): .*$/gm) ?? [];
  const user = `authorization { user: polyroom, password: ${JSON.stringify(password)} }`;
  return `${[user, ...liveness].join('\n')}\n`;
}

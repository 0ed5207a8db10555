import { Bus } from '@polyroom/bus';
import { type Cluster, launchBrowser, type ProcessEvent, startCluster } from '@polyroom/cluster';
import { freePort, startPostgres, waitFor } from '@polyroom/testing';
import { Call, mediaWorkers, nodeIds } from '../media/call.js';
import { createKnownApp, type KnownApp } from '../outage/known-app.js';
import { type Restart } from './figures.js';
import { services } from './options.js';

/** More than members send while a busy machine restarts an instance. */
const historyMessages = 10_000;
const noLimits = ['broadcastsPerUserPerSecond', 'broadcastsPerRoomPerSecond', 'loginsPerSecond'];
/** The default of the product. */
const drainTimeoutMs = '10000';
/** The grace of a Kubernetes pod that has the shortest one. */
const endsWithinMs = 30_000;

/** A cluster with two instances of each service, and one call in Chromium. */
export class RollingWorld {
  private readonly closers: (() => unknown)[] = [];
  /** Of each process that has ended, how. */
  private readonly exits = new Map<string, Extract<ProcessEvent, { type: 'exited' }>>();
  /** Processes that run the other version. */
  private readonly previous = new Set<string>();
  cluster!: Cluster;
  app!: KnownApp;
  call!: Call;

  private constructor(
    private readonly rootDir: string,
    private readonly previousDir: string | undefined,
  ) {
    if (previousDir !== undefined) {
      services.forEach((service) => this.previous.add(`${service}-2`));
    }
  }

  /** With a checkout of another version, the second instance of each service is of that version. */
  static async start(
    rootDir: string,
    previousDir: string | undefined,
    onLog: (line: string) => void,
  ): Promise<RollingWorld> {
    const world = new RollingWorld(rootDir, previousDir);
    try {
      await world.open(onLog);
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  get wsUrls(): string[] {
    return this.cluster.gateways.map(({ wsUrl }) => wsUrl);
  }

  instancesOf(service: string): string[] {
    return this.cluster.monitored.filter(({ app }) => app === service).map(({ name }) => name);
  }

  /** `this`, or `previous`. */
  versionOf(instance: string): string {
    return this.previous.has(instance) ? 'previous' : 'this';
  }

  /** Ends an instance with SIGTERM, and waits until it runs again, as the other version if there is one. */
  async restart(instance: string): Promise<Restart> {
    const running = this.cluster.process(instance);
    const { pid } = running;
    this.exits.delete(instance);
    if (this.previousDir !== undefined && !this.previous.delete(instance)) {
      this.previous.add(instance);
    }
    const startedAtMs = performance.now();
    running.kill('SIGTERM');
    const { code, signal } = await waitFor(() => this.exits.get(instance), {
      timeoutMs: endsWithinMs,
      describe: `${instance} to end after SIGTERM`,
    });
    const endedMs = performance.now() - startedAtMs;
    await waitFor(() => running.pid !== pid, { describe: `${instance} to start again` });
    await this.cluster.ready();
    return { instance, endedMs, readyMs: performance.now() - startedAtMs, ended: code ?? signal };
  }

  async close(): Promise<void> {
    for (const close of this.closers.splice(0).reverse()) {
      await close();
    }
  }

  private async open(onLog: (line: string) => void): Promise<void> {
    const postgres = await startPostgres();
    this.closers.push(() => postgres.close());
    const cluster = await startCluster({
      rootDir: this.rootDir,
      rootDirOf: (name) => (this.previous.has(name) ? this.previousDir! : this.rootDir),
      databaseUrl: postgres.url,
      consolePort: await freePort(),
      authInstances: 2,
      roomInstances: 2,
      messagingInstances: 2,
      recorderInstances: 2,
      webhooksInstances: 2,
      mediaNodes: nodeIds.length,
      mediaWorkers,
      mediaEnv: { POLYROOM_MEDIA_DRAIN_TIMEOUT_MS: drainTimeoutMs },
      logLevel: 'warn',
      onLog: (line) => onLog(`${line.process} ${line.text}`),
      onEvent: (event) => {
        if (event.type === 'exited') {
          this.exits.set(event.process, event);
        }
      },
    });
    this.cluster = cluster;
    this.closers.push(() => cluster.close());
    await cluster.ready();
    this.app = await createKnownApp(cluster.admin, 'rolling');
    const { appId, appSign } = this.app;
    await cluster.admin.setEntitlement(appId, 'multiRoom', true);
    await cluster.admin.setEntitlement(appId, 'historyMessages', historyMessages);
    for (const name of noLimits) {
      await cluster.admin.setEntitlement(appId, name, 0);
    }
    const bus = await Bus.connect({ url: cluster.natsUrl, name: 'check' });
    this.closers.push(() => bus.close());
    const browser = await launchBrowser();
    this.closers.push(() => browser.close());
    this.call = await Call.begin({ cluster, bus, browser, appId, appSign, gatewayUrl: this.wsUrls });
  }
}

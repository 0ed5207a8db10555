import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bus } from '@polyroom/bus';
import {
  type Cluster,
  findProgram,
  type ProcessEvent,
  startCluster,
  startPrometheus,
  untilAnswers,
} from '@polyroom/cluster';
import {
  freePort,
  loopback,
  type RunningServer,
  startNats,
  startPostgres,
  startRedis,
  waitFor,
  WebhookReceiver,
} from '@polyroom/testing';
import { createKnownApp, type KnownApp } from '../outage/known-app.js';
import { AlertWatch } from './alert-watch.js';
import { intervalSeconds, type RuleFile, scaleRules } from './scaled-rules.js';
import { Traffic } from './traffic.js';

/** What a process is started with instead. */
export interface Settings {
  /** The checkout. */
  rootDir?: string;
  env?: Record<string, string>;
  nodeFlags?: string[];
}

const startsWithinMs = 30_000;

/** A cluster with one instance of each service, its stores, steady traffic, and Prometheus. */
export class AlertsWorld {
  private readonly closers: (() => unknown)[] = [];
  private readonly heldDown = new Set<string>();
  private readonly settings = new Map<string, Settings>();
  /** Files of this run. */
  folder!: string;
  redis!: RunningServer;
  nats!: RunningServer;
  postgres!: RunningServer;
  cluster!: Cluster;
  app!: KnownApp;
  traffic!: Traffic;
  watch!: AlertWatch;
  bus!: Bus;
  endpointId = '';
  redisOfRoom: Record<string, string> = {};
  readonly receiver = new WebhookReceiver();
  /** How to end what a fault has begun. */
  private readonly begun: (() => unknown)[] = [];

  private constructor(readonly rootDir: string) {}

  static async start(
    rootDir: string,
    rules: readonly RuleFile[],
    onLog: (line: string) => void,
  ): Promise<AlertsWorld> {
    const world = new AlertsWorld(rootDir);
    try {
      await world.open(onLog);
      await world.observe(rules, onLog);
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  /** Kills a process, and again whenever it starts. */
  holdDown(name: string): void {
    this.heldDown.add(name);
    this.cluster.process(name).kill();
  }

  /** Lets the process run again, and waits until all are ready. */
  async letRun(...names: string[]): Promise<void> {
    names.forEach((name) => this.heldDown.delete(name));
    await this.cluster.ready();
  }

  /** Ends a process with SIGTERM and starts it with other settings, or with its own. Waits until all are ready. */
  async restart(name: string, settings: Settings = {}): Promise<void> {
    this.settings.set(name, settings);
    const process = this.cluster.process(name);
    const { pid } = process;
    process.kill('SIGTERM');
    await waitFor(() => process.pid !== pid, {
      timeoutMs: startsWithinMs,
      describe: `${name} to start again`,
    });
    await this.cluster.ready();
  }

  /** Stops a process and lets it run in turn, until the returned function is called. */
  stutter(process: { signal(signal: NodeJS.Signals): void }, stopMs: number, runMs: number): () => void {
    let isStopped = false;
    let timer: NodeJS.Timeout;
    const turn = (): void => {
      isStopped = !isStopped;
      process.signal(isStopped ? 'SIGSTOP' : 'SIGCONT');
      timer = setTimeout(turn, isStopped ? stopMs : runMs);
    };
    turn();
    return () => {
      clearTimeout(timer);
      process.signal('SIGCONT');
    };
  }

  /** Remembers how to end what a fault has begun. */
  begin(end: () => unknown): void {
    this.begun.push(end);
  }

  async endBegun(): Promise<void> {
    for (const end of this.begun.splice(0).reverse()) {
      await end();
    }
  }

  async close(): Promise<void> {
    this.heldDown.clear();
    await this.endBegun();
    for (const close of this.closers.splice(0).reverse()) {
      await close();
    }
  }

  private async open(onLog: (line: string) => void): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'polyroom-alerts-'));
    this.closers.push(() => rm(this.folder, { recursive: true, force: true }));
    await this.receiver.start();
    this.closers.push(() => this.receiver.stop().catch(() => undefined));
    this.redis = await startRedis({ appendOnly: true });
    this.closers.push(() => this.redis.close());
    this.nats = await startNats({ jetStream: true });
    this.closers.push(() => this.nats.close());
    const postgres = await startPostgres();
    this.postgres = postgres;
    this.closers.push(() => postgres.close());
    const cluster = await startCluster({
      ...{ redisUrl: this.redis.url, natsUrl: this.nats.url, databaseUrl: postgres.url },
      rootDir: this.rootDir,
      rootDirOf: (name) => this.settings.get(name)?.rootDir ?? this.rootDir,
      gatewayPorts: [await freePort()],
      consolePort: await freePort(),
      placeOf: (name) => ({ ...loopback, enter: (...command) => this.enter(name, ...command) }),
      webhooksEnv: { POLYROOM_WEBHOOK_ALLOWED_NETWORKS: '127.0.0.1' },
      mediaEnv: { POLYROOM_RECORDING_DIR: join(this.folder, 'recordings') },
      sessionGraceMs: 1000,
      logLevel: 'warn',
      onLog: (line) => onLog(`${line.process} ${line.text}`),
      onEvent: (event) => this.handle(event),
    });
    this.cluster = cluster;
    this.closers.push(() => cluster.close());
    await cluster.ready();
    const bus = await Bus.connect({ url: this.nats.url, name: 'check' });
    this.bus = bus;
    this.closers.push(() => bus.close());
    this.app = await createKnownApp(cluster.admin, 'alerts');
    await cluster.admin.setEntitlement(this.app.appId, 'multiRoom', true);
    const url = this.receiver.urlOf('/hook');
    const created = await cluster.admin.send('POST', `/v1/apps/${this.app.appId}/webhooks`, { url });
    this.endpointId = (created as { webhook: { endpointId: string } }).webhook.endpointId;
    this.traffic = Traffic.start(cluster, this.app);
    this.closers.push(() => this.traffic.stop());
  }

  private async observe(rules: readonly RuleFile[], onLog: (line: string) => void): Promise<void> {
    const program = findProgram('prometheus');
    if (program === undefined) {
      throw new Error('Prometheus is not installed: apt-get install --no-install-recommends prometheus');
    }
    const ruleFiles = rules.map((_, index) => join(this.folder, `rules-${index}.yaml`));
    for (const [index, file] of rules.entries()) {
      // JSON is YAML.
      await writeFile(ruleFiles[index]!, JSON.stringify(scaleRules(file)));
    }
    const { process, url } = await startPrometheus({
      ...{ program, folder: this.folder, ruleFiles, intervalSeconds },
      monitored: this.cluster.monitored,
      port: await freePort(),
      process: { inheritFds: [], onLog: ({ text }) => onLog(`prometheus ${text}`), onEvent: () => {} },
    });
    this.closers.push(() => process.close());
    await untilAnswers(`${url}/-/ready`, 'Prometheus');
    this.watch = new AlertWatch(url);
  }

  private enter(name: string, program: string, args: readonly string[]): [string, string[]] {
    const { env = {}, nodeFlags = [] } = this.settings.get(name) ?? {};
    const assignments = Object.entries(env).map(([key, value]) => `${key}=${value}`);
    return ['env', [...assignments, program, ...nodeFlags, ...args]];
  }

  private handle({ type, process }: ProcessEvent): void {
    if (type === 'restarted' && this.heldDown.has(process)) {
      this.cluster.process(process).kill();
    }
  }
}

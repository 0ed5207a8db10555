import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, loopback, type Place, startNats, startRedis } from '@polyroom/testing';
import { AdminClient } from './admin-client.js';
import { createBusUsers, createSoleBusUser } from './bus-users.js';
import { copyDatabaseTemplate } from './database-template.js';
import { type DataDir } from './data-dir.js';
import { inheritedEnvironment } from './inherited-environment.js';
import { type LogLine, ManagedProcess, type ProcessEvent } from './managed-process.js';
import { monitorUrl, waitUntilReady } from './readiness.js';
import { ensureSecretsKeyFile } from './secrets-key-file.js';
import {
  allInOne,
  entryOf,
  planAllInOne,
  planServices,
  type ServicePlan,
  type ServiceSpec,
} from './services.js';

export interface ClusterOptions {
  /** The checkout with the built apps. */
  rootDir: string;
  /** The checkout of a process, asked by its name (`room-1`) at each of its starts; `rootDir` by default. */
  rootDirOf?: (process: string) => string;
  /** Where a process runs, by its name; in the network of this process by default. */
  placeOf?: (process: string) => Place;
  /**
   * Data directory of Redis, NATS and the embedded database; by default a temporary one that is removed with
   * the cluster.
   */
  dataDir?: DataDir;
  /**
   * Runs all services in one process, `all-in-one`, rather than in one for each: with one gateway, one interop and one
   * media node.
   */
  allInOne?: boolean;
  /** Existing servers; private ones are started for those omitted. */
  redisUrl?: string;
  natsUrl?: string;
  databaseUrl?: string;
  gatewayPorts?: number[];
  /** One WHIP and WHEP process per port; none by default. */
  interopPorts?: number[];
  /** Several need a `databaseUrl`. */
  authInstances?: number;
  roomInstances?: number;
  messagingInstances?: number;
  recorderInstances?: number;
  webhooksInstances?: number;
  mediaNodes?: number;
  mediaWorkers?: number;
  /** The first port of the first media node; the next node begins ten ports higher. Free ones by default. */
  mediaPortBase?: number;
  /** Additional environment of every service. */
  env?: Record<string, string>;
  /** Additional environment of auth. Without a key for the secrets, the data directory has one. */
  authEnv?: Record<string, string>;
  /** Additional environment of the gateways. */
  gatewayEnv?: Record<string, string>;
  /** Additional environment of the messaging instances. */
  messagingEnv?: Record<string, string>;
  /** Additional environment of the media nodes. */
  mediaEnv?: Record<string, string>;
  /** Additional environment of the webhooks service. */
  webhooksEnv?: Record<string, string>;
  consolePort?: number;
  /** Additional environment of the console. */
  consoleEnv?: Record<string, string>;
  /** The built documentation, which the console serves; none by default. */
  docsDir?: string;
  /** The demo AppIDs that the page offers, as JSON. */
  demoApps?: string;
  sessionGraceMs?: number;
  gatewayLeaseMs?: number;
  /** Additional Node.js flags of every service. */
  nodeFlags?: string[];
  logLevel?: string;
  onLog?: (line: LogLine) => void;
  onEvent?: (event: ProcessEvent) => void;
  /** An own Redis or NATS ended by itself, which the cluster does not start again. */
  onServerCrash?: (server: string, reason: string) => void;
}

export interface GatewayAddress {
  name: string;
  httpUrl: string;
  wsUrl: string;
}

export interface MonitoredProcess {
  name: string;
  /** The service. */
  app: string;
  url: string;
}

export interface Cluster {
  gateways: GatewayAddress[];
  /** URL of each WHIP and WHEP process. */
  interopUrls: string[];
  consoleUrl: string | undefined;
  /** With all rights, except for the own server of a data directory: there it has no credentials. */
  natsUrl: string;
  redisUrl: string;
  redisPrefix: string;
  adminToken: string;
  /** Says how the first owner signs in, until it is deleted. */
  firstOwnerFile: string;
  admin: AdminClient;
  /** A process by its name (`room-1`, `gateway-2`, `media-1`, … or `all-in-one`), to stop or kill it. */
  process(name: string): ManagedProcess;
  /** The URL of the probes and metrics of a process. */
  monitorUrlOf(name: string): string;
  /** The same of all processes. */
  monitored: MonitoredProcess[];
  /** Waits until every service is ready. */
  ready(): Promise<void>;
  /** Stops everything that this cluster started. Idempotent. */
  close(): Promise<void>;
}

/** Clients connect to them. */
const edgeApps = ['gateway', 'interop', 'console', allInOne];
/** As in the images. The process of all services sets its own. */
const nodeFlags = ['--enable-source-maps'];
/**
 * Bounds the young generation (MiB), which a burst of hostile frames would enlarge permanently. Requests in
 * progress fit in.
 */
const edgeNodeFlags = ['--max-semi-space-size=16'];
/** It closes one stage of services after the other. */
const allInOneStopDeadlineMs = 24_000;

interface Closable {
  close(): Promise<void>;
}

interface StartedService {
  app: string;
  process: ManagedProcess;
}

/**
 * Starts every service of Polyroom on this machine, as a separate process or as a part of one, and the servers they need. The
 * cluster owns its processes and servers; the caller closes it.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const owned: Closable[] = [];
  const services: StartedService[] = [];
  const close = closer(owned, services);
  try {
    const dataDir = options.dataDir?.path ?? (await ownTemporaryDir(owned));
    const inheritFds = inheritedFds(options);
    const redisUrl =
      options.redisUrl ??
      (
        await own(
          owned,
          startRedis({
            dataDir: join(dataDir, 'redis'),
            appendOnly: true,
            password: newPassword(),
            inheritFds,
            onCrash: (reason) => options.onServerCrash?.('redis-server', reason),
          }),
        )
      ).url;
    const bus = await startBus(options, dataDir, owned);
    const adminToken = newPassword();
    const firstOwnerFile = join(dataDir, 'first-owner.txt');
    if (options.dataDir === undefined && options.databaseUrl === undefined) {
      await copyDatabaseTemplate(options.rootDir, join(dataDir, 'pglite'));
    }
    const { authEnv = {} } = options;
    const redisPrefix = options.dataDir === undefined ? `t${randomBytes(4).toString('hex')}` : 'pr';
    const gatewayPorts = options.gatewayPorts ?? (await freePorts(options.allInOne === true ? 1 : 2));
    const interopPorts = options.interopPorts ?? [];
    const plan: ServicePlan = {
      placeOf: options.placeOf ?? (() => loopback),
      env: options.env ?? {},
      natsUrlOf: bus.urlOf,
      redisUrl,
      redisPrefix,
      databaseEnv:
        options.databaseUrl === undefined
          ? { POLYROOM_PGLITE_DIR: join(dataDir, 'pglite') }
          : { DATABASE_URL: options.databaseUrl },
      authEnv: hasSecretsKey(authEnv)
        ? authEnv
        : { ...authEnv, POLYROOM_SECRETS_KEY_FILE: await ensureSecretsKeyFile(dataDir) },
      adminTokens: `local-admin:${adminToken}`,
      firstOwnerFile,
      sessionGraceMs: options.sessionGraceMs ?? 90_000,
      gatewayLeaseMs: options.gatewayLeaseMs ?? 5000,
      gatewayPorts,
      interopPorts,
      authPorts: await freePorts(options.authInstances ?? 1),
      roomPorts: await freePorts(options.roomInstances ?? 1),
      messagingPorts: await freePorts(options.messagingInstances ?? 1),
      recorderPorts: await freePorts(options.recorderInstances ?? 1),
      webhooksPorts: await freePorts(options.webhooksInstances ?? 1),
      mediaPorts: await freePorts(options.mediaNodes ?? 1),
      mediaWorkers: options.mediaWorkers ?? 2,
      mediaPortBase: options.mediaPortBase,
      messagingEnv: options.messagingEnv ?? {},
      webhooksEnv: options.webhooksEnv ?? {},
      mediaEnv: options.mediaEnv ?? {},
      gatewayEnv: options.gatewayEnv ?? {},
      consolePort: options.consolePort,
      consoleEnv: options.consoleEnv ?? {},
      monitorPorts: await freePorts(gatewayPorts.length + interopPorts.length + 1),
      demoApps: options.demoApps ?? '[]',
      testPagesDir: join(options.rootDir, 'apps', 'console', 'dist-test-pages'),
      docsDir: options.docsDir,
      logLevel: options.logLevel ?? 'info',
    };
    const planned = planServices(plan);
    const specs = options.allInOne === true ? [planAllInOne(plan)] : planned;
    const processes = new Map<string, ManagedProcess>();
    for (const spec of specs) {
      const started = startService(options, spec);
      processes.set(spec.name, started);
      services.push({ app: spec.app, process: started });
    }
    const gateways = planned
      .filter((spec) => spec.app === 'gateway')
      .map((spec) => ({
        name: spec.name,
        httpUrl: `http://${spec.place.host}:${spec.httpPort}`,
        wsUrl: `ws://${spec.place.host}:${spec.httpPort}/ws`,
      }));
    const monitorUrlOf = (name: string): string => monitorUrl(getSpec(specs, name));
    return {
      gateways,
      interopUrls: planned
        .filter((spec) => spec.app === 'interop')
        .map((spec) => `http://${spec.place.host}:${spec.httpPort}`),
      consoleUrl: planned
        .filter((spec) => spec.app === 'console')
        .map((spec) => `http://${spec.place.host}:${spec.httpPort}/`)[0],
      natsUrl: bus.url,
      redisUrl,
      redisPrefix,
      adminToken,
      firstOwnerFile,
      admin: new AdminClient(gateways[0]!.httpUrl, adminToken),
      process: (name) => getProcess(processes, name),
      monitorUrlOf,
      monitored: specs.map(({ name, app }) => ({ name, app, url: monitorUrlOf(name) })),
      ready: () => waitUntilReady(specs),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The given server, or an own one. With a data directory each service has its own user and only its rights; a
 * temporary cluster has one user, so that tests can listen and send.
 */
async function startBus(
  options: ClusterOptions,
  dataDir: string,
  owned: Closable[],
): Promise<{ url: string; urlOf: (service: string) => string }> {
  if (options.natsUrl !== undefined) {
    const url = options.natsUrl;
    return { url, urlOf: () => url };
  }
  const natsDir = join(dataDir, 'nats');
  const server = {
    dataDir: natsDir,
    inheritFds: inheritedFds(options),
    onCrash: (reason: string) => options.onServerCrash?.('nats-server', reason),
  };
  if (options.dataDir === undefined) {
    const { url } = await own(owned, startNats({ ...server, jetStream: true, password: newPassword() }));
    return { url, urlOf: () => url };
  }
  const { configuration, urlOf } = await (options.allInOne === true ? createSoleBusUser : createBusUsers)(
    options.rootDir,
    natsDir,
  );
  const { url, port } = await own(owned, startNats({ ...server, configuration }));
  return { url, urlOf: (service) => urlOf(service, port) };
}

function startService(options: ClusterOptions, spec: ServiceSpec): ManagedProcess {
  return ManagedProcess.start({
    name: spec.name,
    launch: () => {
      const rootDir = options.rootDirOf?.(spec.name) ?? options.rootDir;
      const [command, args] = spec.place.enter(process.execPath, [
        ...(spec.app === allInOne ? [] : nodeFlags),
        ...(options.nodeFlags ?? []),
        ...(edgeApps.includes(spec.app) ? edgeNodeFlags : []),
        entryOf(rootDir, spec.app),
      ]);
      return { command, args, cwd: rootDir };
    },
    env: { ...inheritedEnvironment(), ...spec.env },
    ...(spec.app === allInOne ? { stopDeadlineMs: allInOneStopDeadlineMs } : {}),
    inheritFds: inheritedFds(options),
    onLog: options.onLog ?? (() => {}),
    onEvent: options.onEvent ?? (() => {}),
  });
}

/** The lock of the data directory is held until the last process that uses it has ended. */
function inheritedFds({ dataDir }: ClusterOptions): number[] {
  return dataDir === undefined ? [] : [dataDir.lockFd];
}

function getProcess(processes: Map<string, ManagedProcess>, name: string): ManagedProcess {
  const found = processes.get(name);
  if (found === undefined) {
    throw new Error(`no process is named ${name}: there are ${[...processes.keys()].join(', ')}`);
  }
  return found;
}

function getSpec(specs: ServiceSpec[], name: string): ServiceSpec {
  const found = specs.find((spec) => spec.name === name);
  if (found === undefined) {
    throw new Error(`no process is named ${name}: there are ${specs.map((spec) => spec.name).join(', ')}`);
  }
  return found;
}

async function own<T extends Closable>(owned: Closable[], starting: Promise<T>): Promise<T> {
  const started = await starting;
  owned.push(started);
  return started;
}

async function ownTemporaryDir(owned: Closable[]): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'polyroom-cluster-'));
  owned.push({ close: () => rm(dir, { recursive: true, force: true }) });
  return dir;
}

function hasSecretsKey(env: Record<string, string>): boolean {
  return 'POLYROOM_SECRETS_KEY' in env || 'POLYROOM_SECRETS_KEY_FILE' in env;
}

/** Valid for one run: it is written to files of the data directory and to the services' environment. */
function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    ports.push(await freePort());
  }
  return ports;
}

/**
 * Closes the edge while the services it depends on still respond, then these services, and auth after them, because they
 * report the usage of AppIDs to it; then the servers in reverse order of their start.
 */
function closer(servers: Closable[], services: StartedService[]): () => Promise<void> {
  let closed: Promise<void> | undefined;
  const closeServices = (isNext: (app: string) => boolean): Promise<unknown> =>
    Promise.all(services.filter(({ app }) => isNext(app)).map(({ process }) => process.close()));
  return () => {
    closed ??= (async () => {
      await closeServices((app) => edgeApps.includes(app));
      await closeServices((app) => app !== 'auth');
      await closeServices((app) => app === 'auth');
      for (const server of servers.reverse()) {
        await server.close();
      }
    })();
    return closed;
  };
}

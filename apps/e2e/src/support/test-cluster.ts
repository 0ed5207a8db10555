import { appendFileSync } from 'node:fs';
import { randomBytes, randomInt } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Cluster, type ClusterOptions, startCluster } from '@polyroom/cluster';
import { freePort } from '@polyroom/testing';
import { askRun } from './ask-run.js';
import { RawClient } from './raw-client.js';

const rootDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');

/** File for a cluster's complete log, to investigate a failure. */
const logFile = process.env['POLYROOM_E2E_LOG'];

export interface TestApp {
  appId: number;
  appSign: string;
  serverSecret: string;
}

/** Starts the services too that most specs do without: each process takes a second of CPU to start. */
export const allServices = { recorderInstances: 1, webhooksInstances: 1 } as const;

/** What specs use of a cluster whose processes they leave alone. */
export type ClusterAddresses = Omit<Cluster, 'process' | 'ready' | 'close'>;

/** A running cluster as a spec sees it that neither stops nor restarts its processes. */
export abstract class RunningCluster<Addresses extends ClusterAddresses = ClusterAddresses> {
  /** The AppIDs that this spec has created. */
  readonly appIds = new Set<number>();

  constructor(readonly cluster: Addresses) {}

  /** Creates an AppID with the given entitlements. */
  async createApp(
    entitlements: Record<string, boolean | number | string> = {},
    name = `test ${randomBytes(3).toString('hex')}`,
  ): Promise<TestApp> {
    const appId = randomInt(1, 0xffffffff);
    const app = await this.cluster.admin.createApp({
      appId,
      name,
      credentialKinds: ['appSign', 'token04', 'native'],
    });
    this.appIds.add(appId);
    for (const [name, value] of Object.entries(entitlements)) {
      await this.cluster.admin.setEntitlement(appId, name, value);
    }
    return { appId, appSign: app.appSign, serverSecret: app.serverSecret };
  }

  connect(gateway: 0 | 1): Promise<RawClient> {
    return RawClient.connect(this.cluster.gateways[gateway]!.wsUrl);
  }

  abstract close(): Promise<void>;
}

/**
 * A cluster on free ports and a new database of the run's PostgreSQL, without recorder and webhooks unless they are
 * asked for; its last log lines are kept for the report of a failure. It takes 10 s to start: a spec that neither kills processes nor needs settings of its own
 * attaches to the `SharedCluster`.
 */
export class TestCluster extends RunningCluster<Cluster> {
  private constructor(
    cluster: Cluster,
    private readonly logLines: string[],
  ) {
    super(cluster);
  }

  static async start(options: Partial<ClusterOptions> = {}): Promise<TestCluster> {
    const { databaseUrl = (await askRun('/database')) as string } = options;
    const logLines: string[] = [];
    const cluster = await startCluster({
      rootDir,
      logLevel: 'info',
      recorderInstances: 0,
      webhooksInstances: 0,
      onLog: (line) => {
        logLines.push(`${line.process} ${line.text}`);
        if (logFile !== undefined) {
          appendFileSync(logFile, `${line.process} ${line.text}\n`);
        }
        logLines.splice(0, logLines.length - 2000);
      },
      ...options,
      databaseUrl,
    });
    const started = new TestCluster(cluster, logLines);
    try {
      await cluster.ready();
    } catch (error) {
      await cluster.close();
      throw new Error(`${(error as Error).message}\n${logLines.slice(-40).join('\n')}`, { cause: error });
    }
    return started;
  }

  static withConsole(options: Partial<ClusterOptions> = {}): Promise<TestCluster> {
    return freePort().then((consolePort) => TestCluster.start({ consolePort, ...options }));
  }

  /** Starts one WHIP and WHEP process, or two. */
  static async withInterop(count: 1 | 2, options: Partial<ClusterOptions> = {}): Promise<TestCluster> {
    const interopPorts = count === 1 ? [await freePort()] : [await freePort(), await freePort()];
    return TestCluster.withConsole({ interopPorts, ...options });
  }

  /** Log lines that contain the text. */
  logsWith(text: string): string[] {
    return this.logLines.filter((line) => line.includes(text));
  }

  close(): Promise<void> {
    return this.cluster.close();
  }
}

/** Parameters of a login, with defaults for those irrelevant to most tests. */
export function loginParams(
  app: TestApp,
  roomId: string,
  userId: string,
  overrides: Record<string, unknown> = {},
): never {
  return {
    appId: app.appId,
    appSign: app.appSign,
    mode: 'multi',
    roomId,
    user: { userId, userName: `${userId} name` },
    ...overrides,
  } as never;
}

import { join } from 'node:path';
import {
  type DataDir,
  findProgram,
  ManagedProcess,
  type ManagedProcessOptions,
  type MonitoredProcess,
  type ProcessEvent,
  startPrometheus,
  untilAnswers,
} from '@polyroom/cluster';

export interface ObserverOptions {
  rootDir: string;
  dataDir: DataDir;
  prometheusPort: number;
  grafanaPort: number;
  onError: (text: string) => void;
  onEvent: (event: ProcessEvent) => void;
}

/** Where the package of Grafana has its pages. */
const grafanaHome = '/usr/share/grafana';
const host = '127.0.0.1';
const intervalSeconds = 5;

const missing = {
  prometheus: 'Prometheus is not installed: apt-get install --no-install-recommends prometheus',
  grafana:
    'Grafana is not installed: see https://grafana.com/docs/grafana/latest/setup-grafana/installation/debian/',
};

/** Prometheus with the rules of deploy/prometheus, and Grafana with the dashboards of deploy/grafana; each if it is installed. */
export class Observers {
  private constructor(
    private readonly processes: ManagedProcess[],
    readonly prometheusUrl: string | undefined,
    readonly grafanaUrl: string | undefined,
    /** What is not installed, with the command that installs it. */
    readonly problems: string[],
  ) {}

  /** Resolves when they answer. Keeps the samples in the data directory. */
  static async start(monitored: MonitoredProcess[], options: ObserverOptions): Promise<Observers> {
    const program = findProgram('prometheus');
    if (program === undefined) {
      return new Observers([], undefined, undefined, [missing.prometheus]);
    }
    const folder = join(options.dataDir.path, 'observe');
    const prometheus = await startPrometheus({
      ...{ program, folder, monitored, intervalSeconds },
      ruleFiles: [join(options.rootDir, 'deploy', 'prometheus', 'rules', '*.yaml')],
      port: options.prometheusPort,
      process: outputOf('prometheus', options),
    });
    const prometheusUrl = prometheus.url;
    const started = [prometheus.process];
    // Before version 9 the server was a program of its own.
    const grafana = findProgram('grafana') ?? findProgram('grafana-server');
    try {
      await untilAnswers(`${prometheusUrl}/-/ready`, 'Prometheus');
      if (grafana === undefined) {
        return new Observers(started, prometheusUrl, undefined, [missing.grafana]);
      }
      const grafanaUrl = `http://${host}:${options.grafanaPort}`;
      started.push(startGrafana(grafana, folder, prometheusUrl, options));
      await untilAnswers(`${grafanaUrl}/api/health`, 'Grafana');
      return new Observers(started, prometheusUrl, grafanaUrl, []);
    } catch (error) {
      await Promise.all(started.map((process) => process.close()));
      throw error;
    }
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.close()));
  }
}

function startGrafana(
  command: string,
  folder: string,
  prometheusUrl: string,
  options: ObserverOptions,
): ManagedProcess {
  const provisioned = join(options.rootDir, 'deploy', 'grafana');
  const dashboards = join(provisioned, 'dashboards');
  const env = {
    GF_SERVER_HTTP_ADDR: host,
    GF_SERVER_HTTP_PORT: String(options.grafanaPort),
    GF_PATHS_DATA: join(folder, 'grafana'),
    GF_PATHS_LOGS: join(folder, 'grafana', 'log'),
    GF_PATHS_PLUGINS: join(folder, 'grafana', 'plugins'),
    GF_PATHS_PROVISIONING: join(provisioned, 'provisioning'),
    GF_LOG_LEVEL: 'warn',
    // Everything listens on this machine only; viewers need no account, and there is none.
    GF_AUTH_ANONYMOUS_ENABLED: 'true',
    GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
    GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: join(dashboards, 'overview.json'),
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    PROMETHEUS_URL: prometheusUrl,
    DASHBOARDS_DIR: dashboards,
  };
  const args = command.endsWith('-server') ? [] : ['server'];
  return ManagedProcess.start({
    name: 'grafana',
    launch: () => ({ command, args: [...args, `--homepath=${grafanaHome}`], cwd: folder }),
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', ...env },
    ...outputOf('grafana', options),
  });
}

function outputOf(
  name: string,
  { dataDir, onError, onEvent }: ObserverOptions,
): Pick<ManagedProcessOptions, 'inheritFds' | 'onLog' | 'onEvent'> {
  return {
    inheritFds: [dataDir.lockFd],
    onLog: ({ text }) => {
      if (/\blevel="?error/i.test(text)) {
        onError(`${name}: ${text}`);
      }
    },
    onEvent,
  };
}

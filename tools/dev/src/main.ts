import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import {
  type ClusterOptions,
  DataDir,
  DataDirInUseError,
  mediaAddresses,
  type ProcessEvent,
  startCluster,
} from '@polyroom/cluster';
import { canDieWithParent, freePort } from '@polyroom/testing';
import { type DemoApp, ensureDemoApps, loadDemoApps } from './demo-apps.js';
import { isFree } from './is-free.js';
import { LogFormatter } from './log-format.js';
import { Observers } from './observers.js';

const rootDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const defaultDataDir = join(rootDir, '.polyroom');
const host = '127.0.0.1';
const preferredPorts = {
  gateways: [7080, 7081],
  interop: 7085,
  console: 7088,
  prometheus: 7093,
  grafana: 7094,
} as const;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The preferred port if it is free, otherwise another one. */
async function portNear(preferred: number): Promise<number> {
  return (await isFree(preferred, host)) ? preferred : freePort();
}

/** One process with all services, or a process for each service, gateway and media node; two workers in both. */
async function formOf(
  isCluster: boolean,
): Promise<Pick<ClusterOptions, 'allInOne' | 'gatewayPorts' | 'mediaNodes' | 'mediaWorkers'>> {
  const [first, second] = preferredPorts.gateways;
  const gatewayPorts = [await portNear(first)];
  return isCluster
    ? { gatewayPorts: [...gatewayPorts, await portNear(second)], mediaNodes: 2, mediaWorkers: 1 }
    : { allInOne: true, gatewayPorts, mediaNodes: 1, mediaWorkers: 2 };
}

function describeEvent(event: ProcessEvent): string {
  if (event.type === 'restarted') {
    return `== ${event.process} was restarted`;
  }
  const cause = event.signal ?? `code ${event.code}`;
  return `== ${event.process} ended (${cause}); restart in ${event.restartInMs} ms`;
}

function describeCluster(
  cluster: Awaited<ReturnType<typeof startCluster>>,
  demoApps: DemoApp[],
  startedAtMs: number,
  firstOwner: string | undefined,
  observers: Observers | undefined,
): string {
  const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1);
  const [multi] = demoApps;
  return [
    '',
    `Polyroom is ready (${seconds} s).`,
    '',
    `  Web page    ${cluster.consoleUrl}`,
    `  Console     ${cluster.consoleUrl}admin.html`,
    `  Docs        ${cluster.consoleUrl}docs/`,
    ...cluster.gateways.map(
      (gateway) => `  ${gateway.name}   REST ${gateway.httpUrl}/v1   WebSocket ${gateway.wsUrl}`,
    ),
    ...cluster.interopUrls.map((url) => `  WHIP, WHEP  ${url}/v1/interop/apps`),
    ...(observers === undefined ? [''] : describeObservers(observers)),
    ...demoApps.map(
      (app) => `  AppID ${app.appId}   multi-room ${app.multiRoom ? 'on ' : 'off'}   AppSign ${app.appSign}`,
    ),
    '',
    '  To log in, open the page: it knows both AppIDs. Choose a user ID and join a room or five.',
    ...describeFirstOwner(cluster.consoleUrl, firstOwner),
    '  As an operator over REST (the token is for this run only):',
    `    curl -H 'Authorization: Bearer ${cluster.adminToken}' ${cluster.gateways[0]!.httpUrl}/v1/apps/${multi!.appId}/entitlements`,
    '',
    '  Ctrl-C stops everything.',
    '',
  ].join('\n');
}

/** The terminal of the developer, and not a log: it may show the temporary password. */
function describeFirstOwner(consoleUrl: string | undefined, firstOwner: string | undefined): string[] {
  return firstOwner === undefined
    ? [`  Operators sign in to the console with their own accounts: ${consoleUrl}admin.html`, '']
    : [
        '  The first owner:',
        ...firstOwner
          .trimEnd()
          .split('\n')
          .map((line) => `    ${line}`),
        '',
      ];
}

const mediaSettings = [
  'POLYROOM_MEDIA_LISTEN_IP',
  'POLYROOM_RECORDING_DIR',
  'POLYROOM_RECORDING_MAX',
  'POLYROOM_FFMPEG_BIN',
];
/** Of existing servers of NATS and Redis. */
const tlsSettings = ['NATS', 'REDIS'].flatMap((server) =>
  ['CA', 'CERT', 'KEY'].map((file) => `POLYROOM_${server}_${file}_FILE`),
);
const secretsKeySettings = ['POLYROOM_SECRETS_KEY', 'POLYROOM_SECRETS_KEY_FILE'];

/** Passes on settings of the environment, if there are any. */
function passedOn(names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

function describeObservers({ prometheusUrl, grafanaUrl, problems }: Observers): string[] {
  return [
    ...(prometheusUrl === undefined ? [] : [`  Prometheus  ${prometheusUrl}/alerts`]),
    ...(grafanaUrl === undefined ? [] : [`  Grafana     ${grafanaUrl}/dashboards`]),
    ...problems.map((problem) => `  ${problem}`),
    '',
  ];
}

async function main(): Promise<void> {
  const startedAtMs = Date.now();
  const { values } = parseArgs({
    options: { cluster: { type: 'boolean', default: false }, observe: { type: 'boolean', default: false } },
  });
  // Also for all child processes.
  process.umask(0o077);
  const dataDir = await DataDir.hold(resolve(process.env['POLYROOM_DATA_DIR'] || defaultDataDir));
  if (!dataDir.isPrivate) {
    say(`== other users of this machine can read ${dataDir.path}: its file system ignores permissions`);
  }
  if (!canDieWithParent()) {
    say('== setpriv of util-linux is missing: if this launcher is killed, its processes keep running');
  }
  const formatter = new LogFormatter(process.stdout.isTTY === true);
  const demoApps = await loadDemoApps(join(dataDir.path, 'demo-apps.json'));
  const { POLYROOM_REDIS_URL: redisUrl, POLYROOM_NATS_URL: natsUrl, DATABASE_URL: databaseUrl } = process.env;
  const consolePort = await portNear(preferredPorts.console);
  await dataDir.describe({ pid: process.pid, pageUrl: `http://${host}:${consolePort}/` });
  const cluster = await startCluster({
    rootDir,
    dataDir,
    ...(redisUrl ? { redisUrl } : {}),
    ...(natsUrl ? { natsUrl } : {}),
    ...(databaseUrl ? { databaseUrl } : {}),
    ...(await formOf(values.cluster)),
    interopPorts: [await portNear(preferredPorts.interop)],
    consolePort,
    docsDir: join(rootDir, 'tools', 'docs', 'dist-site'),
    env: passedOn(tlsSettings),
    authEnv: passedOn(secretsKeySettings),
    mediaEnv: { POLYROOM_MEDIA_LISTEN_IP: mediaAddresses(), ...passedOn(mediaSettings) },
    demoApps: JSON.stringify(demoApps.map(({ appId, name, appSign }) => ({ appId, name, appSign }))),
    logLevel: process.env['POLYROOM_LOG_LEVEL'] ?? 'info',
    onLog: (line) => say(formatter.format(line)),
    onEvent: (event) => say(describeEvent(event)),
  });

  let observers: Observers | undefined;
  const close = async (): Promise<void> => {
    await observers?.close();
    await cluster.close();
    await dataDir.close();
  };
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) {
      return;
    }
    stopping = true;
    say(`\n== ${signal}: stopping`);
    void close().then(() => {
      say('== stopped');
      process.exit(0);
    });
  };
  process.on('SIGINT', () => stop('Ctrl-C'));
  process.on('SIGTERM', () => stop('SIGTERM'));

  try {
    await cluster.ready();
    await ensureDemoApps(cluster, demoApps);
    if (values.observe) {
      observers = await Observers.start(cluster.monitored, {
        rootDir,
        dataDir,
        prometheusPort: await portNear(preferredPorts.prometheus),
        grafanaPort: await portNear(preferredPorts.grafana),
        onError: say,
        onEvent: (event) => say(describeEvent(event)),
      });
    }
    const firstOwner = await readFile(cluster.firstOwnerFile, 'utf8').catch(() => undefined);
    say(describeCluster(cluster, demoApps, startedAtMs, firstOwner, observers));
  } catch (error) {
    if (!stopping) {
      say(`== The cluster did not become ready: ${(error as Error).message}`);
      await close();
      process.exit(1);
    }
  }
}

// Else process.exit can wait for ever for V8's concurrent compiler.
setFlagsFromString('--no-concurrent-sparkplug');
try {
  await main();
} catch (error) {
  say(error instanceof DataDirInUseError ? `== ${error.message}` : `== cannot start: ${describe(error)}`);
  process.exit(1);
}

function describe(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { socketLimits } from '@polyroom/contracts';
import { type Place } from '@polyroom/testing';

/** One process to start, with the URL that reports its readiness. */
export interface ServiceSpec {
  name: string;
  app: string;
  /** Where it runs. */
  place: Place;
  httpPort: number;
  /** Serves `/readyz` and `/metrics`. */
  monitorPort: number;
  env: Record<string, string>;
}

export interface ServicePlan {
  /** The place of a process by its name. */
  placeOf: (process: string) => Place;
  env: Record<string, string>;
  /** The address of the bus for a service, with its credentials. */
  natsUrlOf: (service: string) => string;
  redisUrl: string;
  redisPrefix: string;
  databaseEnv: Record<string, string>;
  authEnv: Record<string, string>;
  adminTokens: string;
  /** Says how the first owner signs in. */
  firstOwnerFile: string;
  sessionGraceMs: number;
  gatewayLeaseMs: number;
  gatewayPorts: number[];
  interopPorts: number[];
  authPorts: number[];
  roomPorts: number[];
  messagingPorts: number[];
  recorderPorts: number[];
  webhooksPorts: number[];
  mediaPorts: number[];
  mediaWorkers: number;
  mediaPortBase: number | undefined;
  messagingEnv: Record<string, string>;
  webhooksEnv: Record<string, string>;
  mediaEnv: Record<string, string>;
  gatewayEnv: Record<string, string>;
  consolePort: number | undefined;
  consoleEnv: Record<string, string>;
  /** Ports for probes and metrics of gateways, interop processes and the console, in this order. */
  monitorPorts: number[];
  demoApps: string;
  /** The built pages for tests. */
  testPagesDir: string;
  /** The built documentation. */
  docsDir: string | undefined;
  logLevel: string;
}

/** All users of a cluster on one machine have the same address: only the limits of the process apply. */
const limitsOfOneMachine = {
  POLYROOM_MAX_SOCKETS_PER_ADDRESS: String(socketLimits.maxSockets),
  POLYROOM_MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS: String(socketLimits.maxUnauthenticatedSockets),
};

/** The app, and the name of its process. */
export const allInOne = 'all-in-one';

const defaultConsolePort = 7088;

/** All processes of the cluster with their environment, in start order. */
export function planServices(plan: ServicePlan): ServiceSpec[] {
  const shared = {
    POLYROOM_LOG_LEVEL: plan.logLevel,
    ...plan.env,
  };
  // Passkeys need a name, which an address is not.
  const consoleOrigins = {
    POLYROOM_CONSOLE_ORIGINS: ['localhost', plan.placeOf('console').host]
      .map((name) => `http://${name}:${plan.consolePort ?? defaultConsolePort}`)
      .join(','),
  };
  const monitorPorts = [...plan.monitorPorts];
  const service = (
    name: string,
    app: string,
    httpPort: number,
    env: Record<string, string> = {},
  ): ServiceSpec => {
    const place = plan.placeOf(name);
    return {
      ...{ name, app, place, httpPort, monitorPort: httpPort },
      env: {
        ...{ POLYROOM_HTTP_HOST: place.host, ...shared, ...busEnv(plan, app) },
        ...{ POLYROOM_HTTP_PORT: String(httpPort), ...env },
      },
    };
  };
  /** A service whose HTTP port clients reach. */
  const edge = (...args: Parameters<typeof service>): ServiceSpec => {
    const spec = service(...args);
    const monitorPort = monitorPorts.shift() ?? 0;
    const monitor = {
      POLYROOM_MONITOR_HOST: spec.place.host,
      POLYROOM_MONITOR_PORT: String(monitorPort),
    };
    return { ...spec, monitorPort, env: { ...spec.env, ...monitor } };
  };
  return [
    ...plan.authPorts.map((port, index) =>
      service(index === 0 ? 'auth' : `auth-${index + 1}`, 'auth', port, {
        ...plan.databaseEnv,
        POLYROOM_ADMIN_TOKENS: plan.adminTokens,
        POLYROOM_ADMIN_URL: `http://localhost:${plan.gatewayPorts[0]}`,
        POLYROOM_FIRST_OWNER_FILE: plan.firstOwnerFile,
        ...consoleOrigins,
        ...plan.authEnv,
      }),
    ),
    ...plan.roomPorts.map((port, index) =>
      service(`room-${index + 1}`, 'room', port, {
        POLYROOM_REDIS_URL: plan.redisUrl,
        POLYROOM_REDIS_PREFIX: plan.redisPrefix,
        POLYROOM_SESSION_GRACE_MS: String(plan.sessionGraceMs),
        POLYROOM_GATEWAY_LEASE_MS: String(plan.gatewayLeaseMs),
      }),
    ),
    ...plan.messagingPorts.map((port, index) =>
      service(index === 0 ? 'messaging' : `messaging-${index + 1}`, 'messaging', port, plan.messagingEnv),
    ),
    ...plan.recorderPorts.map((port, index) => service(`recorder-${index + 1}`, 'recorder', port)),
    ...plan.webhooksPorts.map((port, index) =>
      service(index === 0 ? 'webhooks' : `webhooks-${index + 1}`, 'webhooks', port, plan.webhooksEnv),
    ),
    ...plan.mediaPorts.map((port, index) =>
      service(`media-${index + 1}`, 'media', port, {
        POLYROOM_NODE_ID: `nd_${index + 1}`,
        POLYROOM_MEDIA_WORKERS: String(plan.mediaWorkers),
        ...mediaPort(plan, index),
        POLYROOM_MEDIA_LISTEN_IP: plan.placeOf(`media-${index + 1}`).host,
        // Within the deadline of a launcher that stops everything.
        POLYROOM_MEDIA_DRAIN_TIMEOUT_MS: '5000',
        ...plan.mediaEnv,
      }),
    ),
    ...plan.gatewayPorts.map((port, index) =>
      edge(`gateway-${index + 1}`, 'gateway', port, {
        POLYROOM_GATEWAY_ID: `gw_${index + 1}`,
        ...limitsOfOneMachine,
        ...consoleOrigins,
        ...plan.gatewayEnv,
      }),
    ),
    ...plan.interopPorts.map((port, index) => edge(`interop-${index + 1}`, 'interop', port, plan.gatewayEnv)),
    ...(plan.consolePort === undefined
      ? []
      : [
          edge('console', 'console', plan.consolePort, {
            POLYROOM_GATEWAY_URLS: plan.gatewayPorts
              .map((port, index) => `http://${plan.placeOf(`gateway-${index + 1}`).host}:${port}`)
              .join(','),
            POLYROOM_DEMO_APPS: plan.demoApps,
            POLYROOM_TEST_PAGES_DIR: plan.testPagesDir,
            ...(plan.docsDir === undefined ? {} : { POLYROOM_DOCS_DIR: plan.docsDir }),
            ...plan.consoleEnv,
          }),
        ]),
  ];
}

/** The ports that clients reach, by the variable that the process of all services has for each. */
const edgePorts: Record<string, string> = {
  gateway: 'POLYROOM_GATEWAY_PORT',
  interop: 'POLYROOM_INTEROP_PORT',
  console: 'POLYROOM_CONSOLE_PORT',
};

/** The process of all services, in place of one for each. Throws if there are two of a service. */
export function planAllInOne(plan: ServicePlan): ServiceSpec {
  const specs = planServices(plan);
  const [monitorPort = 0] = plan.monitorPorts;
  const env: Record<string, string> = {};
  for (const { name, app, httpPort, env: own } of specs) {
    if (specs.some((other) => other.app === app && other.name !== name)) {
      throw new Error(`one process has one ${app}: give it one port and one instance`);
    }
    const portName = edgePorts[app];
    Object.assign(env, own, portName === undefined ? {} : { [portName]: String(httpPort) });
  }
  // A service without a port takes a free one.
  Object.values(edgePorts).forEach((name) => (env[name] ??= '0'));
  delete env['POLYROOM_HTTP_PORT'];
  env['POLYROOM_MONITOR_PORT'] = String(monitorPort);
  const place = plan.placeOf(allInOne);
  return { name: allInOne, app: allInOne, place, httpPort: monitorPort, monitorPort, env };
}

/** As many workers as one node may have beside the next. */
const portsPerMediaNode = 10;

function mediaPort({ mediaPortBase }: ServicePlan, index: number): Record<string, string> {
  return mediaPortBase === undefined
    ? {}
    : { POLYROOM_MEDIA_PORT_BASE: String(mediaPortBase + portsPerMediaNode * index) };
}

/** The console does not use the bus. */
function busEnv({ natsUrlOf }: ServicePlan, app: string): Record<string, string> {
  return app === 'console' ? {} : { POLYROOM_NATS_URL: natsUrlOf(app) };
}

/** The built entry point of an app: its bundle, which checkouts of earlier versions do not have. */
export function entryOf(rootDir: string, app: string): string {
  const dist = join(rootDir, 'apps', app, 'dist');
  const bundle = join(dist, 'bundle', 'main.js');
  return existsSync(bundle) ? bundle : join(dist, 'main.js');
}

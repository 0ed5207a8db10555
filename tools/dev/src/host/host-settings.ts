import { ConfigError, loadConfig, milliseconds, port, serviceFields } from '@polyroom/config';
import { socketLimits } from '@polyroom/contracts';
import { z } from 'zod';

/**
 * The environment of a host that runs all services: the variables of docs/configuration.md, each of
 * which reaches only the services that read it.
 */
const passedOn = {
  all: [
    'POLYROOM_REGION',
    'POLYROOM_USAGE_INTERVAL_MS',
    'POLYROOM_NATS_CA_FILE',
    'POLYROOM_NATS_CERT_FILE',
    'POLYROOM_NATS_KEY_FILE',
    'POLYROOM_NATS_REPLICAS',
    'POLYROOM_REDIS_CA_FILE',
    'POLYROOM_REDIS_CERT_FILE',
    'POLYROOM_REDIS_KEY_FILE',
  ],
  auth: [
    'POLYROOM_SECRETS_KEY',
    'POLYROOM_SECRETS_KEY_FILE',
    'POLYROOM_ADMIN_TOKENS',
    'POLYROOM_ADMIN_URL',
    'POLYROOM_FIRST_OWNER',
    'POLYROOM_DATABASE_OUTAGE_SECONDS',
    'POLYROOM_MAX_GRANT_SECONDS',
    'POLYROOM_OIDC_ISSUER',
    'POLYROOM_OIDC_NAME',
    'POLYROOM_OIDC_CLIENT_ID',
    'POLYROOM_OIDC_SECRET_FILE',
    'POLYROOM_OIDC_ROLES_CLAIM',
    'POLYROOM_OIDC_ROLES',
  ],
  /** Gateways and interop. */
  edge: [
    'POLYROOM_TRUSTED_PROXIES',
    'POLYROOM_REQUEST_TIMEOUT_MS',
    'POLYROOM_LOGIN_TIMEOUT_MS',
    'POLYROOM_MAX_SOCKETS',
    'POLYROOM_MAX_SOCKETS_PER_ADDRESS',
    'POLYROOM_MAX_UNAUTHENTICATED_SOCKETS',
    'POLYROOM_MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS',
    'POLYROOM_TURN_URLS',
    'POLYROOM_TURN_SECRET',
    'POLYROOM_TURN_TTL_SECONDS',
  ],
  messaging: ['POLYROOM_SIGNED_MESSAGE_HOOKS'],
  webhooks: [
    'POLYROOM_WEBHOOK_ALLOWED_NETWORKS',
    'POLYROOM_WEBHOOK_TIMEOUT_MS',
    'POLYROOM_WEBHOOK_RETRY_FOR_MS',
    'POLYROOM_WEBHOOK_DISABLE_AFTER_MS',
  ],
  media: [
    'POLYROOM_MEDIA_LISTEN_IP',
    'POLYROOM_MEDIA_PIPE_ADDRESS',
    'POLYROOM_MEDIA_PIPE_PORTS',
    'POLYROOM_MEDIA_DRAIN_TIMEOUT_MS',
    'POLYROOM_RECORDING_DIR',
    'POLYROOM_RECORDING_MAX',
    'POLYROOM_FFMPEG_BIN',
  ],
} as const;

const required = (name: string) => z.string(`must be set: ${name}`);

/** What the launcher reads itself. */
const schema = z.object({
  POLYROOM_DATA_DIR: required('the directory of all data'),
  POLYROOM_GATEWAY_URLS: required('the address of the gateways for browsers, https://…'),
  POLYROOM_CONSOLE_ORIGINS: required('the address of the console, https://…'),
  POLYROOM_MEDIA_ANNOUNCED_ADDRESS: required('the public IP of this machine, or a source of it'),
  POLYROOM_MEDIA_PORT_BASE: port.default(19_000),
  POLYROOM_MEDIA_WORKERS: z.coerce.number().int().min(1).max(10).optional(),
  POLYROOM_SESSION_GRACE_MS: milliseconds.default(90_000),
  POLYROOM_GATEWAY_LEASE_MS: milliseconds.default(5000),
  POLYROOM_LOG_LEVEL: serviceFields.POLYROOM_LOG_LEVEL,
  POLYROOM_NATS_URL: z.string().optional(),
  POLYROOM_REDIS_URL: z.string().optional(),
  DATABASE_URL: z.string().optional(),
});
/** Inherited by all processes. */
const inherited = ['POLYROOM_FAST_IO', 'POLYROOM_TRACE_SAMPLE', 'OTEL_EXPORTER_OTLP_ENDPOINT'];

export interface HostSettings {
  dataDir: string;
  logLevel: string;
  /** Existing servers; the launcher starts its own for those omitted. */
  stores: { natsUrl?: string; redisUrl?: string; databaseUrl?: string };
  sessionGraceMs: number;
  gatewayLeaseMs: number;
  mediaPortBase: number;
  /** Of each media node. */
  mediaWorkers: number | undefined;
  env: Record<string, string>;
  authEnv: Record<string, string>;
  gatewayEnv: Record<string, string>;
  messagingEnv: Record<string, string>;
  webhooksEnv: Record<string, string>;
  mediaEnv: Record<string, string>;
  consoleEnv: Record<string, string>;
}

/** The names of all variables that a host may set. */
export const hostVariables: readonly string[] = [
  ...Object.keys(schema.shape),
  ...inherited,
  ...Object.values(passedOn).flat(),
];

/**
 * Reads the settings of a host. Throws ConfigError for a variable that is missing, and for one of Polyroom that has no
 * meaning here; services check the values that are passed on.
 */
export function readHostSettings(environment: Record<string, string | undefined>): HostSettings {
  const unknown = Object.keys(environment).filter(
    (name) => name.startsWith('POLYROOM_') && !hostVariables.includes(name),
  );
  if (unknown.length > 0) {
    throw new ConfigError(`${unknown.join(', ')}: not a setting of a host, see docs/self-hosting.md`);
  }
  const values = loadConfig(schema, environment);
  const pick = (names: readonly string[]): Record<string, string> =>
    Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
  const consoleOrigins = { POLYROOM_CONSOLE_ORIGINS: values.POLYROOM_CONSOLE_ORIGINS };
  return {
    dataDir: values.POLYROOM_DATA_DIR,
    logLevel: values.POLYROOM_LOG_LEVEL,
    stores: {
      ...(values.POLYROOM_NATS_URL === undefined ? {} : { natsUrl: values.POLYROOM_NATS_URL }),
      ...(values.POLYROOM_REDIS_URL === undefined ? {} : { redisUrl: values.POLYROOM_REDIS_URL }),
      ...(values.DATABASE_URL === undefined ? {} : { databaseUrl: values.DATABASE_URL }),
    },
    sessionGraceMs: values.POLYROOM_SESSION_GRACE_MS,
    gatewayLeaseMs: values.POLYROOM_GATEWAY_LEASE_MS,
    mediaPortBase: values.POLYROOM_MEDIA_PORT_BASE,
    mediaWorkers: values.POLYROOM_MEDIA_WORKERS,
    env: pick(passedOn.all),
    authEnv: {
      POLYROOM_ADMIN_URL: values.POLYROOM_GATEWAY_URLS.split(',')[0]!.trim(),
      ...consoleOrigins,
      ...pick(passedOn.auth),
    },
    gatewayEnv: {
      // The proxy is on this machine.
      POLYROOM_TRUSTED_PROXIES: '127.0.0.1',
      POLYROOM_MAX_SOCKETS_PER_ADDRESS: String(socketLimits.maxSocketsPerAddress),
      POLYROOM_MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS: String(
        socketLimits.maxUnauthenticatedSocketsPerAddress,
      ),
      ...consoleOrigins,
      ...pick(passedOn.edge),
    },
    messagingEnv: pick(passedOn.messaging),
    webhooksEnv: pick(passedOn.webhooks),
    mediaEnv: {
      POLYROOM_MEDIA_LISTEN_IP: '0.0.0.0',
      POLYROOM_MEDIA_ANNOUNCED_ADDRESS: values.POLYROOM_MEDIA_ANNOUNCED_ADDRESS,
      // Both nodes are on this machine.
      POLYROOM_MEDIA_PIPE_ADDRESS: '127.0.0.1',
      ...pick(passedOn.media),
    },
    consoleEnv: {
      POLYROOM_GATEWAY_URLS: values.POLYROOM_GATEWAY_URLS,
      // Pages of tests are not for visitors.
      POLYROOM_TEST_PAGES_DIR: '',
    },
  };
}

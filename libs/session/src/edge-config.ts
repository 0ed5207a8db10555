import { TrustedProxies } from '@polyroom/addresses';
import {
  ConfigError,
  milliseconds,
  monitorFields,
  optionalText,
  readServiceSettings,
  region,
  serviceFields,
  type ServiceSettings,
  usageInterval,
} from '@polyroom/config';
import { defaultRequestTimeoutMs } from '@polyroom/contracts';
import { z } from 'zod';
import { type TurnConfig } from './media/turn.js';
import { type SessionConfig } from './session.config.js';

/** The environment of a process that clients connect to. */
export const edgeFields = {
  ...serviceFields,
  ...monitorFields,
  /** Region of this process, and so of its clients. */
  POLYROOM_REGION: region,
  /** Addresses and networks of the proxies before this process, separated by commas. Their headers name the client. */
  POLYROOM_TRUSTED_PROXIES: optionalText,
  /** How long a client may take to send a request or a message completely. */
  POLYROOM_REQUEST_TIMEOUT_MS: milliseconds.default(defaultRequestTimeoutMs),
  POLYROOM_USAGE_INTERVAL_MS: usageInterval,
  /** TURN and STUN servers for clients, `turn:host:port?transport=udp`, separated by commas. */
  POLYROOM_TURN_URLS: optionalText,
  /** The secret shared with the TURN servers (coturn's `static-auth-secret`). */
  POLYROOM_TURN_SECRET: optionalText,
  /** How long TURN credentials are valid. */
  POLYROOM_TURN_TTL_SECONDS: z.coerce
    .number()
    .int()
    .min(60)
    .max(30 * 86_400)
    .default(86_400),
};

export interface EdgeConfig extends SessionConfig, ServiceSettings {
  trustedProxies: TrustedProxies;
  /** Where probes and metrics are served. */
  monitor: { host: string; port: number };
  requestTimeoutMs: number;
}

type EdgeValues = z.output<z.ZodObject<typeof edgeFields>>;

/**
 * @param gatewayId the name of this process in session records
 * @throws ConfigError where an address list cannot be read
 */
export function readEdgeConfig(values: EdgeValues, gatewayId: string): EdgeConfig {
  return {
    gatewayId,
    region: values.POLYROOM_REGION,
    ...readServiceSettings(values),
    trustedProxies: readTrustedProxies(values.POLYROOM_TRUSTED_PROXIES ?? ''),
    monitor: { host: values.POLYROOM_MONITOR_HOST, port: values.POLYROOM_MONITOR_PORT },
    requestTimeoutMs: values.POLYROOM_REQUEST_TIMEOUT_MS,
    turn: readTurnConfig(values),
    usageIntervalMs: values.POLYROOM_USAGE_INTERVAL_MS,
  };
}

function readTrustedProxies(text: string): TrustedProxies {
  try {
    return TrustedProxies.parse(text);
  } catch (error) {
    throw new ConfigError(`POLYROOM_TRUSTED_PROXIES: ${(error as Error).message}`);
  }
}

function readTurnConfig(values: EdgeValues): TurnConfig {
  const secret = values.POLYROOM_TURN_SECRET;
  const urls = (values.POLYROOM_TURN_URLS ?? '')
    .split(',')
    .map((url) => url.trim())
    .filter(Boolean);
  const wrong = urls.findIndex((url) => !/^(stuns?|turns?):[^\s/]+$/.test(url));
  if (wrong >= 0) {
    throw new ConfigError(
      `POLYROOM_TURN_URLS: entry ${wrong + 1} is not an address such as turn:host:3478?transport=udp`,
    );
  }
  if (secret === undefined && urls.some((url) => url.startsWith('turn'))) {
    throw new ConfigError(
      'POLYROOM_TURN_SECRET is not set: a TURN server accepts no client without credentials',
    );
  }
  return { urls, secret, ttlSeconds: values.POLYROOM_TURN_TTL_SECONDS };
}

import { TrustedProxies } from '@polyroom/addresses';
import { ConfigError, loadConfig, optionalText, serviceFields } from '@polyroom/config';
import { gatewayIdSchema, newId } from '@polyroom/contracts';
import { z } from 'zod';
import { type TurnConfig } from '@polyroom/session';

const schema = z.object({
  ...serviceFields,
  /** The name under which the room service knows this gateway. */
  POLYROOM_GATEWAY_ID: gatewayIdSchema.optional(),
  /** Addresses and networks of the proxies before this gateway, separated by commas: they say where a client is. */
  POLYROOM_TRUSTED_PROXIES: optionalText,
  /** TURN and STUN servers for clients, `turn:host:port?transport=udp`, separated by commas. */
  POLYROOM_TURN_URLS: optionalText,
  /** The secret that the gateway shares with the TURN servers (coturn's `static-auth-secret`). */
  POLYROOM_TURN_SECRET: optionalText,
  /** How long credentials hold; who stays longer than that keeps the way that it has. */
  POLYROOM_TURN_TTL_SECONDS: z.coerce
    .number()
    .int()
    .min(60)
    .max(30 * 86_400)
    .default(86_400),
});

export interface GatewayConfig {
  gatewayId: string;
  natsUrl: string;
  httpHost: string;
  httpPort: number;
  logLevel: string;
  trustedProxies: TrustedProxies;
  turn: TurnConfig;
}

/** Reads the environment, or what stands in its place. */
export function loadGatewayConfig(env?: Record<string, string | undefined>): GatewayConfig {
  const values = loadConfig(schema, env);
  return {
    gatewayId: values.POLYROOM_GATEWAY_ID ?? newId('gateway'),
    natsUrl: values.POLYROOM_NATS_URL,
    httpHost: values.POLYROOM_HTTP_HOST,
    httpPort: values.POLYROOM_HTTP_PORT,
    logLevel: values.POLYROOM_LOG_LEVEL,
    trustedProxies: readTrustedProxies(values.POLYROOM_TRUSTED_PROXIES ?? ''),
    turn: {
      urls: readTurnUrls(values.POLYROOM_TURN_URLS ?? '', values.POLYROOM_TURN_SECRET),
      secret: values.POLYROOM_TURN_SECRET,
      ttlSeconds: values.POLYROOM_TURN_TTL_SECONDS,
    },
  };
}

function readTrustedProxies(text: string): TrustedProxies {
  try {
    return TrustedProxies.parse(text);
  } catch (error) {
    throw new ConfigError(`POLYROOM_TRUSTED_PROXIES: ${(error as Error).message}`);
  }
}

function readTurnUrls(text: string, secret: string | undefined): string[] {
  const urls = text
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
    throw new ConfigError('POLYROOM_TURN_SECRET is not set: a TURN server takes nobody without credentials');
  }
  return urls;
}

import {
  type Environment,
  loadConfig,
  milliseconds,
  optionalText,
  serviceFields,
  textFor,
} from '@polyroom/config';
import { parseRedisAddress } from '@polyroom/room-store';
import { z } from 'zod';

const schema = z.object({
  ...serviceFields,
  POLYROOM_REDIS_URL: textFor(parseRedisAddress).default('redis://127.0.0.1:6379'),
  /** With `rediss://`: the authorities that sign the certificate of Redis, and the certificate of this client. */
  POLYROOM_REDIS_CA_FILE: optionalText,
  POLYROOM_REDIS_CERT_FILE: optionalText,
  POLYROOM_REDIS_KEY_FILE: optionalText,
  POLYROOM_REDIS_PREFIX: z
    .string()
    .regex(/^[0-9A-Za-z_-]+$/)
    .default('pr'),
  /** How long a session without a socket keeps its rooms (ZEGO: 90 s). */
  POLYROOM_SESSION_GRACE_MS: milliseconds.default(90_000),
  /** A gateway without a heartbeat for this long is declared lost. */
  POLYROOM_GATEWAY_LEASE_MS: milliseconds.default(5000),
});
export type RoomConfig = z.output<typeof schema>;

export function loadRoomConfig(env?: Environment): RoomConfig {
  return loadConfig(schema, env);
}

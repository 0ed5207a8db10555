import { loadConfig, milliseconds, serviceFields, textFor } from '@polyroom/config';
import { parseRedisAddress } from '@polyroom/room-store';
import { z } from 'zod';

const schema = z.object({
  ...serviceFields,
  POLYROOM_REDIS_URL: textFor(parseRedisAddress).default('redis://127.0.0.1:6379'),
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

export function loadRoomConfig(): RoomConfig {
  return loadConfig(schema);
}

import { loadConfig, serviceFields } from '@polyroom/config';
import { gatewayIdSchema, newId } from '@polyroom/contracts';
import { z } from 'zod';

const schema = z.object({
  ...serviceFields,
  /** The name under which the room service knows this gateway. */
  POLYROOM_GATEWAY_ID: gatewayIdSchema.optional(),
});

export interface GatewayConfig {
  gatewayId: string;
  natsUrl: string;
  httpHost: string;
  httpPort: number;
  logLevel: string;
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
  };
}

import { loadConfig } from '@polyroom/config';
import { gatewayIdSchema, newId } from '@polyroom/contracts';
import { type EdgeConfig, edgeFields, readEdgeConfig } from '@polyroom/session';
import { z } from 'zod';

const schema = z.object({
  ...edgeFields,
  /** This gateway's ID at the room service. */
  POLYROOM_GATEWAY_ID: gatewayIdSchema.optional(),
});

export type GatewayConfig = EdgeConfig;

/** Reads the configuration from the environment, or from `env`. */
export function loadGatewayConfig(env?: Record<string, string | undefined>): GatewayConfig {
  const values = loadConfig(schema, env);
  return readEdgeConfig(values, values.POLYROOM_GATEWAY_ID ?? newId('gateway'));
}

import { loadConfig } from '@polyroom/config';
import { gatewayIdSchema, newId } from '@polyroom/contracts';
import { type EdgeConfig, edgeFields, readEdgeConfig } from '@polyroom/session';
import { z } from 'zod';

const schema = z.object({
  ...edgeFields,
  /** The name under which the room service knows this gateway. */
  POLYROOM_GATEWAY_ID: gatewayIdSchema.optional(),
});

export type GatewayConfig = EdgeConfig;

/** Reads the environment, or what stands in its place. */
export function loadGatewayConfig(env?: Record<string, string | undefined>): GatewayConfig {
  const values = loadConfig(schema, env);
  return readEdgeConfig(values, values.POLYROOM_GATEWAY_ID ?? newId('gateway'));
}

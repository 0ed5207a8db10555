import { loadConfig, monitorFields, port, serviceFields } from '@polyroom/config';
import { z } from 'zod';

const schema = z.object({
  /** Of the probes and metrics of all services. */
  ...monitorFields,
  POLYROOM_LOG_LEVEL: serviceFields.POLYROOM_LOG_LEVEL,
  /** The ports that clients reach, in place of the POLYROOM_HTTP_PORT of separate processes. */
  POLYROOM_GATEWAY_PORT: port.default(7080),
  POLYROOM_INTEROP_PORT: port.default(7085),
  POLYROOM_CONSOLE_PORT: port.default(7088),
});

/** Reads the environment. Throws ConfigError. */
export function loadHostConfig(): z.output<typeof schema> {
  return loadConfig(schema);
}

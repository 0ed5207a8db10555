import { loadConfig, milliseconds, originList, positiveCount } from '@polyroom/config';
import { gatewayIdSchema, newId, socketLimits } from '@polyroom/contracts';
import { type EdgeConfig, edgeFields, readEdgeConfig } from '@polyroom/session';
import { z } from 'zod';
import { type AdmissionLimits } from './socket/admission.js';

const schema = z.object({
  ...edgeFields,
  /** This gateway's ID at the room service. */
  POLYROOM_GATEWAY_ID: gatewayIdSchema.optional(),
  /** Origins of the console: its pages may use the sessions of operators. */
  POLYROOM_CONSOLE_ORIGINS: originList,
  /** How long a socket may take to log in or to resume a session. */
  POLYROOM_LOGIN_TIMEOUT_MS: milliseconds.default(socketLimits.loginTimeoutMs),
  /** Maximum number of open sockets of this process. */
  POLYROOM_MAX_SOCKETS: positiveCount.default(socketLimits.maxSockets),
  /** Maximum number of open sockets of one client address. */
  POLYROOM_MAX_SOCKETS_PER_ADDRESS: positiveCount.default(socketLimits.maxSocketsPerAddress),
  /** Maximum number of sockets of this process that have not logged in. */
  POLYROOM_MAX_UNAUTHENTICATED_SOCKETS: positiveCount.default(socketLimits.maxUnauthenticatedSockets),
  /** Maximum number of sockets of one client address that have not logged in. */
  POLYROOM_MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS: positiveCount.default(
    socketLimits.maxUnauthenticatedSocketsPerAddress,
  ),
});

export interface GatewayConfig extends EdgeConfig {
  loginTimeoutMs: number;
  consoleOrigins: readonly string[];
  admission: AdmissionLimits;
}

/** Reads the configuration from the environment, or from `env`. */
export function loadGatewayConfig(env?: Record<string, string | undefined>): GatewayConfig {
  const values = loadConfig(schema, env);
  return {
    ...readEdgeConfig(values, values.POLYROOM_GATEWAY_ID ?? newId('gateway')),
    consoleOrigins: values.POLYROOM_CONSOLE_ORIGINS,
    loginTimeoutMs: values.POLYROOM_LOGIN_TIMEOUT_MS,
    admission: {
      maxSockets: values.POLYROOM_MAX_SOCKETS,
      maxSocketsPerAddress: values.POLYROOM_MAX_SOCKETS_PER_ADDRESS,
      maxUnauthenticatedSockets: values.POLYROOM_MAX_UNAUTHENTICATED_SOCKETS,
      maxUnauthenticatedSocketsPerAddress: values.POLYROOM_MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS,
    },
  };
}

import { availableParallelism } from 'node:os';
import { ConfigError, loadConfig, optionalText, port, serviceFields } from '@polyroom/config';
import { newId, nodeIdSchema } from '@polyroom/contracts';
import { z } from 'zod';

const schema = z.object({
  ...serviceFields,
  /** The name under which gateways find this node, `nd_…`; random by default. */
  POLYROOM_NODE_ID: nodeIdSchema.optional(),
  POLYROOM_REGION: z.string().max(64).default('local'),
  /** mediasoup workers, each at most one core; as many as there are cores by default. */
  POLYROOM_MEDIA_WORKERS: z.coerce.number().int().min(1).max(128).optional(),
  /** The interface that takes the media. */
  POLYROOM_MEDIA_LISTEN_IP: z.union([z.ipv4(), z.ipv6()]).default('0.0.0.0'),
  /** The address that clients are told. */
  POLYROOM_MEDIA_ANNOUNCED_ADDRESS: optionalText,
  /** Worker n listens on this port + n, UDP and TCP; 0 = any free ports. */
  POLYROOM_MEDIA_PORT_BASE: port.default(0),
  MEDIASOUP_WORKER_BIN: optionalText,
});

export interface MediaConfig {
  nodeId: string;
  region: string;
  workerCount: number;
  listenIp: string;
  announcedAddress?: string;
  portBase: number;
  workerBin?: string;
  natsUrl: string;
  httpHost: string;
  httpPort: number;
  logLevel: string;
}

const wildcards = ['0.0.0.0', '::'];

/** Reads the environment, or what stands in its place. Throws ConfigError. */
export function loadMediaConfig(env?: Record<string, string | undefined>): MediaConfig {
  const values = loadConfig(schema, env);
  const workerCount = values.POLYROOM_MEDIA_WORKERS ?? availableParallelism();
  const listenIp = values.POLYROOM_MEDIA_LISTEN_IP;
  const announcedAddress = values.POLYROOM_MEDIA_ANNOUNCED_ADDRESS;
  const portBase = values.POLYROOM_MEDIA_PORT_BASE;
  if (wildcards.includes(listenIp) && announcedAddress === undefined) {
    throw new ConfigError(
      `POLYROOM_MEDIA_ANNOUNCED_ADDRESS is not set: clients cannot send media to ${listenIp}. ` +
        'Set it to the address under which clients reach this machine, ' +
        'or set POLYROOM_MEDIA_LISTEN_IP to such an address (127.0.0.1 for one machine alone).',
    );
  }
  if (portBase !== 0 && portBase + workerCount - 1 > 65_535) {
    throw new ConfigError(
      `POLYROOM_MEDIA_PORT_BASE: ${workerCount} workers need the ports ${portBase} and up, and there are not that many`,
    );
  }
  return {
    nodeId: values.POLYROOM_NODE_ID ?? newId('node'),
    region: values.POLYROOM_REGION,
    workerCount,
    listenIp,
    ...(announcedAddress === undefined ? {} : { announcedAddress }),
    portBase,
    ...(values.MEDIASOUP_WORKER_BIN === undefined ? {} : { workerBin: values.MEDIASOUP_WORKER_BIN }),
    natsUrl: values.POLYROOM_NATS_URL,
    httpHost: values.POLYROOM_HTTP_HOST,
    httpPort: values.POLYROOM_HTTP_PORT,
    logLevel: values.POLYROOM_LOG_LEVEL,
  };
}

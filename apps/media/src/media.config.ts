import { accessSync, constants, mkdirSync } from 'node:fs';
import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import {
  ConfigError,
  loadConfig,
  optionalText,
  port,
  readServiceSettings,
  region,
  serviceFields,
  textFor,
  usageInterval,
  type ServiceSettings,
} from '@polyroom/config';
import { newId, nodeIdSchema } from '@polyroom/contracts';
import { defaultPipePorts, findProgram } from '@polyroom/media-engine';
import { z } from 'zod';
import { type AddressSource, parseAddressSources } from './addresses/address-source.js';
import { type AddressSettings } from './addresses/find-addresses.js';
import { isWildcard } from './addresses/pair-addresses.js';

/** mediasoup accepts 8 sockets per server: UDP and TCP of each address. */
const maxListenIps = 4;

const schema = z.object({
  ...serviceFields,
  /** Name under which gateways find this node, `nd_…`; random by default. */
  POLYROOM_NODE_ID: nodeIdSchema.optional(),
  POLYROOM_REGION: region,
  /** mediasoup workers, each limited to one core; the number of cores by default. */
  POLYROOM_MEDIA_WORKERS: z.coerce.number().int().min(1).max(128).optional(),
  /** Interfaces that receive media, separated by commas; `auto` = all addresses of this machine or container. */
  POLYROOM_MEDIA_LISTEN_IP: z
    .string()
    .transform((text) => text.split(',').map((address) => address.trim()))
    .pipe(z.array(z.union([z.ipv4(), z.ipv6(), z.literal('auto')])).max(maxListenIps))
    .default(['0.0.0.0']),
  /** Addresses announced to clients, and sources that name them (address-source.ts), separated by commas. */
  POLYROOM_MEDIA_ANNOUNCED_ADDRESS: textFor(parseAddressSources).optional(),
  /**
   * IP address that other media nodes send to. `auto` = the first non-loopback address of this machine or
   * container, `announced` = the first announced one.
   */
  POLYROOM_MEDIA_PIPE_ADDRESS: z
    .union([z.ipv4(), z.ipv6(), z.literal('auto'), z.literal('announced')])
    .optional(),
  /** UDP ports for pipes to and from other nodes and workers: `first-last`. */
  POLYROOM_MEDIA_PIPE_PORTS: z
    .string()
    .regex(/^\d{1,5}-\d{1,5}$/, 'must be two ports such as 20000-29999')
    .default(`${defaultPipePorts.min}-${defaultPipePorts.max}`),
  /** Worker n listens on this port + n, UDP and TCP; 0 = free ports from 10000 to 11999. */
  POLYROOM_MEDIA_PORT_BASE: port.default(0),
  /** How long a draining node waits for its sessions to move to other nodes. */
  POLYROOM_MEDIA_DRAIN_TIMEOUT_MS: z.coerce.number().int().min(0).max(3_600_000).default(10_000),
  /** Directory for recordings; unset = recording is disabled. */
  POLYROOM_RECORDING_DIR: optionalText,
  /** Maximum number of streams recorded concurrently on this node. */
  POLYROOM_RECORDING_MAX: z.coerce.number().int().min(1).max(10_000).default(50),
  /** Program name looked up on PATH, or an absolute path. */
  POLYROOM_FFMPEG_BIN: z.string().default('ffmpeg'),
  POLYROOM_USAGE_INTERVAL_MS: usageInterval,
  PATH: z.string().default('/usr/bin:/bin'),
  MEDIASOUP_WORKER_BIN: optionalText,
});

export interface MediaConfig extends ServiceSettings {
  nodeId: string;
  region: string;
  workerCount: number;
  addresses: AddressSettings;
  portBase: number;
  pipePorts: { min: number; max: number };
  drainTimeoutMs: number;
  usageIntervalMs: number;
  workerBin?: string;
  recording?: { dir: string; maxRecordings: number; ffmpegBin?: string; setprivBin?: string };
}

/** Reads the environment, or the given values instead. Throws ConfigError. */
export function loadMediaConfig(env?: Record<string, string | undefined>): MediaConfig {
  const values = loadConfig(schema, env);
  const workerCount = values.POLYROOM_MEDIA_WORKERS ?? availableParallelism();
  const listenIps = values.POLYROOM_MEDIA_LISTEN_IP;
  const announced =
    values.POLYROOM_MEDIA_ANNOUNCED_ADDRESS === undefined
      ? []
      : parseAddressSources(values.POLYROOM_MEDIA_ANNOUNCED_ADDRESS);
  const portBase = values.POLYROOM_MEDIA_PORT_BASE;
  const wildcard = listenIps.find(isWildcard);
  if (wildcard !== undefined && announced.length === 0) {
    throw new ConfigError(
      `POLYROOM_MEDIA_ANNOUNCED_ADDRESS is not set: clients cannot send media to ${wildcard}. ` +
        'Set it to the address under which clients reach this machine, or to a source that names it, ' +
        'or set POLYROOM_MEDIA_LISTEN_IP to such an address (127.0.0.1 for one machine alone).',
    );
  }
  if (portBase !== 0 && portBase + workerCount - 1 > 65_535) {
    throw new ConfigError(
      `POLYROOM_MEDIA_PORT_BASE: ${workerCount} workers need the ports ${portBase} and up, and there are not that many`,
    );
  }
  const pipePorts = readPortRange(values.POLYROOM_MEDIA_PIPE_PORTS);
  const pipeAddress = values.POLYROOM_MEDIA_PIPE_ADDRESS;
  const isName = (source: AddressSource): boolean => source.kind === 'address' && isIP(source.address) === 0;
  if (pipeAddress === undefined && announced.length > 0 && announced.every(isName)) {
    throw new ConfigError(
      'POLYROOM_MEDIA_PIPE_ADDRESS is not set: other media nodes need an IP address to send to, ' +
        'and POLYROOM_MEDIA_ANNOUNCED_ADDRESS is a name',
    );
  }
  return {
    nodeId: values.POLYROOM_NODE_ID ?? newId('node'),
    region: values.POLYROOM_REGION,
    workerCount,
    addresses: { listenIps, announced, pipeAddress },
    portBase,
    pipePorts,
    drainTimeoutMs: values.POLYROOM_MEDIA_DRAIN_TIMEOUT_MS,
    usageIntervalMs: values.POLYROOM_USAGE_INTERVAL_MS,
    ...(values.MEDIASOUP_WORKER_BIN === undefined ? {} : { workerBin: values.MEDIASOUP_WORKER_BIN }),
    ...(values.POLYROOM_RECORDING_DIR === undefined
      ? {}
      : { recording: recordingOf({ ...values, POLYROOM_RECORDING_DIR: values.POLYROOM_RECORDING_DIR }) }),
    ...readServiceSettings(values),
  };
}

function recordingOf(values: {
  POLYROOM_RECORDING_DIR: string;
  POLYROOM_RECORDING_MAX: number;
  POLYROOM_FFMPEG_BIN: string;
  PATH: string;
}): MediaConfig['recording'] {
  const dir = resolve(values.POLYROOM_RECORDING_DIR);
  try {
    mkdirSync(dir, { recursive: true });
    accessSync(dir, constants.W_OK);
  } catch (error) {
    throw new ConfigError(`POLYROOM_RECORDING_DIR: not writable (${String(error)})`);
  }
  const ffmpegBin = findProgram(values.POLYROOM_FFMPEG_BIN, values.PATH);
  const setprivBin = findProgram('setpriv', values.PATH);
  return {
    dir,
    maxRecordings: values.POLYROOM_RECORDING_MAX,
    ...(ffmpegBin === undefined ? {} : { ffmpegBin }),
    ...(setprivBin === undefined ? {} : { setprivBin }),
  };
}

function readPortRange(text: string): { min: number; max: number } {
  const [min = 0, max = 0] = text.split('-').map(Number);
  if (min < 1 || max < min || max > 65_535) {
    throw new ConfigError('POLYROOM_MEDIA_PIPE_PORTS: must be two ports, the lower one first');
  }
  return { min, max };
}

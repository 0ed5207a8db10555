import { parseArgs } from 'node:util';
import { ConfigError, port } from '@polyroom/config';
import { isFree } from '../is-free.js';

export interface HostPorts {
  /** Whether every service is a process of its own. */
  isCluster: boolean;
  gateways: number[];
  interop: number;
  console: number;
}

const options = {
  cluster: { type: 'boolean', default: false },
  'gateway-ports': { type: 'string' },
  'interop-port': { type: 'string', default: '7085' },
  'console-port': { type: 'string', default: '7088' },
} as const;

type PortFlag = Exclude<keyof typeof options, 'cluster'>;

/**
 * Reads `--gateway-ports 7080 --interop-port 7085 --console-port 7088`, and `--cluster`, with which there may be several
 * gateways. Throws ConfigError.
 */
export function readHostPorts(args: string[]): HostPorts {
  const values = parse(args);
  const isCluster = values.cluster;
  const gatewayPorts = values['gateway-ports'] ?? (isCluster ? '7080,7081' : '7080');
  const read = (name: PortFlag, given: string): number[] =>
    given.split(',').map((text) => {
      const found = port.safeParse(text);
      if (!found.success || found.data === 0) {
        throw new ConfigError(`--${name}: ${text} is not a port`);
      }
      return found.data;
    });
  const ports = {
    isCluster,
    gateways: read('gateway-ports', gatewayPorts),
    interop: read('interop-port', values['interop-port'])[0]!,
    console: read('console-port', values['console-port'])[0]!,
  };
  if (!isCluster && ports.gateways.length > 1) {
    throw new ConfigError('--gateway-ports: one process has one gateway; --cluster starts several');
  }
  const all = [...ports.gateways, ports.interop, ports.console];
  if (new Set(all).size < all.length) {
    throw new ConfigError(`the ports ${all.join(', ')} must differ`);
  }
  return ports;
}

/** Throws ConfigError with the ports on which another process of this machine listens. */
export async function assertFree({ gateways, interop, console }: HostPorts, host: string): Promise<void> {
  const all = [...gateways, interop, console];
  const free = await Promise.all(all.map((each) => isFree(each, host)));
  const taken = all.filter((_, index) => !free[index]);
  if (taken.length > 0) {
    throw new ConfigError(`another process listens on ${taken.map((each) => `${host}:${each}`).join(', ')}`);
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new ConfigError((error as Error).message, { cause: error });
  }
}

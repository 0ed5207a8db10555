import { readFile } from 'node:fs/promises';
import { isIP, isIPv4 } from 'node:net';
import { ConfigError } from '@polyroom/config';
import { type ClientAddress } from '@polyroom/media-engine';
import { type Dependency } from '@polyroom/nest-service';
import { type AddressSource, describeSource } from './address-source.js';
import { readCloudAddress } from './cloud-metadata.js';
import { isOwnAddress, ownAddresses } from './own-addresses.js';
import { isWildcard, pairAddresses } from './pair-addresses.js';
import { askStun } from './stun.js';

export interface AddressSettings {
  /** `auto`: the addresses of this machine's interfaces. */
  listenIps: readonly string[];
  /** Empty: the listening addresses are announced. */
  announced: readonly AddressSource[];
  /** An IP address, `auto` or `announced`; undefined: see `choosePipeAddress`. */
  pipeAddress: string | undefined;
}

/** The addresses of a media node, for the engine. */
export interface MediaAddresses {
  listenIp: string;
  clientAddresses: ClientAddress[];
  pipeAddress?: string;
}

/** As a dependency of the start: sources may answer later. */
export function addressDependency(settings: AddressSettings): Dependency<MediaAddresses> {
  return {
    check: 'address',
    name: 'the address for clients',
    address: settings.announced.map(describeSource).join(',') || settings.listenIps.join(','),
    connect: () => findAddresses(settings),
    isFatal: (error) => error instanceof ConfigError,
  };
}

/** Finds the addresses of this node. Throws ConfigError if they cannot be used, another Error to try again. */
export async function findAddresses(settings: AddressSettings): Promise<MediaAddresses> {
  const own = ownAddresses();
  const listenIps = settings.listenIps.flatMap((ip) => (ip === 'auto' ? own : ip));
  const [listenIp] = listenIps;
  if (listenIp === undefined) {
    throw new ConfigError('POLYROOM_MEDIA_LISTEN_IP: this machine has no address other than loopback');
  }
  const ownListened = own.filter((address) => listenIps.some((ip) => isIP(ip) === isIP(address)));
  const found = await Promise.all(
    settings.announced.map((source) => readSource(source, listenIps, ownListened)),
  );
  const announced = found.flat();
  const pipeAddress = choosePipeAddress(settings, listenIp, announced, own);
  return {
    listenIp,
    clientAddresses: pairAddresses(listenIps, announced, isOwnAddress),
    ...(pipeAddress === undefined ? {} : { pipeAddress }),
  };
}

async function readSource(
  source: AddressSource,
  listenIps: readonly string[],
  own: readonly string[],
): Promise<readonly string[]> {
  switch (source.kind) {
    case 'address':
      return [source.address];
    case 'own':
      return own;
    case 'file':
      return readAddressFile(source.path);
    case 'stun':
      return [await askStun(source.host, source.port, listenIps.find(isIPv4) ?? listenIps[0]!)];
    case 'metadata':
      return [await readCloudAddress(source.cloud)];
  }
}

async function readAddressFile(path: string): Promise<string[]> {
  const addresses = (await readFile(path, 'utf8')).split(/[\s,]+/).filter(Boolean);
  if (addresses.length === 0 || addresses.some((address) => isIP(address) === 0)) {
    throw new Error(`${path} must contain IP addresses, separated by commas or white space`);
  }
  return addresses;
}

/**
 * Undefined: the listening address. By default the address as it is configured, and inside of a NAT that of this machine:
 * traffic between nodes stays in the private network.
 */
function choosePipeAddress(
  { announced: sources, pipeAddress }: AddressSettings,
  listenIp: string,
  announced: readonly string[],
  own: readonly string[],
): string | undefined {
  if (pipeAddress !== undefined && isIP(pipeAddress) !== 0) {
    return pipeAddress;
  }
  const isConfigured = sources[0]?.kind === 'address';
  const isAnnounced = pipeAddress === 'announced' || (pipeAddress === undefined && isConfigured);
  if (!isAnnounced && pipeAddress === undefined && !isWildcard(listenIp)) {
    return undefined;
  }
  if (isAnnounced && announced.length === 0) {
    return undefined;
  }
  const address = isAnnounced ? announced.find((each) => isIP(each) !== 0) : own[0];
  if (address === undefined) {
    throw new ConfigError(
      isAnnounced
        ? 'POLYROOM_MEDIA_PIPE_ADDRESS: other media nodes need an IP address to send to, and none is announced'
        : 'POLYROOM_MEDIA_PIPE_ADDRESS: this machine has no address other than loopback',
    );
  }
  return address;
}

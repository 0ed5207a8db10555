import { BlockList, isIP, isIPv6 } from 'node:net';

export type AddressScope = 'loopback' | 'private' | 'unusable' | 'public';

const ranges: Record<Exclude<AddressScope, 'public'>, [address: string, prefix: number][]> = {
  loopback: [
    ['127.0.0.0', 8],
    ['::1', 128],
  ],
  private: [
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
    ['fc00::', 7],
  ],
  // No host on the Internet has one: unspecified, link-local, documentation, multicast, reserved.
  unusable: [
    ['0.0.0.0', 8],
    ['169.254.0.0', 16],
    ['192.0.2.0', 24],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 3],
    ['::', 128],
    ['fe80::', 10],
    ['2001:db8::', 32],
    ['ff00::', 8],
  ],
};

const lists = Object.entries(ranges).map(([scope, subnets]) => {
  const list = new BlockList();
  subnets.forEach(([address, prefix]) => list.addSubnet(address, prefix, isIPv6(address) ? 'ipv6' : 'ipv4'));
  return { scope: scope as AddressScope, list };
});

/** From where an IP address can be reached. */
export function scopeOf(address: string): AddressScope {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return lists.find(({ list }) => list.check(address, family))?.scope ?? 'public';
}

/** Why clients that reach the server at these addresses cannot reach the media node at the announced one. */
export function findAddressProblem(
  announced: string,
  serverAddresses: readonly string[],
): string | undefined {
  const scope = scopeOf(announced);
  const serverScopes = serverAddresses.map(scopeOf);
  if (scope === 'unusable') {
    return `${announced} is an address that no host on the Internet has`;
  }
  if (scope === 'loopback' && !serverScopes.includes('loopback')) {
    return `${announced} is the loopback address: only clients on the machine of the media node reach it`;
  }
  if (scope === 'private' && serverScopes.every((each) => each === 'public')) {
    return `${announced} is a private address, but the server has a public one`;
  }
  return undefined;
}

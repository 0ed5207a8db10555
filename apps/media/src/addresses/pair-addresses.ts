import { isIP } from 'node:net';
import { ConfigError } from '@polyroom/config';
import { type ClientAddress } from '@polyroom/media-engine';

const wildcards = ['0.0.0.0', '::'];

export function isWildcard(ip: string): boolean {
  return wildcards.includes(ip);
}

/**
 * Decides which address is announced for which listening address: one outside of a NAT for each, and the listening
 * address itself if it is announced too. Throws ConfigError.
 * @param isOwn whether an interface of this machine has an address
 */
export function pairAddresses(
  listenIps: readonly string[],
  announced: readonly string[],
  isOwn: (address: string) => boolean,
): ClientAddress[] {
  const covers = (ip: string, address: string): boolean =>
    // A name belongs to the first one; `::` alone accepts IPv4 too.
    isIP(address) === 0 ? ip === listenIps[0] : isIP(ip) === isIP(address) || isDualStack(listenIps);
  const uncovered = announced.find((address) => !listenIps.some((ip) => covers(ip, address)));
  if (uncovered !== undefined) {
    throw new ConfigError(
      `POLYROOM_MEDIA_LISTEN_IP: ${uncovered} is announced, but no listening address is of its family`,
    );
  }
  return listenIps.map((ip) => {
    const covered = [...new Set(announced.filter((address) => covers(ip, address)))];
    const hasSibling = listenIps.some((other) => other !== ip && isIP(other) === isIP(ip));
    if (hasSibling && (isWildcard(ip) || covered.some((address) => !listenIps.includes(address)))) {
      throw new ConfigError(
        'POLYROOM_MEDIA_LISTEN_IP: several addresses of one family are announced as they are. ' +
          'Name no wildcard among them, and no other address of their family in POLYROOM_MEDIA_ANNOUNCED_ADDRESS.',
      );
    }
    return pairOne(ip, covered, isOwn);
  });
}

function isDualStack(listenIps: readonly string[]): boolean {
  return listenIps.length === 1 && listenIps[0] === '::';
}

function pairOne(ip: string, announced: string[], isOwn: (address: string) => boolean): ClientAddress {
  // Of a wildcard, an announced interface address becomes the listening one: the wildcard can announce only one.
  const inner = isWildcard(ip) && announced.length > 1 ? announced.find(isOwn) : ip;
  const outer = announced.filter((address) => address !== inner);
  const [announcedAddress, ...more] = outer;
  if (inner === undefined || more.length > 0) {
    throw new ConfigError(
      `POLYROOM_MEDIA_ANNOUNCED_ADDRESS: for ${ip}, name one address outside of this machine at most ` +
        `(found: ${announced.join(', ')})`,
    );
  }
  if (announcedAddress === undefined) {
    if (isWildcard(inner)) {
      throw new ConfigError(`POLYROOM_MEDIA_ANNOUNCED_ADDRESS: no address is announced for ${ip}`);
    }
    return { ip: inner };
  }
  return { ip: inner, announcedAddress, ...(announced.includes(inner) ? { announceIp: true } : {}) };
}

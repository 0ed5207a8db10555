import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

const mappedPrefixBits = 96;

/**
 * Canonical form of an address: IPv4 in four decimal parts, IPv4-mapped IPv6 included, and IPv6 according to
 * RFC 5952 without a zone. Undefined if the text is not an address.
 */
export function normalizeAddress(text: string | undefined): string | undefined {
  return parseAddress(text)?.toString();
}

const clientPrefixBitsV6 = 64;

/**
 * What limits per client count by: an IPv4 address, or the /64 network of an IPv6 address, because one host has all
 * addresses of its /64. The address is normalised.
 */
export function toClientNetwork(address: string): string {
  return isIP(address) === 6 ? AddressRange.parse(`${address}/${clientPrefixBitsV6}`)!.toString() : address;
}

/** An address, or a network in CIDR notation. */
export class AddressRange {
  private constructor(
    private readonly network: Address,
    readonly prefixBits: number,
  ) {}

  /** Returns undefined if the text is neither an address nor a network. */
  static parse(text: string): AddressRange | undefined {
    const [address, bits, ...more] = text.split('/');
    const network = parseAddress(address);
    if (network === undefined || more.length > 0) {
      return undefined;
    }
    const allBits = network.kind() === 'ipv4' ? 32 : 128;
    if (bits === undefined) {
      return new AddressRange(network, allBits);
    }
    const isMapped = network.kind() === 'ipv4' && isIP(address!) === 6;
    const prefixBits = /^\d{1,3}$/.test(bits) ? Number(bits) - (isMapped ? mappedPrefixBits : 0) : -1;
    return prefixBits < 0 || prefixBits > allBits
      ? undefined
      : new AddressRange(toNetwork(network, prefixBits), prefixBits);
  }

  /** Whether the range contains a normalised address. */
  has(address: string): boolean {
    if (!this.isNetwork) {
      return address === this.network.toString();
    }
    const parsed = parseAddress(address);
    return parsed?.kind() === this.network.kind() && parsed.match(this.network as never, this.prefixBits);
  }

  /** False for a single address. */
  get isNetwork(): boolean {
    return this.prefixBits < (this.network.kind() === 'ipv4' ? 32 : 128);
  }

  /** Canonical form of the range. */
  toString(): string {
    return this.isNetwork ? `${this.network.toString()}/${this.prefixBits}` : this.network.toString();
  }
}

function parseAddress(text: string | undefined): Address | undefined {
  // Node.js decides what an address is, because the library accepts 0x7f.1.
  if (text === undefined || isIP(text) === 0) {
    return undefined;
  }
  return ipaddr.process(text.replace(/%.*$/, ''));
}

/** The network's first address, so that all notations of a range are equal. */
function toNetwork(address: Address, prefixBits: number): Address {
  const bytes = address.toByteArray().map((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefixBits - index * 8));
    return byte & (0xff << (8 - bits)) & 0xff;
  });
  return ipaddr.fromByteArray(bytes);
}

import { AddressRange, normalizeAddress } from './address-range.js';

/** The proxies that are believed when they say where a client is. */
export class TrustedProxies {
  private constructor(private readonly ranges: readonly AddressRange[]) {}

  /** Reads addresses and networks with commas between. Throws an Error that names the entry that is wrong. */
  static parse(text: string): TrustedProxies {
    const entries = text
      .split(',')
      .map((entry) => entry.trim())
      .filter(Boolean);
    return new TrustedProxies(entries.map(parseRange));
  }

  /** Whether the address, in any spelling, is one of them. */
  has(address: string | undefined): boolean {
    const normalized = this.ranges.length === 0 ? undefined : normalizeAddress(address);
    return normalized !== undefined && this.ranges.some((range) => range.has(normalized));
  }
}

function parseRange(entry: string): AddressRange {
  const range = AddressRange.parse(entry);
  if (range === undefined) {
    throw new Error(`${entry} is neither an IP address nor a network such as 10.0.0.0/8`);
  }
  if (range.prefixBits === 0) {
    throw new Error(`${entry} trusts every address, so that clients choose theirs: name your proxies`);
  }
  return range;
}

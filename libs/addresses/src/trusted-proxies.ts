import { AddressRange, normalizeAddress } from './address-range.js';

/** The proxies whose `X-Forwarded-For` is trusted. */
export class TrustedProxies {
  private constructor(private readonly ranges: readonly AddressRange[]) {}

  /**
   * Parses comma-separated addresses and networks. Throws an Error that names the invalid entry by its
   * number.
   */
  static parse(text: string): TrustedProxies {
    const entries = text
      .split(',')
      .map((entry) => entry.trim())
      .filter(Boolean);
    return new TrustedProxies(entries.map((entry, index) => parseRange(entry, index + 1)));
  }

  /** Whether the address, in any notation, is one of them. */
  has(address: string | undefined): boolean {
    const normalized = this.ranges.length === 0 ? undefined : normalizeAddress(address);
    return normalized !== undefined && this.ranges.some((range) => range.has(normalized));
  }
}

function parseRange(entry: string, number: number): AddressRange {
  const range = AddressRange.parse(entry);
  if (range === undefined) {
    throw new Error(`entry ${number} is neither an IP address nor a network such as 10.0.0.0/8`);
  }
  if (range.prefixBits === 0) {
    throw new Error(`entry ${number} trusts every address, so that clients choose theirs: name your proxies`);
  }
  return range;
}

import { Injectable } from '@nestjs/common';
import { AddressRange, normalizeAddress } from '@polyroom/addresses';
import { ReadCache } from '@polyroom/async';
import { RoomStore } from '@polyroom/room-store';

/** Lifetime of a cached list, and so the time until a new ban takes effect. */
const ttlMs = 1000;

interface BannedRange {
  range: AddressRange;
  untilMs: number;
}

interface Bans {
  /** Single addresses in canonical form. */
  untilMsByAddress: Map<string, number>;
  networks: BannedRange[];
}

/** Caches the banned addresses and networks of each AppID. */
@Injectable()
export class AddressBans {
  private readonly bans = new ReadCache({ read: (appId: number) => this.read(appId), ttlMs });

  constructor(private readonly store: RoomStore) {}

  /** Throws if the list cannot be read. */
  async has(appId: number, clientAddress: string): Promise<boolean> {
    const nowMs = Date.now();
    const { untilMsByAddress, networks } = await this.bans.get(appId);
    const address = normalizeAddress(clientAddress) ?? clientAddress;
    return (
      (untilMsByAddress.get(address) ?? 0) > nowMs ||
      networks.some(({ range, untilMs }) => untilMs > nowMs && range.has(address))
    );
  }

  private async read(appId: number): Promise<Bans> {
    const bans: Bans = { untilMsByAddress: new Map(), networks: [] };
    for (const [text, untilMs] of await this.store.bans.listAddresses(appId)) {
      const range = AddressRange.parse(text);
      if (range?.isNetwork === true) {
        bans.networks.push({ range, untilMs });
      } else {
        bans.untilMsByAddress.set(range?.toString() ?? text, untilMs);
      }
    }
    return bans;
  }
}

import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { AddressRange, normalizeAddress } from '@polyroom/addresses';
import { ReadCache } from '@polyroom/async';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { addressBansChanged } from '@polyroom/contracts';
import { RoomStore } from '@polyroom/room-store';

/** Lifetime of a cached list, and so of a change whose event is lost. */
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
export class AddressBans implements OnModuleInit, OnModuleDestroy {
  private readonly bans = new ReadCache({ read: (appId: number) => this.read(appId), ttlMs });

  private subscription: BusSubscription | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly store: RoomStore,
  ) {}

  onModuleInit(): void {
    this.subscription = this.bus.subscribe(addressBansChanged, {}, ({ appId }) => this.bans.delete(appId));
  }

  onModuleDestroy(): void {
    this.subscription?.close();
  }

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

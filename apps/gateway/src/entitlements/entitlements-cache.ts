import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { authRpc, type Entitlements, entitlementsChanged } from '@polyroom/contracts';

/** So old an answer may be, should the announcement of a change be lost. */
const maxAgeMs = 1000;

interface CachedEntitlements {
  fetchedAtMs: number;
  entitlements: Promise<Entitlements>;
}

/** What an AppID may do, as far as the gateway decides by it. Fails where it cannot be read. */
@Injectable()
export class EntitlementsCache implements OnModuleInit, OnModuleDestroy {
  private readonly byAppId = new Map<number, CachedEntitlements>();
  private subscription: BusSubscription | undefined;

  constructor(private readonly bus: Bus) {}

  onModuleInit(): void {
    this.subscription = this.bus.subscribe(entitlementsChanged, {}, ({ appId }) => {
      this.byAppId.delete(appId);
    });
  }

  onModuleDestroy(): void {
    this.subscription?.close();
  }

  get(appId: number): Promise<Entitlements> {
    const cached = this.byAppId.get(appId);
    if (cached !== undefined && Date.now() - cached.fetchedAtMs < maxAgeMs) {
      return cached.entitlements;
    }
    const fetched: CachedEntitlements = {
      fetchedAtMs: Date.now(),
      entitlements: this.bus.request(authRpc.getEntitlements, { appId }).then((reply) => reply.entitlements),
    };
    this.byAppId.set(appId, fetched);
    fetched.entitlements.catch(() => {
      if (this.byAppId.get(appId) === fetched) {
        this.byAppId.delete(appId);
      }
    });
    return fetched.entitlements;
  }
}

import { ReadCache } from '@polyroom/async';
import { authRpc, type Entitlements, entitlementsChanged } from '@polyroom/contracts';
import { type Bus } from './bus.js';

/** Bounds how long an old value is used if the event that announces a change is lost. */
const ttlMs = 1000;

/** Caches the effective entitlements, read from auth. If they cannot be read, the request fails. */
export class EntitlementCache {
  private readonly cache: ReadCache<number, Entitlements>;

  constructor(bus: Bus) {
    this.cache = new ReadCache({
      read: async (appId) => (await bus.request(authRpc.getEntitlements, { appId })).entitlements,
      ttlMs,
    });
    bus.subscribe(entitlementsChanged, {}, ({ appId }) => this.cache.delete(appId));
  }

  get(appId: number): Promise<Entitlements> {
    return this.cache.get(appId);
  }
}

import { type Bus } from './bus.js';
import { authRpc, type Entitlements, entitlementsChanged } from '@polyroom/contracts';

interface Cached {
  value: Promise<Entitlements>;
  readAtMs: number;
}

/** Bounds how long an old value is used if the event that announces a change is lost. */
const maxAgeMs = 1000;

/** Caches the effective entitlements, read from auth. If they cannot be read, the request fails. */
export class EntitlementCache {
  private readonly cache = new Map<number, Cached>();

  constructor(private readonly bus: Bus) {
    bus.subscribe(entitlementsChanged, {}, ({ appId }) => {
      this.cache.delete(appId);
    });
  }

  get(appId: number): Promise<Entitlements> {
    const cached = this.cache.get(appId);
    if (cached !== undefined && Date.now() - cached.readAtMs < maxAgeMs) {
      return cached.value;
    }
    const value = this.bus.request(authRpc.getEntitlements, { appId }).then((reply) => reply.entitlements);
    const entry = { value, readAtMs: Date.now() };
    this.cache.set(appId, entry);
    value.catch(() => {
      if (this.cache.get(appId) === entry) {
        this.cache.delete(appId);
      }
    });
    return value;
  }
}

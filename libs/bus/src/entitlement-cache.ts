import { ReadCache } from '@polyroom/async';
import { authRpc, type Entitlements, entitlementsChanged } from '@polyroom/contracts';
import { type BusSubscription } from './bus-subscription.js';
import { type Bus } from './bus.js';

/** Bounds how long an old value is used if the event that announces a change is lost. */
const ttlMs = 1000;
/** In a quiet room, the next message is sent within this time. */
const refreshForMs = 10_000;
/** Of an answer that is older than an announced change. */
const maxReads = 3;

interface Known {
  ofApp: Entitlements;
  ofUsers: ReadonlyMap<string, Entitlements>;
}

/**
 * Caches the effective entitlements, read from auth: those of a user over those of the AppID over the defaults. If they
 * cannot be read, the request fails. A change is announced with its version: an older answer is not kept.
 */
export class EntitlementCache {
  private readonly cache: ReadCache<number, Known>;
  /** The newest announced version of each AppID, until it is read. */
  private readonly announced = new Map<number, number>();
  private subscription: BusSubscription | undefined;

  constructor(private readonly bus: Bus) {
    this.cache = new ReadCache({ read: (appId) => this.read(appId), ttlMs, refreshForMs });
  }

  /** Receives the announcements from now on. Idempotent. */
  open(): void {
    this.subscription ??= this.bus.subscribe(entitlementsChanged, {}, ({ appId, version }) => {
      this.announced.set(appId, Math.max(version, this.announced.get(appId) ?? 0));
      this.cache.delete(appId);
    });
  }

  close(): void {
    this.subscription?.close();
  }

  /** `userId`: for what concerns one user. */
  async get(appId: number, userId?: string): Promise<Entitlements> {
    const { ofApp, ofUsers } = await this.cache.get(appId);
    return (userId === undefined ? undefined : ofUsers.get(userId)) ?? ofApp;
  }

  /** An instance of auth that has not received the announcement yet may answer with an older version. */
  private async read(appId: number): Promise<Known> {
    for (let reads = 1; ; reads += 1) {
      const {
        entitlements,
        users = [],
        version,
      } = await this.bus.request(authRpc.getEntitlements, { appId });
      if (version >= (this.announced.get(appId) ?? 0) || reads === maxReads) {
        // A lower version that stays is that of an AppID that was created again.
        this.announced.delete(appId);
        return {
          ofApp: entitlements,
          ofUsers: new Map(users.map(({ userId, values }) => [userId, { ...entitlements, ...values }])),
        };
      }
    }
  }
}

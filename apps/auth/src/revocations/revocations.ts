import { Inject, Injectable } from '@nestjs/common';
import { isRevokedBy, type PayloadOf, type TokenIdentity, type tokensRevoked } from '@polyroom/contracts';
import { Database } from '@polyroom/persistence';
import { LRUCache } from 'lru-cache';
import { RevocationList } from './revocation-list.js';

type Announced = PayloadOf<typeof tokensRevoked>;

const maxApps = 10_000;
/** A list is read again after this, without its expired entries. */
const readAgainMs = 600_000;

/**
 * The revocations of each AppID. A list comes with the credentials of its version, so that both are known while the
 * database is unavailable: an AppID without a revocation costs nothing. What was announced since then counts too.
 */
@Injectable()
export class Revocations {
  /** Revocations that are newer than the list that was read last, by AppID. */
  private readonly announced = new LRUCache<number, Announced[]>({ max: maxApps });

  constructor(@Inject(Database) private readonly database: Database) {}

  /** The revocations up to a version: `former` if it has them. Undefined if the AppID does not exist. */
  async find(
    appId: number,
    version: number,
    former: RevocationList | undefined,
  ): Promise<RevocationList | undefined> {
    if (version === 0) {
      return new RevocationList(0, []);
    }
    if (former?.version === version && performance.now() - former.readAtMs < readAgainMs) {
      return former;
    }
    const revocations = await this.database.revocations.find(appId, Date.now());
    if (revocations === undefined) {
      return undefined;
    }
    this.forgetUpTo(appId, version);
    return new RevocationList(version, revocations);
  }

  isRevoked(appId: number, list: RevocationList, userId: string, token: TokenIdentity): boolean {
    const announced = this.announced.get(appId) ?? [];
    return (
      list.isRevoked(userId, token) ||
      announced.some(
        ({ version, revocation }) => version > list.version && isRevokedBy(revocation, userId, token),
      )
    );
  }

  /** Tokens were revoked: counts at once, even if the database becomes unavailable before the list is read. */
  announce(revoked: Announced): void {
    this.announced.set(revoked.appId, [...(this.announced.get(revoked.appId) ?? []), revoked]);
  }

  /** The AppID may have been deleted and created again. */
  forget(appId: number): void {
    this.announced.delete(appId);
  }

  private forgetUpTo(appId: number, version: number): void {
    const newer = this.announced.get(appId)?.filter((revoked) => revoked.version > version) ?? [];
    if (newer.length > 0) {
      this.announced.set(appId, newer);
    } else {
      this.announced.delete(appId);
    }
  }
}

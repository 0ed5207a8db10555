import { Inject, Injectable } from '@nestjs/common';
import { ReadCache } from '@polyroom/async';
import { AppError, type Grants, type TokenIdentity } from '@polyroom/contracts';
import { Database } from '@polyroom/persistence';
import { RevocationList } from './revocation-list.js';

const rememberedLists = 1000;
/** A list is read again after this, without its expired entries. */
const ttlMs = 600_000;

/**
 * The revocations of each AppID, one list per version. The version comes with the AppID's credentials, which are read
 * every second and after an event: an AppID without a revocation costs nothing.
 */
@Injectable()
export class Revocations {
  private readonly lists: ReadCache<string, RevocationList>;
  /** The newest version of each AppID that has revocations. */
  private readonly newest = new Map<number, number>();

  constructor(@Inject(Database) private readonly database: Database) {
    this.lists = new ReadCache({
      read: (key) => this.read(Number(key.split(':')[0])),
      ttlMs,
      maxKeys: rememberedLists,
    });
  }

  /** Throws 1190403 if the token is revoked. `version`: that of the AppID's credentials. */
  async assertValid(appId: number, version: number, userId: string, grants: Grants): Promise<void> {
    const [isRevoked] = await this.check(appId, version, [{ userId, ...grants }]);
    if (isRevoked === true) {
      throw new AppError('ROOM_TOKEN_REVOKED');
    }
  }

  /** Whether each of these tokens is revoked. */
  async check(
    appId: number,
    version: number,
    tokens: readonly (TokenIdentity & { userId: string })[],
  ): Promise<boolean[]> {
    if (version === 0 || tokens.length === 0) {
      return tokens.map(() => false);
    }
    const former = this.newest.get(appId) ?? version;
    if (former < version) {
      this.lists.delete(`${appId}:${former}`);
    }
    this.newest.set(appId, Math.max(former, version));
    const list = await this.lists.get(`${appId}:${version}`);
    return tokens.map(({ userId, ...token }) => list.isRevoked(userId, token));
  }

  private async read(appId: number): Promise<RevocationList> {
    const revocations = await this.database.revocations.find(appId, Date.now());
    if (revocations === undefined) {
      throw new AppError('ENGINE_APPID_INCORRECT_OR_NOT_ONLINE');
    }
    return new RevocationList(revocations);
  }
}

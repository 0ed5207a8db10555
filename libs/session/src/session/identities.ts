import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { authRpc, entitlementsChanged, type Grants, type RequestOf } from '@polyroom/contracts';

type Credentials = RequestOf<typeof authRpc.authenticate>;

interface Accepted {
  appSignHash: Buffer;
  grants: Grants;
  atMs: number;
}

/** A change is announced; should the announcement be lost, this is how long an old AppSign can hold. */
const maxAgeMs = 1000;

/**
 * Authenticates users with auth. An AppSign is the same for all users of its AppID, so an accepted one is cached for
 * a short time. A token is verified each time.
 */
@Injectable()
export class Identities {
  private readonly accepted = new Map<number, Accepted>();
  private changes = 0;

  constructor(@Inject(Bus) private readonly bus: Bus) {
    // Also published when an AppID is switched off.
    bus.subscribe(entitlementsChanged, {}, ({ appId }) => {
      this.changes += 1;
      this.accepted.delete(appId);
    });
  }

  /** Throws with the code of what is wrong with the credentials. */
  async authenticate(credentials: Credentials, timeoutMs: number): Promise<Grants> {
    const { appId, appSign, token } = credentials;
    const isByAppSign = appSign !== undefined && (token === undefined || token === '');
    const appSignHash = isByAppSign ? createHash('sha256').update(appSign).digest() : undefined;
    const known = this.accepted.get(appId);
    const askedAtMs = Date.now();
    if (
      appSignHash !== undefined &&
      known !== undefined &&
      askedAtMs - known.atMs < maxAgeMs &&
      timingSafeEqual(appSignHash, known.appSignHash)
    ) {
      return known.grants;
    }
    const { changes } = this;
    const { grants } = await this.bus.request(authRpc.authenticate, credentials, { timeoutMs });
    if (appSignHash !== undefined && changes === this.changes) {
      this.accepted.set(appId, { appSignHash, grants, atMs: askedAtMs });
    }
    return grants;
  }
}

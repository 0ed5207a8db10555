import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { EntitlementCache } from '@polyroom/bus';
import { type mediaRpc, type RequestOf } from '@polyroom/contracts';

/** Data parameters of a session for its media node; undefined if it carries no data. */
type Data = RequestOf<typeof mediaRpc.openSession>['data'];

/** Upper bound for a lookup, because a session that has lost its node needs a new one quickly. */
const patienceMs = 250;

/** Data parameters by AppID. SCTP is enabled only for AppIDs entitled to data streams. */
@Injectable()
export class SessionData {
  private readonly known = new Map<number, Data>();

  constructor(@Inject(EntitlementCache) private readonly entitlements: EntitlementCache) {}

  /** The current parameters; the last known ones if the lookup fails, or none. Never rejects. */
  async of(appId: number): Promise<Data> {
    const asking = this.ask(appId);
    return this.known.has(appId) ? Promise.race([asking, this.recall(appId)]) : asking;
  }

  private async ask(appId: number): Promise<Data> {
    try {
      const { maxDataMessageBytes, maxDataStreams } = await this.entitlements.get(appId);
      const data = maxDataStreams === 0 ? undefined : { maxMessageBytes: maxDataMessageBytes };
      this.known.set(appId, data);
      return data;
    } catch {
      return this.known.get(appId);
    }
  }

  private async recall(appId: number): Promise<Data> {
    await sleep(patienceMs, undefined, { ref: false });
    return this.known.get(appId);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { EntitlementCache } from '@polyroom/bus';
import { type mediaRpc, type RequestOf } from '@polyroom/contracts';

/** What a media node is told of the data of a session that it opens; undefined: it carries none. */
type Data = RequestOf<typeof mediaRpc.openSession>['data'];

/** Who cannot be asked by then is not waited for: a session that has lost its node is on its way to another. */
const patienceMs = 250;

/** Which sessions carry data, by their AppID. Who may publish none is sent none either, and pays for nothing. */
@Injectable()
export class SessionData {
  private readonly known = new Map<number, Data>();

  constructor(@Inject(EntitlementCache) private readonly entitlements: EntitlementCache) {}

  /** What holds now; what held last where nobody says, and none where that is not known. Never rejects. */
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

import { type Commands } from './commands.js';
import { type RoomStoreKeys } from './keys.js';

const hourMs = 3_600_000;

/** What becomes of a request with an Idempotency-Key. */
export type IdempotentStart =
  | { state: 'new' }
  | { state: 'reused' }
  | { state: 'pending' }
  | { state: 'tooMany' }
  | { state: 'answered'; answer: string };

/** Idempotency-Keys of REST requests and the answers to them. */
export class Idempotency {
  constructor(
    private readonly commands: Commands,
    private readonly keys: RoomStoreKeys,
  ) {}

  /** Takes a key for a request, unless it has an answer. `appId` is 0 for requests of no AppID. */
  async open(
    appId: number,
    key: string,
    request: string,
    options: { holder: string; leaseMs: number; keepMs: number; mostPerHour: number },
  ): Promise<IdempotentStart> {
    const values = [request, options.holder, options.leaseMs, options.keepMs];
    const [state, answer = ''] = (await this.commands.run(
      'openIdempotent',
      [this.keys.idempotent(key)],
      values,
    )) as ['new' | 'reused' | 'pending' | 'answered', string?];
    if (state !== 'new') {
      return state === 'answered' ? { state, answer } : { state };
    }
    const hour = Math.floor(Date.now() / hourMs);
    const isCounted = await this.commands.run(
      'countHour',
      [this.keys.idempotentCount(appId, hour)],
      [options.mostPerHour, hourMs],
    );
    if (isCounted !== 1) {
      await this.close(key, options.holder, '');
      return { state: 'tooMany' };
    }
    return { state };
  }

  /** Stores the answer; '' gives the key back. False if another attempt has taken the key meanwhile. */
  async close(key: string, holder: string, answer: string): Promise<boolean> {
    return (await this.commands.run('closeIdempotent', [this.keys.idempotent(key)], [holder, answer])) === 1;
  }
}

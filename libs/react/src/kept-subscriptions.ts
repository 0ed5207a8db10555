import { type Client } from '@polyroom/sdk';
import { deferred } from './deferred.js';

interface Use {
  streamId: string;
  roomId: string;
  count: number;
}

/** Plays the streams that components show, and stops those that no component shows any more. */
export class KeptSubscriptions {
  /** By stream and room. */
  private readonly uses = new Map<string, Use>();
  private readonly stopUnused = deferred(() => this.stop());

  constructor(private readonly client: Client) {}

  /** Plays at once. Returns a function that ends the use. */
  retain(streamId: string, roomId: string): () => void {
    const key = JSON.stringify([streamId, roomId]);
    const known = this.uses.get(key);
    const use = known ?? { streamId, roomId, count: 0 };
    use.count += 1;
    if (known === undefined) {
      this.uses.set(key, use);
      // `subscriptionChanged` reports a failure.
      this.client.subscribe(streamId, { roomId }).catch(() => undefined);
    }
    return () => {
      use.count -= 1;
      this.stopUnused();
    };
  }

  /** Stops everything. */
  close(): void {
    this.uses.forEach((use) => (use.count = 0));
    this.stop();
  }

  private stop(): void {
    for (const [key, { count, roomId, streamId }] of this.uses) {
      if (count <= 0) {
        this.uses.delete(key);
        this.client.unsubscribe(streamId, roomId).catch(() => undefined);
      }
    }
  }
}

import { Injectable } from '@nestjs/common';
import { RoomStore } from '@polyroom/room-store';

/** How long a list is believed: a ban holds within this time. */
const maxAgeMs = 1000;

interface Entry {
  readAtMs: number;
  bans: Promise<Map<string, number>>;
}

/** The banned addresses of each AppID, read once a second at most. */
@Injectable()
export class AddressBans {
  private readonly entries = new Map<number, Entry>();

  constructor(private readonly store: RoomStore) {}

  /** Throws where the list cannot be read. */
  async has(appId: number, address: string): Promise<boolean> {
    const nowMs = Date.now();
    let entry = this.entries.get(appId);
    if (entry === undefined || nowMs - entry.readAtMs > maxAgeMs) {
      entry = { readAtMs: nowMs, bans: this.store.bans.listAddresses(appId) };
      this.entries.set(appId, entry);
      entry.bans.catch(() => this.entries.delete(appId));
    }
    const untilMs = (await entry.bans).get(address);
    return untilMs !== undefined && untilMs > nowMs;
  }
}

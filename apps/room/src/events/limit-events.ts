import { Injectable } from '@nestjs/common';
import { AppError, type ErrorName, newId } from '@polyroom/contracts';
import { LRUCache } from 'lru-cache';
import { EventDrain } from './event-drain.js';

/** Refusals by an entitlement or a limit. */
const limitErrors = new Set<ErrorName>([
  'ROOM_LOGIN_MULTI_ROOM_NOT_OPEN',
  'ROOM_MULTI_ROOM_EXCEED_MAXIMUM_ROOM_COUNT',
  'ROOM_EXCEED_MAXIMUM_MEMBER',
  'ROOM_EXCEED_MAXIMUM_ROOM_COUNT',
  'APP_CALL_API_TOO_FREQUENT',
  'APP_EXCEED_MAXIMUM_USER_COUNT',
  'APP_EXCEED_MAXIMUM_SESSION_COUNT',
  'APP_EXCEED_MAXIMUM_BAN_COUNT',
  'INTEROP_SESSION_LIMIT_REACHED',
]);
/** One event for each code and room within this time. */
const quietMs = 60_000;
const retries = 5;

/** Logs that an entitlement or a limit refused a request. */
@Injectable()
export class LimitEvents {
  private readonly recent = new LRUCache<string, true>({ max: 10_000, ttl: quietMs });

  constructor(private readonly drain: EventDrain) {}

  /** Does not wait, and never throws: the refusal is answered meanwhile. */
  refused(
    error: unknown,
    { appId, roomId, userId }: { appId: number; roomId: string; userId: string },
  ): void {
    if (!(error instanceof AppError) || !limitErrors.has(error.errorName)) {
      return;
    }
    const key = `${appId} ${error.code} ${roomId}`;
    if (this.recent.has(key)) {
      return;
    }
    this.recent.set(key, true);
    const data = { code: error.code, name: error.errorName, userId };
    const event = { id: newId('instance'), type: 'limit.reached' as const, atMs: Date.now(), data };
    void this.log({ appId, roomId }, event);
  }

  private async log(
    owner: { appId: number; roomId: string },
    event: Parameters<EventDrain['logNow']>[1][number],
  ): Promise<void> {
    for (let attempt = 0; attempt < retries; attempt++) {
      try {
        await this.drain.logNow(owner, [event]);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** attempt).unref());
      }
    }
  }
}

import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError, restLimits } from '@polyroom/contracts';
import { LRUCache } from 'lru-cache';

interface Window {
  count: number;
  endsAtMs: number;
}

/** The used part of Fastify's reply. */
export interface RateLimitedReply {
  header(name: string, value: string): unknown;
}

/** Credentials that are remembered; about 200 bytes each. */
const maxRemembered = 10_000;
const windowSeconds = restLimits.windowMs / 1000;
const policy = `"credential";q=${restLimits.requestsPerWindow};w=${windowSeconds}`;

/**
 * Limits the requests of each credential at this gateway, and tells it what is left: the headers of the IETF's draft
 * "RateLimit header fields for HTTP".
 */
@Injectable()
export class RequestRates {
  private readonly windows = new LRUCache<string, Window>({ max: maxRemembered });

  /** Throws REST_TOO_MANY_REQUESTS if the limit is reached already: such a request costs no authorization. */
  check(credential: string, reply: RateLimitedReply, nowMs: number = performance.now()): void {
    const window = this.windows.get(keyOf(credential));
    if (window !== undefined && nowMs < window.endsAtMs && window.count >= restLimits.requestsPerWindow) {
      this.take(credential, reply, nowMs);
    }
  }

  /** Counts a request. Throws REST_TOO_MANY_REQUESTS beyond the limit. */
  take(credential: string, reply: RateLimitedReply, nowMs: number = performance.now()): void {
    const window = this.windowOf(keyOf(credential), nowMs);
    window.count += 1;
    const left = Math.max(0, restLimits.requestsPerWindow - window.count);
    const seconds = Math.max(1, Math.ceil((window.endsAtMs - nowMs) / 1000));
    reply.header('ratelimit-policy', policy);
    reply.header('ratelimit', `"credential";r=${left};t=${seconds}`);
    if (window.count > restLimits.requestsPerWindow) {
      throw new AppError('REST_TOO_MANY_REQUESTS', { details: { retryAfterSeconds: seconds } });
    }
  }

  private windowOf(key: string, nowMs: number): Window {
    const known = this.windows.get(key);
    if (known !== undefined && nowMs < known.endsAtMs) {
      return known;
    }
    const fresh = { count: 0, endsAtMs: nowMs + restLimits.windowMs };
    this.windows.set(key, fresh);
    return fresh;
  }
}

function keyOf(credential: string): string {
  return createHash('sha256').update(credential, 'utf8').digest('base64');
}

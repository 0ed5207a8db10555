import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { toClientNetwork } from '@polyroom/addresses';
import { adminLimits, AppError } from '@polyroom/contracts';
import { LRUCache } from 'lru-cache';

interface Attempts {
  failed: number;
  /** Credentials that are being checked: many guesses at once count before their answers arrive. */
  checking: Set<string>;
  resetAtMs: number;
}

export interface CheckOptions {
  /** Whether an error counts as a failure; by default an `unauthenticated` one. */
  isFailure?: (error: AppError) => boolean;
  /**
   * The credential only names its owner: each request has its own signature. It is accepted at this address alone, and
   * stays so after a failure, which may be that of another client.
   */
  isName?: boolean;
}

/** Addresses and credentials that are remembered; about 200 bytes each. */
const maxRemembered = 10_000;
const acceptedForMs = 600_000;

/**
 * Limits failed authentications of operators and application servers, per client address: beyond the limit, one more
 * credential is refused with 429 until the window ends, whether it is right or wrong. A credential that this process
 * has accepted lately is still checked, so that failures of another client behind the same address do not lock it out.
 * All failures take the same time.
 */
@Injectable()
export class SignInThrottle {
  private readonly attempts = new LRUCache<string, Attempts>({ max: maxRemembered });
  /** Hashes of accepted credentials. */
  private readonly accepted = new LRUCache<string, true>({ max: maxRemembered, ttl: acceptedForMs });

  /** Runs `check` unless the address exceeds its limit; counts it if it fails. */
  async run<T>(
    clientAddress: string | undefined,
    credential: string,
    check: () => Promise<T>,
    { isFailure = isUnauthenticated, isName = false }: CheckOptions = {},
  ): Promise<T> {
    const startedAtMs = performance.now();
    const network = clientAddress === undefined ? 'unknown' : toClientNetwork(clientAddress);
    const key = createHash('sha256')
      .update(isName ? `${network}\n${credential}` : credential)
      .digest('base64');
    const attempts = this.attemptsOf(network);
    if (!this.accepted.has(key)) {
      refuseOverLimit(attempts, key);
    }
    attempts.checking.add(key);
    try {
      const result = await check();
      this.accepted.set(key, true);
      return result;
    } catch (error) {
      if (AppError.is(error) && error.category === 'permission_denied') {
        // The credential is right, and lacks a right or its AppID is disabled.
        this.accepted.set(key, true);
      }
      if (AppError.is(error) && isFailure(error)) {
        attempts.failed += 1;
        if (!isName) {
          this.accepted.delete(key);
        }
        attempts.checking.delete(key);
        // Timers drop fractions of a millisecond.
        await delay(Math.max(0, Math.ceil(startedAtMs + adminLimits.failureReplyMs - performance.now())));
      }
      throw error;
    } finally {
      attempts.checking.delete(key);
    }
  }

  private attemptsOf(network: string): Attempts {
    const known = this.attempts.get(network);
    const now = performance.now();
    if (known !== undefined && now < known.resetAtMs) {
      return known;
    }
    const fresh = {
      failed: 0,
      checking: known?.checking ?? new Set<string>(),
      resetAtMs: now + adminLimits.failureWindowMs,
    };
    this.attempts.set(network, fresh);
    return fresh;
  }
}

/** Requests with one credential that is being checked count once. */
function refuseOverLimit({ failed, checking, resetAtMs }: Attempts, key: string): void {
  const others = checking.has(key) ? checking.size - 1 : checking.size;
  if (failed + others >= adminLimits.failuresPerAddress) {
    throw new AppError('ADMIN_TOO_MANY_FAILURES', {
      details: { retryAfterSeconds: Math.max(1, Math.ceil((resetAtMs - performance.now()) / 1000)) },
    });
  }
}

function isUnauthenticated({ category }: AppError): boolean {
  return category === 'unauthenticated';
}

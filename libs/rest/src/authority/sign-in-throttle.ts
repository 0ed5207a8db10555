import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { toClientNetwork } from '@polyroom/addresses';
import { adminLimits, AppError } from '@polyroom/contracts';
import { LRUCache } from 'lru-cache';

interface Attempts {
  failed: number;
  /**
   * Pending checks, so that concurrent guesses count before their results arrive: one per credential, or one per
   * request for callers that sign each request. Resolved when the outcome is known.
   */
  checking: Map<string | symbol, Promise<void>>;
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
    const guess = isName ? Symbol('request') : key;
    let attempts = this.attemptsOf(network);
    // Waits until the caller is accepted, or settled checks show whether it is over the limit.
    while (isName && !this.accepted.has(key) && mayBecomePossible(attempts, guess)) {
      await Promise.race(attempts.checking.values());
      attempts = this.attemptsOf(network);
    }
    let finish = () => {};
    if (!this.accepted.has(key)) {
      refuseOverLimit(attempts, guess);
      finish = startChecking(attempts, guess);
    }
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
        finish();
        // Timers drop fractions of a millisecond.
        await delay(Math.max(0, Math.ceil(startedAtMs + adminLimits.failureReplyMs - performance.now())));
      }
      throw error;
    } finally {
      finish();
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
      checking: known?.checking ?? new Map<string | symbol, Promise<void>>(),
      resetAtMs: now + adminLimits.failureWindowMs,
    };
    this.attempts.set(network, fresh);
    return fresh;
  }
}

/** Returns the disposer. */
function startChecking({ checking }: Attempts, guess: string | symbol): () => void {
  let finish = () => {};
  const decided = new Promise<void>((resolve) => {
    finish = () => {
      checking.delete(guess);
      resolve();
    };
  });
  checking.set(guess, decided);
  return finish;
}

/** Requests with one credential that is being checked count once. */
function pendingBeside({ checking }: Attempts, guess: string | symbol): number {
  return checking.has(guess) ? checking.size - 1 : checking.size;
}

/**
 * Whether the limit is reached only with pending checks: if one of them succeeds, the caller is accepted and no
 * longer limited.
 */
function mayBecomePossible(attempts: Attempts, guess: string | symbol): boolean {
  const limit = adminLimits.failuresPerAddress;
  return attempts.failed < limit && attempts.failed + pendingBeside(attempts, guess) >= limit;
}

function refuseOverLimit(attempts: Attempts, guess: string | symbol): void {
  const { failed, resetAtMs } = attempts;
  if (failed + pendingBeside(attempts, guess) >= adminLimits.failuresPerAddress) {
    throw new AppError('ADMIN_TOO_MANY_FAILURES', {
      details: { retryAfterSeconds: Math.max(1, Math.ceil((resetAtMs - performance.now()) / 1000)) },
    });
  }
}

function isUnauthenticated({ category }: AppError): boolean {
  return category === 'unauthenticated';
}

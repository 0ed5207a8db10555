import { AppError } from '@polyroom/contracts';
import { grantsOfClient } from '@polyroom/tokens';
import { type Random } from '../invariants/random.js';
import { mutationNames, type NamedAttempt, nextAttempt } from './mutations.js';
import { type Attempt, clusterLifetimeSeconds, type TokenWorld } from './token-world.js';

/** The refusal of an attempt; undefined if it is accepted. */
export type Refusal = Pick<AppError, 'code' | 'details' | 'message'> | undefined;

/** Authenticates as in production. */
export type Authenticate = (attempt: Pick<Attempt, 'claimed' | 'token'>) => Promise<Refusal>;

export interface Tally {
  attempts: number;
  accepted: number;
  /** Refused with another code than documented, or with more than the uniform answer. */
  unexpected: number;
  codes: Map<number, number>;
  /** Attempts by the name of the mutation. */
  names: Map<string, number>;
  /** Descriptions of the first violations. */
  examples: string[];
}

const keptExamples = 5;
const forgedCode = 1002033;
const uniformMessage = new AppError('ROOM_AUTHENTICATION_FAILED').message;

/** The rules that auth applies, without the bus and the database. */
export function authenticateHere(world: TokenWorld, nowMs: number): Authenticate {
  return async ({ token, claimed }) => {
    try {
      await grantsOfClient(
        { ...claimed, token },
        world.rules.get(claimed.appId)!,
        clusterLifetimeSeconds,
        nowMs,
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof AppError)) {
        throw error;
      }
      return error;
    }
  };
}

/** Tries random mutations of valid tokens, `concurrency` at once. */
export async function tryMutations(
  world: TokenWorld,
  authenticate: Authenticate,
  { attempts, random, concurrency }: { attempts: number; random: Random; concurrency: number },
): Promise<Tally> {
  const tally: Tally = {
    attempts: 0,
    accepted: 0,
    unexpected: 0,
    codes: new Map(),
    names: new Map(mutationNames.map((name) => [name, 0])),
    examples: [],
  };
  while (tally.attempts < attempts) {
    const batch = Array.from({ length: Math.min(concurrency, attempts - tally.attempts) }, () =>
      nextAttempt(world, random),
    );
    const refusals = await Promise.all(batch.map((attempt) => authenticate(attempt)));
    batch.forEach((attempt, index) => count(tally, attempt, refusals[index]));
  }
  return tally;
}

/** The first of the world's valid tokens that is refused: all must be accepted, or the trial shows nothing. */
export async function findRefusedBase(
  world: TokenWorld,
  authenticate: Authenticate,
): Promise<string | undefined> {
  for (const base of world.bases) {
    const refusal = await authenticate(base);
    if (refusal !== undefined) {
      return `${base.kind} ${base.token}: ${refusal.code}`;
    }
  }
  return undefined;
}

function count(tally: Tally, attempt: NamedAttempt, refusal: Refusal): void {
  tally.attempts += 1;
  tally.names.set(attempt.name, (tally.names.get(attempt.name) ?? 0) + 1);
  if (refusal === undefined) {
    tally.accepted += 1;
    note(tally, attempt, 'accepted');
    return;
  }
  const { code, message, details } = refusal;
  tally.codes.set(code, (tally.codes.get(code) ?? 0) + 1);
  const isUniform = code !== forgedCode || (message === uniformMessage && details === undefined);
  if (!attempt.codes.includes(code) || !isUniform) {
    tally.unexpected += 1;
    note(tally, attempt, `refused with ${code} ${message}, expected ${attempt.codes.join(' or ')}`);
  }
}

function note(tally: Tally, { name, token, base, claimed }: NamedAttempt, outcome: string): void {
  if (tally.examples.length < keptExamples) {
    tally.examples.push(
      `${name}: ${outcome}\n  token ${token}\n  of    ${base.token}\n  for   ${JSON.stringify(claimed)}`,
    );
  }
}

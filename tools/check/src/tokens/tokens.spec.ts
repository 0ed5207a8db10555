import { beforeAll, describe, expect, test } from '@jest/globals';
import { Random } from '../invariants/random.js';
import { mutationNames } from './mutations.js';
import { createWorld, type TokenWorld } from './token-world.js';
import { type Authenticate, authenticateHere, findRefusedBase, tryMutations } from './trial.js';

const nowMs = Date.now();
let world: TokenWorld;
let authenticate: Authenticate;

beforeAll(async () => {
  world = await createWorld(new Random(7), nowMs, 100);
  authenticate = authenticateHere(world, nowMs);
});

const trial = (tried: Authenticate, attempts: number) =>
  tryMutations(world, tried, { attempts, random: new Random(11), concurrency: 16 });

test('accepts every valid token', async () => {
  expect(await findRefusedBase(world, authenticate)).toBeUndefined();
});

test('refuses 20,000 altered tokens of all kinds, each with its code', async () => {
  const { examples, names, codes, ...counts } = await trial(authenticate, 20_000);
  expect(examples).toEqual([]);
  expect(counts).toEqual({ attempts: 20_000, accepted: 0, unexpected: 0 });
  expect([...names].filter(([, count]) => count === 0)).toEqual([]);
  expect([...names.keys()]).toEqual(mutationNames);
  expect([...codes.keys()].sort()).toEqual(
    [1000016, 1000017, 1001000, 1002005, 1002006, 1002007, 1002011, 1002012, 1002033].concat([
      1002074, 1002075, 1002076, 1002077, 1002078, 1002079, 1002080,
    ]),
  );
});

describe('finds a verifier', () => {
  test('that trims tokens', async () => {
    const trimming: Authenticate = ({ token, claimed }) => authenticate({ token: token.trim(), claimed });
    expect((await trial(trimming, 5000)).accepted).toBeGreaterThan(0);
  });

  test('that tells how far a forgery passed', async () => {
    const talking: Authenticate = async (attempt) => {
      const refusal = await authenticate(attempt);
      return refusal?.code === 1002033 ? { ...refusal, message: 'no such secret' } : refusal;
    };
    expect((await trial(talking, 100)).unexpected).toBeGreaterThan(0);
  });
});

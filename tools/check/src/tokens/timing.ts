import { secretIdOf } from '@polyroom/tokens';
import { type Random } from '../invariants/random.js';
import { decodeWire, encodeWire, jws, token04 } from './forge.js';
import { type BaseToken, otherAppId, type TokenWorld } from './token-world.js';
import { type Authenticate } from './trial.js';

/** Time of refusals of one kind. */
export interface Timing {
  name: string;
  medianUs: number;
  p90Us: number;
}

type Forge = (base: BaseToken, world: TokenWorld, random: Random) => string;

function withFlippedBit(part: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(part);
  bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
  return bytes;
}

/** An attacker must not learn from the time of a refusal which of these it is. */
const native: Record<string, Forge> = {
  'wrong signature': ({ token }, _world, random) => {
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const altered = withFlippedBit(Buffer.from(signature, 'base64url'), random).toString('base64url');
    return `${header}.${payload}.${altered}`;
  },
  'other secret': ({ secret, claims }, world) =>
    jws({ alg: 'HS256', typ: 'JWT', kid: secretIdOf(secret) }, claims, world.secrets.get(otherAppId)!),
  'kid of another app': ({ claims }, world) => {
    const key = world.secrets.get(otherAppId)!;
    return jws({ alg: 'HS256', typ: 'JWT', kid: secretIdOf(key) }, claims, key);
  },
  'unknown kid': ({ claims, secret }, _world, random) => {
    const kid = Math.floor(random.next() * 2 ** 48)
      .toString(16)
      .padStart(16, '0');
    return jws({ alg: 'HS256', typ: 'JWT', kid }, claims, secret);
  },
};
const sealed: Record<string, Forge> = {
  'wrong tag': ({ token }, _world, random) => {
    const wire = decodeWire(token);
    return encodeWire({
      ...wire,
      sealed: Buffer.concat([
        wire.sealed.subarray(0, -16),
        withFlippedBit(wire.sealed.subarray(-16), random),
      ]),
    });
  },
  'other secret': ({ claims }, world) =>
    encodeWire(token04(claims, world.secrets.get(otherAppId)!, BigInt(Number(claims['expire'])))),
  'wrong nonce': ({ token }, _world, random) => {
    const wire = decodeWire(token);
    return encodeWire({ ...wire, nonce: withFlippedBit(wire.nonce, random) });
  },
};

/** Measures the kinds in turn, so that other load of the machine affects them alike. */
export async function timeRefusals(
  world: TokenWorld,
  authenticate: Authenticate,
  { rounds, random }: { rounds: number; random: Random },
): Promise<Record<BaseToken['kind'], Timing[]>> {
  return {
    native: await timeKind('native', native),
    token04: await timeKind('token04', sealed),
  };

  async function timeKind(kind: BaseToken['kind'], forges: Record<string, Forge>): Promise<Timing[]> {
    const bases = world.bases.filter((base) => base.kind === kind);
    const names = Object.keys(forges);
    const times = names.map((): number[] => []);
    for (let round = 0; round < rounds; round += 1) {
      const base = random.pick(bases);
      for (let turn = 0; turn < names.length; turn += 1) {
        // No kind always follows the same other one.
        const index = (turn * (1 + (round % (names.length - 1))) + round) % names.length;
        const token = forges[names[index]!]!(base, world, random);
        const startedAtMs = performance.now();
        await authenticate({ token, claimed: base.claimed });
        times[index]!.push((performance.now() - startedAtMs) * 1000);
      }
    }
    return names.map((name, index) => {
      const sorted = times[index]!.sort((one, two) => one - two);
      const at = (share: number): number => sorted[Math.floor(sorted.length * share)]!;
      return { name, medianUs: at(0.5), p90Us: at(0.9) };
    });
  }
}

/** The slowest median over the fastest. */
export function spreadOf(timings: readonly Timing[]): number {
  const medians = timings.map(({ medianUs }) => medianUs);
  return Math.max(...medians) / Math.min(...medians);
}

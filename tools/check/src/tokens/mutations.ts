import { secretIdOf } from '@polyroom/tokens';
import { type Random } from '../invariants/random.js';
import { encodeWire, type Json, jws, token04, toText } from './forge.js';
import { type Fault, type Forgery, type Known, nativeFaults, nativeForgeries } from './native-mutations.js';
import { textMutations } from './text-mutations.js';
import { token04Faults, token04Forgeries } from './token04-mutations.js';
import {
  type Attempt,
  type BaseToken,
  nativeOnlyAppId,
  otherAppId,
  token04OnlyAppId,
  type TokenWorld,
  twinAppId,
} from './token-world.js';

/** Makes an attempt of a valid token; undefined if the choice changed nothing. */
type Mutation = (known: Known) => Attempt | undefined;

/** No attempt without the secret learns more. */
const notGenuine = [1002033];

function fromText(name: string): Mutation {
  const mutate = textMutations[name]!;
  return ({ base, other, random }) => {
    const token = mutate(base.token, random, other);
    const changed = token !== base.token && token !== other.token && token !== '';
    return changed ? { token, claimed: base.claimed, codes: notGenuine } : undefined;
  };
}

function fromForgery(forge: Forgery): Mutation {
  return (known) => {
    const token = forge(known);
    const { base, other } = known;
    return token === base.token || token === other.token
      ? undefined
      : { token, claimed: base.claimed, codes: notGenuine };
  };
}

function fromFaults(faults: readonly Fault[], sign: (content: unknown, base: BaseToken) => string): Mutation {
  return ({ base, random }) => {
    const { alter, code } = random.pick(faults);
    return { token: sign(alter(base.claims, random), base), claimed: base.claimed, codes: [code] };
  };
}

function signNative(claims: unknown, { secret }: BaseToken): string {
  return jws({ alg: 'HS256', typ: 'JWT', kid: secretIdOf(secret) }, claims, secret);
}

function sealToken04(content: unknown, { secret, claims }: BaseToken): string {
  const { expire } = typeof content === 'object' && content !== null ? (content as Json) : claims;
  const clear =
    typeof expire === 'number' && Number.isInteger(expire)
      ? BigInt(expire)
      : BigInt(Number(claims['expire']));
  return encodeWire(token04(toText(content), secret, clear));
}

/** A valid token where it does not count. */
const replays: Record<string, Mutation> = {
  'replay: as another user': ({ base, random }) => ({
    token: base.token,
    claimed: { ...base.claimed, userId: random.pick(['eve', 'Ann', 'TEACHER']) },
    codes: [1002077],
  }),
  'replay: for another app': ({ base }) => ({
    token: base.token,
    claimed: { ...base.claimed, appId: otherAppId },
    codes: notGenuine,
  }),
  'replay: for an app with the same secret': ({ base }) => ({
    token: base.token,
    claimed: { ...base.claimed, appId: twinAppId },
    codes: [1002076],
  }),
  'replay: for an app that accepts the other kind': ({ base }) => ({
    token: base.token,
    claimed: { ...base.claimed, appId: base.kind === 'native' ? token04OnlyAppId : nativeOnlyAppId },
    codes: [1002079],
  }),
  'replay: in another room': ({ base, random }) => {
    const isForAnyRoom =
      base.kind === 'native' ? base.claims['rooms'] === undefined : base.claims['payload'] === '';
    const roomId = random.pick([`${base.claimed.roomId.slice(1)}-`, 'elsewhere', 'R']);
    return isForAnyRoom
      ? undefined
      : { token: base.token, claimed: { ...base.claimed, roomId }, codes: notGenuine };
  },
};

const ofAnyKind: Record<string, Mutation> = {
  ...Object.fromEntries(Object.keys(textMutations).map((name) => [`text: ${name}`, fromText(name)])),
  ...replays,
};
const entriesOf = <T>(source: Record<string, T>, toMutation: (value: T) => Mutation): [string, Mutation][] =>
  Object.entries(source).map(([name, value]) => [name, toMutation(value)]);
const byKind: Record<BaseToken['kind'], Record<string, Mutation>> = {
  native: Object.fromEntries([
    ...entriesOf(nativeForgeries, fromForgery),
    ...entriesOf(nativeFaults, (faults) => fromFaults(faults, signNative)),
  ]),
  token04: Object.fromEntries([
    ...entriesOf(token04Forgeries, fromForgery),
    ...entriesOf(token04Faults, (faults) => fromFaults(faults, sealToken04)),
  ]),
};

export interface NamedAttempt extends Attempt {
  name: string;
  base: BaseToken;
}

/** Names of all kinds of mutations. */
export const mutationNames = [ofAnyKind, byKind.native, byKind.token04].flatMap((each) => Object.keys(each));

/** A mutation of a random token of the world. */
export function nextAttempt(world: TokenWorld, random: Random): NamedAttempt {
  for (;;) {
    const name = random.pick(mutationNames);
    const base = random.pick(world.bases);
    const mutation = ofAnyKind[name] ?? byKind[base.kind][name];
    const attempt = mutation?.({ world, base, other: random.pick(world.bases), random });
    if (attempt !== undefined) {
      return { ...attempt, name, base };
    }
  }
}

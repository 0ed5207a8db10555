import { parseArgs } from 'node:util';
import { Bus } from '@polyroom/bus';
import { startCluster } from '@polyroom/cluster';
import { AppError, authRpc } from '@polyroom/contracts';
import { freePort } from '@polyroom/testing';
import { Random } from '../invariants/random.js';
import { startStandInMedia } from '../invariants/stand-in-media.js';
import { mutationNames } from './mutations.js';
import { spreadOf, timeRefusals } from './timing.js';
import { appIds, clusterLifetimeSeconds, createWorld, kindsOf, type TokenWorld } from './token-world.js';
import { type Authenticate, authenticateHere, findRefusedBase, type Tally, tryMutations } from './trial.js';

/** The slowest median of refusals over the fastest, for tokens that differ in what an attacker would like to know. */
const maxSpread = 1.3;
const timingRounds = 20_000;
const busTimingRounds = 1500;

/** Alters valid tokens; true if none is accepted, and refusals are uniform in code, text and time. */
export async function checkTokens(rootDir: string, args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      tokens: { type: 'string', default: '1000000' },
      sample: { type: 'string', default: '5000' },
      seed: { type: 'string', default: '1' },
    },
  });
  const seed = Number(values.seed);
  const nowMs = Date.now();
  const world = await createWorld(new Random(seed), nowMs);
  process.stdout.write(
    `seed ${seed}, ${mutationNames.length} kinds of mutations of ${world.bases.length} tokens\n`,
  );
  const here = await judge('in this process', world, authenticateHere(world, nowMs), {
    attempts: Number(values.tokens),
    seed,
    concurrency: 16,
    timingRounds,
  });
  return (await judgeAuth(rootDir, world, Number(values.sample), seed)) && here;
}

/** The same through the auth service, over the bus. */
async function judgeAuth(
  rootDir: string,
  world: TokenWorld,
  attempts: number,
  seed: number,
): Promise<boolean> {
  const cluster = await startCluster({
    rootDir,
    gatewayPorts: [await freePort()],
    mediaNodes: 0,
    logLevel: 'fatal',
    authEnv: { POLYROOM_MAX_GRANT_SECONDS: String(clusterLifetimeSeconds) },
  });
  const bus = await Bus.connect({ url: cluster.natsUrl, name: 'check' });
  const media = startStandInMedia(bus);
  try {
    await cluster.ready();
    for (const appId of appIds) {
      const serverSecret = world.secrets.get(appId)!;
      await cluster.admin.createApp({ appId, name: 'check', serverSecret, credentialKinds: kindsOf(appId) });
    }
    const authenticate: Authenticate = async ({ token, claimed }) => {
      try {
        await bus.request(authRpc.authenticate, { ...claimed, token });
        return undefined;
      } catch (error) {
        if (!(error instanceof AppError)) {
          throw error;
        }
        return error;
      }
    };
    return await judge('at auth', world, authenticate, {
      attempts,
      seed: seed + 1,
      concurrency: 8,
      timingRounds: busTimingRounds,
    });
  } finally {
    media.close();
    await bus.close();
    await cluster.close();
  }
}

interface Plan {
  attempts: number;
  seed: number;
  concurrency: number;
  timingRounds: number;
}

async function judge(
  where: string,
  world: TokenWorld,
  authenticate: Authenticate,
  { attempts, seed, concurrency, timingRounds }: Plan,
): Promise<boolean> {
  const refusedBase = await findRefusedBase(world, authenticate);
  if (refusedBase !== undefined) {
    process.stdout.write(`${where}: a valid token is refused: ${refusedBase}\n`);
    return false;
  }
  const startedAtMs = performance.now();
  const random = new Random(seed);
  const tally = await tryMutations(world, authenticate, { attempts, random, concurrency });
  const seconds = (performance.now() - startedAtMs) / 1000;
  report(where, tally, seconds);
  const timings = await timeRefusals(world, authenticate, { rounds: timingRounds, random });
  let isUniform = true;
  for (const [kind, each] of Object.entries(timings)) {
    const spread = spreadOf(each);
    isUniform &&= spread <= maxSpread;
    const figures = each.map(
      ({ name, medianUs, p90Us }) => `${name} ${medianUs.toFixed(0)}/${p90Us.toFixed(0)}`,
    );
    process.stdout.write(
      `${where}: refusal of a ${kind} token, median/p90 in µs: ${figures.join(', ')}; slowest over fastest median ${spread.toFixed(2)}, allowed ${maxSpread}\n`,
    );
  }
  return tally.accepted === 0 && tally.unexpected === 0 && isUniform;
}

function report(where: string, tally: Tally, seconds: number): void {
  const codes = [...tally.codes]
    .sort(([one], [two]) => one - two)
    .map(([code, count]) => `${code}: ${count}`);
  const unused = [...tally.names].filter(([, count]) => count === 0).map(([name]) => name);
  process.stdout.write(
    `${where}: ${tally.attempts} altered tokens in ${seconds.toFixed(0)} s, ${tally.accepted} accepted, ${tally.unexpected} with another code or text than documented\n` +
      `${where}: refusals by code: ${codes.join(', ')}\n` +
      (unused.length === 0 ? '' : `${where}: not tried: ${unused.join(', ')}\n`) +
      tally.examples.map((example) => `${example}\n`).join(''),
  );
}

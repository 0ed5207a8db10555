import { type FaultKind, faultKinds } from './faults.js';
import { runNaive } from './naive.js';
import { parseInvariantsOptions } from './options.js';
import { Random } from './random.js';
import { runRound } from './round.js';
import { Tally } from './tally.js';
import { describeViolation, rules, type Rule, type Violation } from './violations.js';
import { World } from './world.js';

/** Reserved at the end of the time budget: closing the world, and pending work on a slow machine. */
const reserveMs = 18_000;
/** The end of a round: all leave, graces expire, histories are checked. Usually takes less. */
const endOfRoundMs = 14_000;
/** Violations shown of each round. */
const mostShown = 5;

/**
 * Runs random operations against real services under faults; true if no rule was broken and the naive rules
 * were caught.
 */
export async function checkInvariants(rootDir: string, args: string[]): Promise<boolean> {
  const options = parseInvariantsOptions(args);
  // Half of the answers are refusals, and the stack trace of each would cost more than the request.
  Error.stackTraceLimit = 2;
  const startedAtMs = performance.now();
  const log = (line: string): void => {
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1).padStart(6);
    process.stdout.write(`[${seconds} s] ${line}\n`);
  };
  log(`seed ${options.seed}; to repeat: npm run check:invariants -- --seed ${options.seed}`);
  const random = new Random(options.seed);
  const world = await World.start(rootDir, options.redis, options.verbose ? log : () => {});
  try {
    log(`${world.users.length} users, each in rooms up to the limit and 3 more; lease and grace are short`);
    const naive = await runNaive(world, random);
    const caught = naive.violations.filter(({ rule }) => rule === 'limit');
    log(`the naive rules: ${naive.operations} operations, ${naive.violations.length} violations found`);

    const tally = new Tally();
    const violations: Violation[] = [];
    const faults = new Map<FaultKind, number>();
    const endsAtMs = startedAtMs + options.minutes * 60_000 - reserveMs;
    for (let round = 1; round <= options.rounds; round++) {
      const ofRound = random.derive(`round ${round}`);
      const roundMs = (endsAtMs - performance.now()) / (options.rounds - round + 1) - endOfRoundMs;
      const result = await runRound({
        world,
        random: ofRound,
        faultKinds: shuffled(faultKinds, ofRound.derive('order')),
        durationMs: Math.max(roundMs, 1000),
        operations: (options.operations * round) / options.rounds - tally.total,
        tally,
        log: (line) => log(`  round ${round}: ${line}`),
      });
      violations.push(...result.violations);
      result.faults.counts.forEach((count, kind) => faults.set(kind, (faults.get(kind) ?? 0) + count));
      log(`round ${round} of ${options.rounds}: ${tally.total} operations, ${violations.length} violations`);
      result.violations.slice(0, mostShown).forEach((violation) => log(describeViolation(violation)));
    }

    log('done');
    const lines = [
      `seed ${options.seed}`,
      `operations ${tally.total}`,
      `  ${tally.text}`,
      `  gateway: through real gateways' WebSockets; bus: requests to the room service; store: the Lua commands`,
      '  this process stands in for media nodes: sessions here carry no media',
      `faults: ${[...faults].map(([kind, count]) => `${kind} ${count}`).join(', ')}`,
      ...Object.entries(rules).map(
        ([rule, text]) =>
          `violations of ${rule} (${text}): ${violations.filter((each) => each.rule === rule).length}`,
      ),
      `naive rules: ${naive.operations} operations, caught ${caught.length > 0 ? 'yes' : 'NO'}${countByRule(naive.violations)}`,
    ];
    process.stdout.write(`\n${lines.join('\n')}\n`);
    const enough = tally.total >= options.operations;
    if (!enough) {
      process.stdout.write(`only ${tally.total} of ${options.operations} operations completed in time\n`);
    }
    return violations.length === 0 && caught.length > 0 && enough;
  } finally {
    await world.close();
  }
}

function countByRule(violations: Violation[]): string {
  const counts = new Map<Rule, number>();
  violations.forEach(({ rule }) => counts.set(rule, (counts.get(rule) ?? 0) + 1));
  return [...counts].map(([rule, count]) => `; ${rule} ${count}`).join('');
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  const rest = [...values];
  const result: T[] = [];
  while (rest.length > 0) {
    result.push(...rest.splice(random.below(rest.length), 1));
  }
  return result;
}

import { parseArgs } from 'node:util';
import { fuzzNode } from './fuzz.js';
import { measureKills } from './kills.js';
import { runOperations } from './operations.js';
import { percentile } from './percentile.js';

const limits = { killGapP95Ms: 1000, drainGapMs: 250 };

/**
 * Kills workers and nodes during a call in a real browser, runs random operations against a cluster and
 * counts leaked resources, and sends hostile requests to a node.
 */
export async function checkMedia(rootDir: string, args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      kills: { type: 'string', default: '20' },
      drains: { type: 'string', default: '5' },
      operations: { type: 'string', default: '1000' },
      fuzz: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
    },
  });
  const seed = Number(values.seed);
  const verdicts: boolean[] = [];
  const say = (line: string): void => void process.stdout.write(`${line}\n`);

  if (Number(values.kills) + Number(values.drains) > 0) {
    const { drainGapsMs, killGapsMs } = await measureKills(rootDir, {
      kills: Number(values.kills),
      drains: Number(values.drains),
      say,
    });
    const p95Ms = percentile(killGapsMs, 0.95);
    const drainMs = Math.max(0, ...drainGapsMs);
    say(`killGapP95Ms = ${Math.round(p95Ms)} (median ${Math.round(percentile(killGapsMs, 0.5))})`);
    say(`drainGapMs = ${Math.round(drainMs)} (the longest)`);
    verdicts.push(p95Ms <= limits.killGapP95Ms, drainMs <= limits.drainGapMs);
  }
  if (Number(values.operations) > 0) {
    const left = await runOperations(rootDir, { count: Number(values.operations), seed, say });
    say(`leftAfterOperations = ${left.length}`);
    left.forEach((line) => say(`  ${line}`));
    verdicts.push(left.length === 0);
  }
  if (Number(values.fuzz) > 0) {
    const { deaths, outcomes, uncoded } = await fuzzNode(Number(values.fuzz), seed);
    say(`fuzzWorkerDeaths = ${deaths}`);
    say(`fuzzUncodedErrors = ${uncoded.length}`);
    uncoded.slice(0, 5).forEach((line) => say(`  ${line}`));
    say(`fuzz outcomes: ${[...outcomes].map(([name, count]) => `${name} ${count}`).join(', ')}`);
    verdicts.push(deaths === 0, uncoded.length === 0);
  }
  return verdicts.every(Boolean);
}

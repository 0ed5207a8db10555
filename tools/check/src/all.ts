import { spawn } from 'node:child_process';

/** The outcome of one check. */
export interface Outcome {
  name: string;
  passed: boolean;
  seconds: number;
}

/**
 * Runs checks one after the other, each in a separate process, so that leaked memory, ports and timers of one
 * do not affect the next. Their output passes through.
 *
 * @param mainPath the compiled entry point that takes the name of a check
 */
export async function runAll(mainPath: string, names: readonly string[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const name of names) {
    process.stdout.write(`\n=== check:${name}\n`);
    const startedAtMs = performance.now();
    const child = spawn(process.execPath, ['--enable-source-maps', mainPath, name], { stdio: 'inherit' });
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    const seconds = Math.round((performance.now() - startedAtMs) / 1000);
    outcomes.push({ name, passed: exitCode === 0, seconds });
  }
  return outcomes;
}

/** One line per check. */
export function describeOutcomes(outcomes: readonly Outcome[]): string {
  return outcomes
    .map(({ name, passed, seconds }) => `${passed ? 'passed' : 'FAILED'}  check:${name} (${seconds} s)\n`)
    .join('');
}

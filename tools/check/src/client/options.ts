import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

export interface ClientCheckOptions {
  /** Repeats the same calls and faults, in the same order. */
  seed: number;
  sequences: number;
  /** Runs one sequence only. */
  only: number | undefined;
  /** Sequences at a time. */
  parallel: number;
  /** Share of the sequences whose clients run in Chromium, in percent. */
  pages: number;
}

const usage =
  'npm run check:client -- [--seed N] [--sequences N] [--only N] [--parallel N] [--pages PERCENT]';

export function parseClientCheckOptions(args: string[]): ClientCheckOptions {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string' },
      sequences: { type: 'string', default: '500' },
      only: { type: 'string' },
      parallel: { type: 'string', default: '8' },
      pages: { type: 'string', default: '10' },
    },
  });
  return {
    seed: values.seed === undefined ? randomInt(2 ** 31) : whole('seed', values.seed, 0),
    sequences: whole('sequences', values.sequences, 1),
    only: values.only === undefined ? undefined : whole('only', values.only, 1),
    parallel: whole('parallel', values.parallel, 1),
    pages: whole('pages', values.pages, 0),
  };
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) {
    throw new Error(`--${name} must be a whole number, ${least} or more\nusage: ${usage}`);
  }
  return value;
}

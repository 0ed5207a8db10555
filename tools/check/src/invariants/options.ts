import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type RedisKind, redisKinds } from '@polyroom/testing';

export interface InvariantsOptions {
  /** Repeats the same operations and faults, in the same order. */
  seed: number;
  operations: number;
  minutes: number;
  rounds: number;
  redis: RedisKind;
  /** Whether to print the log lines of the services. */
  verbose: boolean;
}

export const invariantsUsage =
  'npm run check:invariants -- [--seed N] [--operations N] [--minutes N] [--rounds N] [--redis single|cluster] [--verbose]';

/** The time that a million operations take on a machine with two cores. */
const minutesPerMillion = 6;
const minutesPerRound = 1.5;

/** `--minutes 30` alone also multiplies the operations by five. */
export function parseInvariantsOptions(args: string[]): InvariantsOptions {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string' },
      operations: { type: 'string' },
      minutes: { type: 'string', default: String(minutesPerMillion) },
      rounds: { type: 'string' },
      redis: { type: 'string', default: 'single' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const minutes = positive('minutes', values.minutes);
  const redis = redisKinds.find((kind) => kind === values.redis);
  if (redis === undefined) {
    throw new Error(`--redis must be one of ${redisKinds.join(', ')}\nusage: ${invariantsUsage}`);
  }
  return {
    redis,
    seed: values.seed === undefined ? randomInt(2 ** 31) : positive('seed', values.seed),
    operations:
      values.operations === undefined
        ? Math.ceil((1_000_000 * minutes) / minutesPerMillion)
        : positive('operations', values.operations),
    minutes,
    rounds:
      values.rounds === undefined
        ? Math.max(1, Math.round(minutes / minutesPerRound))
        : positive('rounds', values.rounds),
    verbose: values.verbose,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) {
    throw new Error(`--${name} must be a number above 0\nusage: ${invariantsUsage}`);
  }
  return value;
}

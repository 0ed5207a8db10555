import { parseArgs } from 'node:util';
import { type Direction, directions } from './network.js';

/** What is cut off, in turn. */
export const targets = ['gateway', 'room', 'media', 'redis', 'nats'] as const;
export type Target = (typeof targets)[number];

export interface PartitionOptions {
  targets: readonly Target[];
  directions: readonly Direction[];
  /** Length of a cut. */
  seconds: number;
  loginsPerSecond: number;
  messagesPerSecond: number;
  verbose: boolean;
}

/** Throws an error that names the wrong argument. */
export function readOptions(args: string[]): PartitionOptions {
  const { values } = parseArgs({
    args,
    options: {
      /** Names of targets, separated by commas. */
      only: { type: 'string', default: targets.join(',') },
      directions: { type: 'string', default: directions.join(',') },
      seconds: { type: 'string', default: '30' },
      'logins-per-second': { type: 'string', default: '5' },
      'messages-per-second': { type: 'string', default: '40' },
      verbose: { type: 'boolean', default: false },
    },
  });
  return {
    targets: chosen('only', values.only, targets),
    directions: chosen('directions', values.directions, directions),
    seconds: positive('seconds', values.seconds),
    loginsPerSecond: positive('logins-per-second', values['logins-per-second']),
    messagesPerSecond: positive('messages-per-second', values['messages-per-second']),
    verbose: values.verbose,
  };
}

function chosen<T extends string>(name: string, text: string, known: readonly T[]): T[] {
  return text.split(',').map((word) => {
    const found = known.find((each) => each === word);
    if (found === undefined) {
      throw new Error(`--${name}: "${word}" is none of ${known.join(', ')}`);
    }
    return found;
  });
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new Error(`--${name}: expected a whole number from 1, not "${text}"`);
  }
  return value;
}

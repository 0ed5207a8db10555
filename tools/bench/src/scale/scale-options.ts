import { parseArgs } from 'node:util';
import { blockSize } from './crowd.js';

/** The baseline. */
export const fewUsers = 1000;
const mostUsers = 1_000_000;
/** In more rooms a user would meet the same users again. */
const mostRoomsPerUser = 10;

export interface ScaleOptions {
  /** The largest crowd. */
  users: number;
  roomsPerUser: number;
}

/** Parses `--users N --rooms-per-user N`. Throws if one is unknown or out of bounds, and names it. */
export function parseScaleOptions(args: string[]): ScaleOptions {
  const { values } = parseArgs({
    args,
    options: {
      users: { type: 'string', default: String(mostUsers) },
      'rooms-per-user': { type: 'string', default: '2' },
    },
  });
  const users = toInteger('--users', values.users, fewUsers, mostUsers);
  if (users % blockSize !== 0) {
    throw new Error(`--users must be a multiple of ${blockSize}`);
  }
  return {
    users,
    roomsPerUser: toInteger('--rooms-per-user', values['rooms-per-user'], 2, mostRoomsPerUser),
  };
}

/** The sizes that are measured: powers of ten, and the largest crowd. */
export function stepsTo(users: number): number[] {
  const steps: number[] = [];
  for (let step = fewUsers; step < users; step *= 10) {
    steps.push(step);
  }
  return [...steps, users];
}

function toInteger(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most)) {
    throw new Error(`${option} must be a whole number from ${least} to ${most}`);
  }
  return value;
}

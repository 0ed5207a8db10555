import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { entryOf } from '@polyroom/cluster';

/** Services of which two instances run, in the order of their restarts. */
export const services = ['auth', 'room', 'messaging', 'recorder', 'webhooks', 'media', 'gateway'];

export interface RollingOptions {
  services: string[];
  rounds: number;
  /** A checkout with the built apps of another version. */
  previousDir: string | undefined;
  loginsPerSecond: number;
  messagesPerSecond: number;
  verbose: boolean;
}

/** Throws an error that names the wrong argument. */
export async function readOptions(args: string[]): Promise<RollingOptions> {
  const { values } = parseArgs({
    args,
    options: {
      /** Names of services, separated by commas. */
      services: { type: 'string', default: services.join(',') },
      rounds: { type: 'string', default: '2' },
      previous: { type: 'string' },
      'logins-per-second': { type: 'string', default: '5' },
      'messages-per-second': { type: 'string', default: '40' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const chosen = values.services.split(',');
  const unknown = chosen.find((service) => !services.includes(service));
  if (unknown !== undefined) {
    throw new Error(`--services: no service "${unknown}": there are ${services.join(', ')}`);
  }
  const previousDir = values.previous === undefined ? undefined : resolve(values.previous);
  if (previousDir !== undefined) {
    await assertBuilt(previousDir);
  }
  return {
    services: chosen,
    rounds: positive('rounds', values.rounds),
    previousDir,
    loginsPerSecond: positive('logins-per-second', values['logins-per-second']),
    messagesPerSecond: positive('messages-per-second', values['messages-per-second']),
    verbose: values.verbose,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new Error(`--${name}: expected a whole number from 1, not "${text}"`);
  }
  return value;
}

async function assertBuilt(previousDir: string): Promise<void> {
  for (const service of services) {
    const entry = entryOf(previousDir, service);
    await access(entry).catch(() => {
      throw new Error(`--previous: no built app at ${entry}: run "npm run build" in ${previousDir}`);
    });
  }
}

import { type Command } from 'commander';
import { type Output } from './output/output.js';
import { type Settings } from './settings/settings.js';
import { type Surroundings } from './surroundings.js';

/** What the action of a command works with. */
export interface Context {
  output: Output;
  settings: Settings;
  surroundings: Surroundings;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

export type RunCommand = (command: Command, action: (context: Context) => Promise<void>) => Promise<void>;

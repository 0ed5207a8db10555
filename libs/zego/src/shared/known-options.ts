import { illegalArgument } from './arguments.js';

/** Refuses options that ZEGO does not have: most of them are misspelt. */
export function assertKnown(options: unknown, path: string, names: readonly string[]): void {
  if (options === undefined || options === null) {
    return;
  }
  if (typeof options !== 'object') {
    throw illegalArgument(path, 'expected an object');
  }
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw illegalArgument(`${path}.${unknown}`, 'unknown option');
  }
}

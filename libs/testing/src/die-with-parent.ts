import { existsSync } from 'node:fs';

const setpriv = '/usr/bin/setpriv';
/** A parent that ended before the kernel was asked sends no signal: the child has another one by then. */
const startUnderParent = '[ "$PPID" = "$1" ] || exit 1; shift; exec "$@"';

/** Whether `dieWithParent` can keep its promise: setpriv is a part of util-linux. */
export function canDieWithParent(): boolean {
  return existsSync(setpriv);
}

/**
 * A command whose process the kernel signals when this process ends, however it ends. Without setpriv it is
 * the command itself.
 */
export function dieWithParent(
  program: string,
  args: readonly string[],
  signal: NodeJS.Signals = 'SIGTERM',
): [program: string, args: string[]] {
  if (!canDieWithParent()) {
    return [program, [...args]];
  }
  const pdeathsig = ['--pdeathsig', signal.replace(/^SIG/, ''), '--'];
  return [
    setpriv,
    [...pdeathsig, '/bin/sh', '-c', startUnderParent, 'sh', String(process.pid), program, ...args],
  ];
}

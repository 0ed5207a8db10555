import { existsSync } from 'node:fs';

const setpriv = '/usr/bin/setpriv';
/** A parent that exited before the call to setpriv sends no signal: by then the child has another parent. */
const startUnderParent = '[ "$PPID" = "$1" ] || exit 1; shift; exec "$@"';

/** Whether `dieWithParent` works: it needs setpriv, which is part of util-linux. */
export function canDieWithParent(): boolean {
  return existsSync(setpriv);
}

/**
 * A command whose process the kernel signals when this process ends, regardless of how. Without setpriv it is
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

import { spawn, spawnSync } from 'node:child_process';
import { dieWithParent } from '@polyroom/testing';

const programs = ['ip', 'tc', 'unshare', 'nsenter'];
/** Namespaces have names below /run. */
const prepare = 'mount -t tmpfs tmpfs /run && mkdir /run/netns && ip link set lo up';
const tryOut = [
  'ip netns add a',
  'ip link add cable type veth peer name end netns a',
  'tc qdisc add dev cable clsact',
  "tc filter add dev cable ingress protocol ip bpf da bytecode '1,6 0 0 2'",
  'ip link add switch type bridge',
].join(' && ');

/** Why processes cannot be cut off here; undefined if they can. */
export function findObstacle(): string | undefined {
  const missing = programs.find((program) => spawnSync(program, ['-V']).error !== undefined);
  if (missing !== undefined) {
    return `${missing} is not on PATH: install Debian's packages "iproute2" and "util-linux"`;
  }
  const { status, stderr } = spawnSync(...isolated(`${prepare} && ${tryOut}`, []), { encoding: 'utf8' });
  if (status === 0) {
    return undefined;
  }
  const who = process.getuid?.() === 0 ? '' : ', and this user is not root';
  return `network namespaces do not work here${who}: ${stderr.trim().split('\n')[0] ?? ''}`;
}

/**
 * Runs a program of Node.js in a network of its own, which the kernel removes with the last process in it; returns its
 * exit status.
 */
export async function runIsolated(mainPath: string, args: readonly string[]): Promise<number> {
  const node = [process.execPath, ...process.execArgv, mainPath, ...args];
  const child = spawn(...dieWithParent(...isolated(`${prepare} && exec "$@"`, node)), { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 2));
  });
}

/** Without root, this user becomes root of a user namespace, where the machine permits that. */
function isolated(script: string, args: readonly string[]): [program: string, args: string[]] {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  return ['unshare', [...user, '--net', '--mount', '--', '/bin/sh', '-c', script, 'sh', ...args]];
}

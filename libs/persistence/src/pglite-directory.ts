import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { makePrivateDir } from '@polyroom/config';

/** A data directory locked by this process. */
export interface HeldDirectory {
  path: string;
  /** False if other users of this machine can read the directory and its mode cannot be changed. */
  isPrivate: boolean;
  /** Idempotent. */
  release(): Promise<void>;
}

/** Without /proc, the PID alone identifies the process. */
const unknownStart = '-';

/**
 * Locks a PGlite data directory. PGlite runs inside one process and does not detect a second one in the same
 * directory, which would destroy the data. A file beside the directory names its process.
 */
export async function holdDirectory(directory: string): Promise<HeldDirectory> {
  const path = resolve(directory);
  const lockFile = `${path}.lock`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const owner = `${process.pid} ${await readStartTime(String(process.pid))}`;
  const claim = () => writeFile(lockFile, owner, { flag: 'wx', mode: 0o600 });
  try {
    await claim();
  } catch {
    const holder = await findHolder(lockFile);
    if (holder !== undefined) {
      throw new Error(`the data directory ${path} is in use by process ${holder}`);
    }
    // A stale lock of a crashed process.
    await rm(lockFile, { force: true });
    await claim();
  }
  const isPrivate = await makePrivateDir(path);
  let held = true;
  return {
    path,
    isPrivate,
    release: async () => {
      if (held) {
        held = false;
        await rm(lockFile, { force: true });
      }
    },
  };
}

/** The live process named by the lock. */
async function findHolder(lockFile: string): Promise<string | undefined> {
  const [pid = '', startedAt = ''] = (await readFile(lockFile, 'utf8').catch(() => '')).split(' ');
  return startedAt !== '' && (await readStartTime(pid)) === startedAt ? pid : undefined;
}

/**
 * Start time of a process in kernel ticks; empty if there is no such process. A PID alone is not enough: it
 * is reused after a crash, in a container immediately.
 */
async function readStartTime(pid: string): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat !== undefined) {
    // Field 22; field 2 is the program name in parentheses, which may contain spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  }
  return isAlive(Number(pid)) ? unknownStart : '';
}

/** Signal 0 is not delivered; it only checks for existence. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It exists, under another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { makePrivateDir } from '@polyroom/config';

/** A data directory that this process has to itself. */
export interface HeldDirectory {
  path: string;
  /** False where other users of this machine may look into it, and that cannot be changed. */
  isPrivate: boolean;
  /** Idempotent. */
  release(): Promise<void>;
}

/** Where there is no /proc the process number has to do. */
const unknownStart = '-';

/**
 * Takes a PGlite data directory. PGlite lives inside one process and does not notice a second one in the same
 * directory, which would destroy the data; a file beside the directory names the process that has it.
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
    // Left by a process that crashed.
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

/** The living process that the lock names. */
async function findHolder(lockFile: string): Promise<string | undefined> {
  const [pid = '', startedAt = ''] = (await readFile(lockFile, 'utf8').catch(() => '')).split(' ');
  return startedAt !== '' && (await readStartTime(pid)) === startedAt ? pid : undefined;
}

/**
 * When the process was started, in the kernel's ticks; empty where there is none. A number alone would not do:
 * after a crash the same numbers come back, in a container at once.
 */
async function readStartTime(pid: string): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat !== undefined) {
    // The 22nd field; the second is the program's name in brackets, which may hold blanks.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  }
  return isAlive(Number(pid)) ? unknownStart : '';
}

/** Signal 0 is delivered to nobody; it only asks. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It lives, under another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

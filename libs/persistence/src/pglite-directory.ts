import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** A data directory that this process has to itself. */
export interface HeldDirectory {
  path: string;
  /** Idempotent. */
  release(): Promise<void>;
}

const heldHere = new Set<string>();

/**
 * Takes a PGlite data directory. PGlite lives inside one process and does not notice a second one in the same
 * directory, which would destroy the data; a file beside the directory names the process that has it.
 */
export async function holdDirectory(directory: string): Promise<HeldDirectory> {
  const path = resolve(directory);
  const lockFile = `${path}.lock`;
  await mkdir(dirname(path), { recursive: true });
  const claim = () => writeFile(lockFile, String(process.pid), { flag: 'wx' });
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
  heldHere.add(lockFile);
  return {
    path,
    release: async () => {
      if (heldHere.delete(lockFile)) {
        await rm(lockFile, { force: true });
      }
    },
  };
}

/** The living process that the lock names; one with our own number is an earlier life of this container. */
async function findHolder(lockFile: string): Promise<number | undefined> {
  const pid = Number(await readFile(lockFile, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 0 || (pid === process.pid && !heldHere.has(lockFile))) {
    return undefined;
  }
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    // EPERM: it lives, under another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM' ? pid : undefined;
  }
}

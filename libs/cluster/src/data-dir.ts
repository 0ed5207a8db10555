import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateDir } from '@polyroom/config';
import { waitFor } from '@polyroom/testing';

/** Information about the running cluster, shown by a second start. */
interface RunningInfo {
  pid: number;
  /** Undefined until the page is ready. */
  pageUrl?: string;
}

/** A running cluster uses the directory. The message names it. */
export class DataDirInUseError extends Error {
  override readonly name = 'DataDirInUseError';
}

const lockFile = 'lock';
const infoFile = 'running.json';
/** Set on shared directories such as /tmp. */
const stickyBit = 0o1000;
/** The processes of a killed launcher end within this time. */
const defaultReleaseMs = 20_000;

/**
 * A directory that one cluster at a time may use. The lock is flock(2) on a file in it, which the processes
 * of the cluster inherit: the kernel releases it when the last of them has ended, regardless of how.
 */
export class DataDir {
  private closed = false;

  private constructor(
    readonly path: string,
    /** Inherited by the processes of the cluster. */
    readonly lockFd: number,
    /** False if other users of this machine can read it and that cannot be changed. */
    readonly isPrivate: boolean,
  ) {}

  /** Waits up to `releaseMs` for leftover processes of a former cluster. Throws DataDirInUseError. */
  static async hold(path: string, releaseMs = defaultReleaseMs): Promise<DataDir> {
    const isShared = ((await stat(path).catch(() => undefined))?.mode ?? 0) & stickyBit;
    if (isShared !== 0) {
      throw new Error(`${path} is a directory that users share: name one for the data alone`);
    }
    const isPrivate = await makePrivateDir(path);
    const file = join(path, lockFile);
    const fd = openSync(file, 'a', 0o600);
    try {
      if (!tryLock(fd)) {
        await refuseOrWait(path, file, fd, releaseMs);
      }
      const dir = new DataDir(path, fd, isPrivate);
      await dir.describe({ pid: process.pid });
      return dir;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Stores the information that a second start shows. */
  async describe(info: RunningInfo): Promise<void> {
    await writeFile(join(this.path, infoFile), `${JSON.stringify(info)}\n`, { mode: 0o600 });
  }

  /** Call when the processes of the cluster have ended. Idempotent. */
  async close(): Promise<void> {
    if (!this.closed) {
      this.closed = true;
      await rm(join(this.path, infoFile), { force: true });
      closeSync(this.lockFd);
    }
  }
}

/** The tool locks the open file that it shares with this process, and leaves it locked. */
function tryLock(fd: number): boolean {
  const { status, error, stderr } = spawnSync('flock', ['--exclusive', '--nonblock', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', fd],
    encoding: 'utf8',
  });
  if (error !== undefined || (status !== 0 && stderr !== '')) {
    const reason = error?.message ?? stderr.trim();
    throw new Error(`cannot lock the data directory with flock of util-linux: ${reason}`);
  }
  return status === 0;
}

/** A running launcher owns its directory; leftover processes of a killed one are about to end. */
async function refuseOrWait(path: string, file: string, fd: number, releaseMs: number): Promise<void> {
  const info = await readInfo(path);
  if (info !== undefined && (await holdersOf(file)).includes(info.pid)) {
    const page = info.pageUrl === undefined ? 'it is still starting' : `its page is ${info.pageUrl}`;
    throw new DataDirInUseError(`already running: process ${info.pid} uses ${path}, and ${page}`);
  }
  try {
    await waitFor(() => tryLock(fd), {
      timeoutMs: releaseMs,
      intervalMs: 200,
      describe: 'the processes of the former start to end',
    });
  } catch {
    const holders = (await holdersOf(file)).filter((pid) => pid !== process.pid);
    throw new DataDirInUseError(
      `${path} is still in use by the processes ${holders.join(', ')}: end them first`,
    );
  }
}

async function readInfo(path: string): Promise<RunningInfo | undefined> {
  try {
    return JSON.parse(await readFile(join(path, infoFile), 'utf8')) as RunningInfo;
  } catch {
    return undefined;
  }
}

/** The processes that have the file open, as far as this user can see. */
async function holdersOf(file: string): Promise<number[]> {
  const { dev, ino } = await stat(file);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const isHolder = await Promise.all(
    pids.map(async (pid) => {
      const fds = await readdir(`/proc/${pid}/fd`).catch((): string[] => []);
      const files = await Promise.all(fds.map((fd) => stat(`/proc/${pid}/fd/${fd}`).catch(() => undefined)));
      return files.some((found) => found?.dev === dev && found.ino === ino);
    }),
  );
  return pids.filter((_, index) => isHolder[index]).map(Number);
}

import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateDir } from '@polyroom/config';
import { waitFor } from '@polyroom/testing';

/** What a second start is told of the one that runs. */
interface RunningInfo {
  pid: number;
  /** Undefined while the start has not come that far. */
  pageUrl?: string;
}

/** The directory belongs to a cluster that runs. The message names it. */
export class DataDirInUseError extends Error {
  override readonly name = 'DataDirInUseError';
}

const lockFile = 'lock';
const infoFile = 'running.json';
/** Of directories such as /tmp. */
const stickyBit = 0o1000;
/** The processes of a launcher that was killed end within this time. */
const defaultReleaseMs = 20_000;

/**
 * A directory that one cluster at a time may use. The lock is flock(2) on a file in it, which the processes of
 * the cluster inherit: the kernel releases it when the last of them has ended, however they end.
 */
export class DataDir {
  private closed = false;

  private constructor(
    readonly path: string,
    /** For the processes of the cluster to inherit. */
    readonly lockFd: number,
    /** False where other users of this machine may look into it, and that cannot be changed. */
    readonly isPrivate: boolean,
  ) {}

  /** Waits for what a former cluster left behind to end, `releaseMs` at most. Throws DataDirInUseError. */
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

  /** For a second start to show. */
  async describe(info: RunningInfo): Promise<void> {
    await writeFile(join(this.path, infoFile), `${JSON.stringify(info)}\n`, { mode: 0o600 });
  }

  /** To be called when the processes of the cluster have ended. Idempotent. */
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

/** A launcher that runs has its directory; what a killed one left behind is about to end. */
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

/** The processes that have the file open, of those that this user may look at. */
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

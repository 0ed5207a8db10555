import { chmod, lstat, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What a group and other users may do. */
const rightsOfOthers = 0o077;

/**
 * Creates a directory for this user alone, or takes the rights of others away from one that exists, with all that
 * is in it. False where that is not possible: it belongs to another user, or its file system has no rights.
 */
export async function makePrivateDir(path: string): Promise<boolean> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  return makePrivate(path);
}

async function makePrivate(path: string): Promise<boolean> {
  // Files of a database come and go while they are looked at.
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || found.isSymbolicLink()) {
    return true;
  }
  let isPrivate = true;
  if ((found.mode & rightsOfOthers) !== 0) {
    await chmod(path, found.mode & 0o700).catch(() => {});
    const changed = await lstat(path).catch(() => undefined);
    isPrivate = ((changed?.mode ?? 0) & rightsOfOthers) === 0;
  }
  if (found.isDirectory()) {
    for (const name of await readdir(path)) {
      isPrivate = (await makePrivate(join(path, name))) && isPrivate;
    }
  }
  return isPrivate;
}

import { chmod, lstat, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Permission bits of group and other users. */
const rightsOfOthers = 0o077;

/**
 * Creates a directory for this user only, or removes the rights of group and other users from an existing one
 * and its content. Returns false if that is impossible: another user owns it, or the file system has no
 * permissions.
 */
export async function makePrivateDir(path: string): Promise<boolean> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  return makePrivate(path);
}

async function makePrivate(path: string): Promise<boolean> {
  // Database files may disappear during the walk.
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

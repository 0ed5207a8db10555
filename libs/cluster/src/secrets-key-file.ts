import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The file with the key that encrypts the secrets in the database; made by the first start in this directory.
 * Returns its path.
 */
export async function ensureSecretsKeyFile(dir: string): Promise<string> {
  const path = join(dir, 'secrets.key');
  try {
    await writeFile(path, `${randomBytes(32).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
  }
  return path;
}

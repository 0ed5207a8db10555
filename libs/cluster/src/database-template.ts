import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inheritedEnvironment } from './inherited-environment.js';
import { entryOf } from './services.js';

const run = promisify(execFile);

/**
 * Copies an empty embedded database with all migrations to `dir`. The original is made once per version of the
 * migrations, because that takes three seconds of CPU.
 */
export async function copyDatabaseTemplate(rootDir: string, dir: string): Promise<void> {
  const template = await ensureTemplate(rootDir);
  await cp(template, dir, { recursive: true });
  await chmod(dir, 0o700);
}

async function ensureTemplate(rootDir: string): Promise<string> {
  const folder = join(rootDir, 'node_modules', '.cache', 'polyroom');
  const template = join(folder, `database-${await versionOf(rootDir)}`);
  if (await exists(template)) {
    return template;
  }
  await mkdir(folder, { recursive: true });
  const made = `${template}-${randomBytes(4).toString('hex')}`;
  try {
    await run(process.execPath, [entryOf(rootDir, 'auth'), 'migrate'], {
      cwd: rootDir,
      env: {
        ...inheritedEnvironment(),
        POLYROOM_PGLITE_DIR: made,
        POLYROOM_SECRETS_KEY: randomBytes(32).toString('base64'),
      },
    });
    await rename(made, template);
  } catch (error) {
    // Another process was faster.
    if (!(await exists(template))) {
      throw error;
    }
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return template;
}

/** Changes with the migrations, and with the version of the embedded database. */
async function versionOf(rootDir: string): Promise<string> {
  const hash = createHash('sha256');
  const migrations = join(rootDir, 'libs', 'persistence', 'prisma', 'migrations');
  for (const path of (await readdir(migrations, { recursive: true })).sort()) {
    hash.update(path);
    if (path.endsWith('.sql')) {
      hash.update(await readFile(join(migrations, path)));
    }
  }
  hash.update(await readFile(join(rootDir, 'node_modules', '@electric-sql', 'pglite', 'package.json')));
  return hash.digest('hex').slice(0, 16);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

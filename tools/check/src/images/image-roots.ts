import { execFile } from 'node:child_process';
import { lstat, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Recipe } from './recipe.js';

/** The root file system of the image of one service. */
export interface ImageRoot {
  service: string;
  dir: string;
  /** Of all files. */
  bytes: number;
  /** Of the files below the working directory: the service, its packages and its data. */
  serviceBytes: number;
}

const run = promisify(execFile);

/**
 * Makes the root file system of each service by the steps of the Dockerfile: Debian packages, Node.js, the files that
 * the service loads. The compiled files are those of the checkout.
 */
export async function buildRoots(
  rootDir: string,
  dir: string,
  recipe: Recipe,
  services: string[],
): Promise<ImageRoot[]> {
  const base = join(dir, 'base');
  await run('bash', [join(rootDir, 'deploy/docker/rootfs.sh'), base, ...recipe.packages]);
  await mkdir(join(base, 'usr/local/bin'), { recursive: true });
  await run('strip', ['--strip-unneeded', '-o', join(base, 'usr/local/bin/node'), process.execPath]);
  // Engines make the places of what they mount.
  await writeFile(join(base, 'etc/hosts'), '');
  const roots: ImageRoot[] = [];
  for (const service of services) {
    const root = join(dir, service);
    // By hard links: the containers cannot write to them.
    await run('cp', ['-al', base, root]);
    const target = join(root, recipe.workDir);
    await run(process.execPath, [join(rootDir, 'deploy/docker/bundle.mjs'), service, target]);
    roots.push({
      service,
      dir: root,
      bytes: await sizeOf(root),
      serviceBytes: await sizeOf(target),
    });
  }
  return roots;
}

async function sizeOf(dir: string): Promise<number> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => !entry.isDirectory())
      .map(async ({ parentPath, name }) => (await lstat(join(parentPath, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

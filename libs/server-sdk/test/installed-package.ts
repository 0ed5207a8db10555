import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const packageDir = join(dirname(fileURLToPath(import.meta.url)), '..');
export const rootDir = join(packageDir, '..', '..');

/** The package as an application has it: packed by npm and installed from the tarball into an empty folder. */
export interface InstalledPackage {
  dir: string;
  /** Runs a program in the folder; rejects with its output if it fails. */
  run(program: string, args: string[], env?: Record<string, string>): Promise<string>;
  /** Type-checks files of the folder with the strictest settings. */
  checkTypes(files: string[]): Promise<void>;
  remove(): Promise<void>;
}

/** `env` is that of the test. */
export async function installPackage(env: NodeJS.ProcessEnv): Promise<InstalledPackage> {
  const dir = await mkdtemp(join(tmpdir(), 'polyroom-server-sdk-'));
  // Jest's own options are none of the application.
  const { NODE_OPTIONS: _, ...inherited } = env;
  const call = async (program: string, args: string[], options: { cwd?: string; env?: object } = {}) => {
    const { cwd = dir, env: added = {} } = options;
    const result = await run(program, args, { cwd, env: { ...inherited, ...added } }).catch(
      (failure: Error & { stdout: string; stderr: string }) => {
        throw new Error(`${failure.message}\n${failure.stdout}${failure.stderr}`);
      },
    );
    return result.stdout;
  };
  const npm = (cwd: string, ...args: string[]) =>
    call('npm', [...args, '--no-audit', '--no-fund'], { cwd, env: { npm_config_cache: join(dir, '.npm') } });

  const tarballs = join(dir, 'tarballs');
  await mkdir(tarballs);
  await npm(packageDir, 'pack', '--pack-destination', tarballs);
  // Its dependencies as npm delivers them, from the root's node_modules: the test needs no registry.
  for (const name of ['jose', 'zod']) {
    await npm(
      join(rootDir, 'node_modules', name),
      'pack',
      '--ignore-scripts',
      '--pack-destination',
      tarballs,
    );
  }
  await writeFile(join(dir, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const paths = (await readdir(tarballs)).map((name) => join(tarballs, name));
  await npm(dir, 'install', '--offline', ...paths);

  return {
    dir,
    run: (program, args, added = {}) => call(program, args, { env: added }),
    checkTypes: async (files) => {
      await mkdir(join(dir, 'node_modules/@types'), { recursive: true });
      for (const name of ['@types/node', 'undici-types']) {
        await symlink(join(rootDir, 'node_modules', name), join(dir, 'node_modules', name)).catch(() => {});
      }
      const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'es2023'];
      const compiler = join(rootDir, 'node_modules/typescript/bin/tsc');
      await call(process.execPath, [
        compiler,
        ...options,
        '--module',
        'nodenext',
        '--types',
        'node',
        ...files,
      ]);
    },
    remove: () => rm(dir, { recursive: true }),
  };
}

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const rootDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** A folder with the packed client libraries, installed as an application has them. */
export interface Application {
  dir: string;
  tarballs: string[];
  /** Runs a program in the folder; rejects with its output if it fails. */
  run(program: string, args: string[], cwd?: string): Promise<string>;
  write(name: string, text: string): Promise<void>;
  remove(): Promise<void>;
}

/** Packs libs/client, libs/zego and libs/react. `env` is that of the test. */
export async function installPacked(env: NodeJS.ProcessEnv): Promise<Application> {
  const dir = await mkdtemp(join(tmpdir(), 'polyroom-packed-'));
  // Jest's own options are none of the application.
  const { NODE_OPTIONS: _, ...inherited } = env;
  const call = async (program: string, args: string[], cwd = dir): Promise<string> => {
    const result = await run(program, args, { cwd, env: inherited, maxBuffer: 1 << 26 }).catch(
      (failure: Error & { stdout: string; stderr: string }) => {
        throw new Error(`${failure.message}\n${failure.stdout}${failure.stderr}`);
      },
    );
    return result.stdout;
  };
  const tarballFolder = join(dir, 'tarballs');
  const modules = join(dir, 'node_modules');
  await mkdir(tarballFolder);
  await mkdir(join(modules, '@polyroom'), { recursive: true });
  const packed = await call(process.execPath, ['tools/pack/pack.mjs', tarballFolder], rootDir);
  const tarballs = packed.trim().split('\n');
  for (const [index, name] of ['sdk', 'zego', 'react'].entries()) {
    await call('tar', ['-xzf', tarballs[index]!, '-C', dir]);
    await cp(join(dir, 'package'), join(modules, '@polyroom', name), { recursive: true });
    await rm(join(dir, 'package'), { recursive: true });
  }
  // Needs no registry: the dependencies as npm has installed them.
  for (const name of ['mediasoup-client', 'react', 'react-dom', '@types']) {
    await symlink(join(rootDir, 'node_modules', name), join(modules, name));
  }
  await writeFile(join(dir, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  return {
    dir,
    tarballs,
    run: call,
    write: (name, text) => writeFile(join(dir, name), text),
    remove: () => rm(dir, { recursive: true }),
  };
}

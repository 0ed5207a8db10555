import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const rootDir = fileURLToPath(new URL('../../../..', import.meta.url));
const goDir = join(rootDir, 'libs/server-sdk-go/api');
const pythonDir = join(rootDir, 'libs/server-sdk-python/src');
// npm run generate:clients installs there what the client needs.
const pythons = [join(rootDir, '.polyroom/generate/python/bin/python3'), 'python3'];

/** A language with a generated client of the REST API. */
export interface RestLanguage {
  name: string;
  /** Of its samples in the documentation. */
  fence: string;
  /** Why it cannot run here. */
  missing: string | undefined;
  /** Compiles the whole client; throws with what the compiler reports. */
  compile(): Promise<void>;
  /** Compiles and runs a program that uses the client, and returns what it prints. */
  run(program: string, env: Record<string, string>): Promise<string>;
}

/** The languages; `env` is that of the test. */
export function findRestLanguages(env: NodeJS.ProcessEnv): RestLanguage[] {
  return [describePython(env), describeGo(env)];
}

/** Imports every module, as an application would sooner or later. */
const importAll = `
import importlib, pkgutil
import polyroom_server_sdk.rest as client
for module in pkgutil.walk_packages(client.__path__, client.__name__ + "."):
    importlib.import_module(module.name)
`;

function describePython(env: NodeJS.ProcessEnv): RestLanguage {
  const needs = 'import sys, attrs, httpx; sys.exit(sys.version_info < (3, 10))';
  const python = pythons.find((each) => runs(each, ['-c', needs]));
  const run = (program: string, added: Record<string, string> = {}) =>
    call(python!, ['-W', 'error', '-c', program], {
      env: { ...env, ...added, PYTHONPATH: pythonDir, PYTHONDONTWRITEBYTECODE: '1' },
    });
  return {
    name: 'Python',
    fence: 'python',
    missing: python === undefined ? 'python3, 3.10 or later, with httpx and attrs is not on PATH' : undefined,
    compile: async () => void (await run(importAll)),
    run,
  };
}

function describeGo(env: NodeJS.ProcessEnv): RestLanguage {
  // No download of another toolchain.
  const goEnv = { ...env, GOTOOLCHAIN: 'local' };
  const hasModules = (): boolean => runs('go', ['mod', 'download'], { cwd: goDir, env: goEnv });
  let missing: string | undefined;
  if (!runs('go', ['version'])) {
    missing = 'go is not on PATH';
  } else if (!hasModules()) {
    missing = 'go mod download failed in libs/server-sdk-go/api';
  }
  return {
    name: 'Go',
    fence: 'go',
    missing,
    compile: async () => void (await call('go', ['vet', './...'], { cwd: goDir, env: goEnv })),
    run: async (program, added) => {
      const dir = await mkdtemp(join(tmpdir(), 'polyroom-rest-go-'));
      try {
        const module = 'polyroom.example/server-sdk-go/api';
        await mkdir(join(dir, 'sample'));
        await cp(join(goDir, 'go.sum'), join(dir, 'go.sum'));
        await writeFile(
          join(dir, 'go.mod'),
          `module samples\n\ngo 1.26\n\nrequire ${module} v0.0.0\nreplace ${module} => ${goDir}\n`,
        );
        await writeFile(join(dir, 'sample/main.go'), program);
        // The indirect requirements are added to its go.mod.
        const flags = { GOFLAGS: '-mod=mod' };
        return await call('go', ['run', './sample'], { cwd: dir, env: { ...goEnv, ...flags, ...added } });
      } finally {
        await rm(dir, { recursive: true });
      }
    },
  };
}

function runs(
  command: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): boolean {
  return spawnSync(command, args, { ...options, stdio: 'ignore', timeout: 60_000 }).status === 0;
}

async function call(
  command: string,
  args: string[],
  options: { cwd?: string; env: NodeJS.ProcessEnv },
): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, options)).stdout;
  } catch (failure) {
    const { message, stderr, stdout } = failure as Error & { stdout: string; stderr: string };
    throw new Error(`${message}\n${stdout}${stderr}`);
  }
}

import { describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lintTexts } from './lint-text.js';
import { listFiles, pathExists, readText, rootDir } from './repository.js';

const run = promisify(execFile);

/** The findings of the rule in files that need not exist. */
async function lint(files: Record<string, string>): Promise<Record<string, string[]>> {
  const found = await lintTexts(Object.entries(files));
  return Object.fromEntries(
    Object.keys(files).map((path, index) => [
      path,
      found[index]!.filter(({ ruleId }) => ruleId === 'import-x/no-extraneous-dependencies').map(
        ({ message }) => message.split('.')[0]!,
      ),
    ]),
  );
}

test('a workspace may import only what its own package.json declares', async () => {
  const undeclared = (name: string) => `'${name}' should be listed in the project's dependencies`;
  expect(
    await lint({
      'libs/placement/src/outside.ts': `import { z } from 'zod'; export const schema = z.string();`,
      'libs/placement/src/types.ts': `import type { Logger } from 'pino'; export type Log = Logger;`,
      'libs/placement/src/ours.ts': `export * from '@polyroom/testing';`,
      'libs/placement/src/late.ts': `export const late = await import('ioredis');`,
      'libs/placement/src/transitive.ts': `import { Client } from 'pg'; export const client = new Client();`,
      'libs/placement/src/development.ts': `import fc from 'fast-check'; export const check = fc;`,
      'libs/placement/src/development.spec.ts': `import fc from 'fast-check'; export const check = fc;`,
      'libs/placement/src/declared.ts': `export * from '@polyroom/contracts';`,
      'libs/persistence/scripts/script.mjs': `import 'zod';`,
    }),
  ).toEqual({
    'libs/placement/src/outside.ts': [undeclared('zod')],
    'libs/placement/src/types.ts': [undeclared('pino')],
    'libs/placement/src/ours.ts': [undeclared('@polyroom/testing')],
    'libs/placement/src/late.ts': [undeclared('ioredis')],
    'libs/placement/src/transitive.ts': [undeclared('pg')],
    'libs/placement/src/development.ts': [`${undeclared('fast-check')}, not devDependencies`],
    'libs/placement/src/development.spec.ts': [],
    'libs/placement/src/declared.ts': [],
    'libs/persistence/scripts/script.mjs': [undeclared('zod')],
  });
});

interface PackageJson {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const readPackageJson = (folder: string): PackageJson =>
  JSON.parse(readText(join(folder, 'package.json'))) as PackageJson;

function listWorkspaces(): string[] {
  return ['apps', 'libs', 'tools'].flatMap((parent) =>
    readdirSync(join(rootDir, parent))
      .map((name) => `${parent}/${name}`)
      .filter((folder) => pathExists(`${folder}/package.json`) && pathExists(`${folder}/tsconfig.json`)),
  );
}

/** The runtime source text of a workspace, including the libraries that it bundles. */
function readDelivered(folder: string): string {
  const files = listFiles(folder, ['.ts', '.tsx', '.mjs', '.html', '.css']).filter(
    (file) => !/\.(spec|fixtures)\.ts$/.test(file) && !file.startsWith(`${folder}/test/`),
  );
  const bundled = pathExists(`${folder}/vite.config.ts`)
    ? Object.keys(readPackageJson(folder).devDependencies ?? {})
        .filter((name) => name.startsWith('@polyroom/'))
        .map((name) => name.replace('@polyroom/', 'libs/'))
    : [];
  return [...files.map(readText), ...bundled.map(readDelivered)].join('\n');
}

test('a package that only specs import is a development dependency', () => {
  const imports = (text: string, name: string) => new RegExp(`['"]${name}(/[^'"]*)?['"]`).test(text);
  for (const folder of listWorkspaces()) {
    const delivered = readDelivered(folder);
    const all = listFiles(folder, ['.ts', '.tsx']).map(readText).join('\n');
    const onlyInSpecs = Object.keys(readPackageJson(folder).dependencies ?? {}).filter(
      (name) => imports(all, name) && !imports(delivered, name),
    );
    expect({ folder, onlyInSpecs }).toEqual({ folder, onlyInSpecs: [] });
  }
});

test('each dependency of the root is one of a workspace', () => {
  const used = listWorkspaces().flatMap((folder) => Object.keys(readPackageJson(folder).dependencies ?? {}));
  const declared = Object.keys(readPackageJson('.').dependencies ?? {});
  expect(declared.filter((name) => !used.includes(name))).toEqual([]);
});

describe('the versions of a workspace', () => {
  const script = join(rootDir, 'tools/setup/pins.mjs');
  const file = 'libs/a/package.json';

  async function withWorkspace(manifest: object, work: (folder: string) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'polyroom-pins-'));
    await mkdir(join(folder, 'libs/a'), { recursive: true });
    const root = {
      workspaces: ['libs/*'],
      dependencies: { zod: '4.6.7' },
      devDependencies: { jest: '30.5.2' },
    };
    await writeFile(join(folder, 'package.json'), JSON.stringify(root));
    await writeFile(join(folder, file), JSON.stringify(manifest));
    try {
      await work(folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  test('match the root', async () => {
    await run(process.execPath, [script], { cwd: rootDir });
  });

  test('are refused if they differ, and copied with --write', async () => {
    const manifest = {
      dependencies: { '@polyroom/b': '0.1.0', zod: '^4.0.0' },
      devDependencies: { jest: '30.5.2' },
    };
    await withWorkspace(manifest, async (cwd) => {
      const failure = await run(process.execPath, [script], { cwd }).catch(
        (error: { stderr: string }) => error,
      );
      expect(failure.stderr).toContain(`${file}: zod is ^4.0.0, the root's package.json says 4.6.7`);
      await run(process.execPath, [script, '--write'], { cwd });
      expect(JSON.parse(await readFile(join(cwd, file), 'utf8'))).toEqual({
        ...manifest,
        dependencies: { '@polyroom/b': '0.1.0', zod: '4.6.7' },
      });
      await run(process.execPath, [script], { cwd });
    });
  });

  test('are refused if the root has none', async () => {
    await withWorkspace({ dependencies: { yaml: '2.8.1' } }, async (cwd) => {
      const failure = await run(process.execPath, [script, '--write'], { cwd }).catch(
        (error: { stderr: string }) => error,
      );
      expect(failure.stderr).toContain(`${file}: yaml has no version in the root's package.json`);
    });
  });
});

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const run = promisify(execFile);
const packageDir = join(dirname(fileURLToPath(import.meta.url)), '..');
const readText = (path: string) => readFile(join(packageDir, path), 'utf8');

interface Manifest {
  bin: { polyroom: string };
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
}

test('the packed package has the program, and imports only what it declares', async () => {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: packageDir,
  });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  const { bin, dependencies, optionalDependencies } = JSON.parse(await readText('package.json')) as Manifest;
  expect(paths).toEqual(
    expect.arrayContaining([bin.polyroom, 'README.md', 'CHANGELOG.md', 'LICENSE', 'package.json']),
  );
  const modules = paths.filter((path) => path.endsWith('.js'));
  expect(
    paths.filter((path) => !/^(dist\/.*\.js|README\.md|CHANGELOG\.md|LICENSE|package\.json)$/.test(path)),
  ).toEqual([]);
  expect(modules.filter((path) => path.includes('.spec.'))).toEqual([]);
  expect(await readText(bin.polyroom)).toMatch(/^#!\/usr\/bin\/env node\n/);
  const imported = (await Promise.all(modules.map(readText)))
    .flatMap((text) => [...text.matchAll(/(?:from |import\()'([^.'\s][^'\s]*)'/g)])
    .map(([, name]) => /^(@[^/]+\/)?[^/]+/.exec(name!)![0])
    .filter((name) => !builtinModules.includes(name.replace(/^node:/, '')));
  expect([...new Set(imported)].sort()).toEqual(
    Object.keys({ ...dependencies, ...optionalDependencies }).sort(),
  );
});

test('it has the licence of the project', async () => {
  expect(await readText('LICENSE')).toBe(await readText('../../LICENSE'));
});

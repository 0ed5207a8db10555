// Checks the types of files that the build leaves out: specs, their fixtures and helpers, and the
// configuration of tools.
// Usage, in the root of the repository: typecheck.mjs PROJECT
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';

const project = process.argv[2];
const include = ['src/**/*.d.ts', 'src/**/*.spec.ts', 'test/**/*.ts', 'test/**/*.tsx', '*.config.ts'].map(
  (path) => `${project}/${path}`,
);
if (globSync(include.slice(1)).length > 0) {
  const file = `node_modules/.cache/typecheck/${project}.json`;
  const folder = dirname(file);
  const config = {
    extends: relative(folder, 'tsconfig.specs.json'),
    compilerOptions: { incremental: true, tsBuildInfoFile: `${relative(folder, file)}.tsbuildinfo` },
    include: include.map((path) => relative(folder, path)),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify(config));
  process.exitCode =
    spawnSync(process.execPath, ['node_modules/typescript7/bin/tsc', '-p', file], { stdio: 'inherit' })
      .status ?? 1;
}

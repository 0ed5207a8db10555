// Fails if node_modules differs from package-lock.json and the package.json files. npm records
// what it installed in node_modules/.package-lock.json. Usage, in the root of the repository: installed.mjs
import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
const declared = ({
  dependencies = {},
  devDependencies = {},
  optionalDependencies = {},
  peerDependencies = {},
}) => ({
  dependencies,
  devDependencies,
  optionalDependencies,
  peerDependencies,
});

function isInstalled() {
  const wanted = readJson('package-lock.json').packages;
  const present = readJson('node_modules/.package-lock.json').packages;
  const paths = new Set([...Object.keys(wanted), ...Object.keys(present)]);
  paths.delete('');
  for (const path of paths) {
    // Optional packages for other platforms are skipped.
    const isLeftOut = present[path] === undefined && wanted[path].optional === true;
    if (!isLeftOut && !isDeepStrictEqual(wanted[path], present[path])) {
      return false;
    }
  }
  // A package.json that the lockfile does not match: npm ci reports it.
  const files = [
    'package.json',
    ...globSync(wanted[''].workspaces.map((folder) => `${folder}/package.json`)),
  ];
  return files.every((file) => {
    const known = wanted[file === 'package.json' ? '' : dirname(file)];
    return known !== undefined && isDeepStrictEqual(declared(readJson(file)), declared(known));
  });
}

try {
  process.exitCode = isInstalled() ? 0 : 1;
} catch {
  // Nothing is installed yet, or the record is unreadable.
  process.exitCode = 1;
}

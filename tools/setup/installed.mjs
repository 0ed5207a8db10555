// Fails where node_modules is not what package-lock.json and the package.json files ask for. npm keeps what it installed
// in node_modules/.package-lock.json. Usage, in the root of the repository: installed.mjs
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
    // An optional package for another platform is left out.
    const isLeftOut = present[path] === undefined && wanted[path].optional === true;
    if (!isLeftOut && !isDeepStrictEqual(wanted[path], present[path])) {
      return false;
    }
  }
  // A package.json that the lockfile does not know: npm ci says so.
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
  // Nothing is installed yet, or what npm wrote cannot be read.
  process.exitCode = 1;
}

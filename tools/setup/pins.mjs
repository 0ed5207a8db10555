// The root's package.json holds the version of every package; npm has no catalogue that workspaces could
// refer to, so each workspace repeats the versions of its imports. Usage: pins.mjs [--write]. Without --write
// it fails if a workspace differs; with it, it copies the root's versions.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const sections = ['dependencies', 'devDependencies', 'optionalDependencies'];
const ownScope = '@polyroom/';
const write = process.argv.includes('--write');
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** A workspace entry of the root is a folder, or a pattern for several. */
const foldersOf = (workspace) =>
  workspace.endsWith('/*')
    ? readdirSync(workspace.slice(0, -2)).map((name) => `${workspace.slice(0, -1)}${name}`)
    : [workspace];

const root = readJson('package.json');
const pins = { ...root.dependencies, ...root.devDependencies };
const problems = [];
const files = root.workspaces.flatMap(foldersOf).map((folder) => `${folder}/package.json`);
for (const file of files.filter((path) => existsSync(path))) {
  const manifest = readJson(file);
  let changed = false;
  for (const section of sections) {
    const declared = manifest[section] ?? {};
    for (const name of Object.keys(declared).filter((each) => !each.startsWith(ownScope))) {
      const pin = pins[name];
      if (pin === undefined) {
        problems.push(`${file}: ${name} has no version in the root's package.json`);
      } else if (declared[name] !== pin && write) {
        declared[name] = pin;
        changed = true;
      } else if (declared[name] !== pin) {
        problems.push(`${file}: ${name} is ${declared[name]}, the root's package.json says ${pin}`);
      }
    }
  }
  if (changed) {
    writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
  }
}
if (problems.length > 0) {
  const advice = 'To copy the versions of the root: node tools/setup/pins.mjs --write && npm install';
  process.stderr.write(`${[...problems, advice].join('\n')}\n`);
  process.exit(1);
}

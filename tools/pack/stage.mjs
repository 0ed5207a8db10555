// Builds a client library as it is published: ESM and CommonJS with bundled types, into the folder `package` of its
// workspace, with a package.json without workspaces. `npm pack` and `changeset publish` take that folder.
// Usage, in the root of the repository: stage.mjs libs/client
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'tsdown';

/** Leaves out of the registry of errors what only servers and the documentation use; lines stay where they are. */
const errorsOfClients = {
  name: 'errors-of-clients',
  transform: {
    filter: { id: /errors\/client-errors\.ts$/ },
    handler: (code) => ({ code: code.replaceAll(/^ +(category|raisedBy): '\w+',$/gm, ''), map: null }),
  },
};

/** Workspaces that are part of the bundle. */
const bundled = ['@polyroom/async', '@polyroom/contracts'];

const dir = resolve(process.argv[2]);
const out = join(dir, 'package');
const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
const entries = Object.fromEntries(
  Object.entries(manifest.exports).map(([path, conditions]) => [
    path === '.' ? 'index' : path.slice(2),
    join(dir, conditions['@polyroom/source']),
  ]),
);
const dependencies = Object.fromEntries(
  Object.entries(manifest.dependencies).filter(([name]) => !bundled.includes(name)),
);
const { peerDependencies, peerDependenciesMeta } = manifest;

rmSync(out, { recursive: true, force: true });
mkdirSync(out);
const options = {
  cwd: dir,
  config: false,
  entry: entries,
  outDir: join(out, 'dist'),
  clean: false,
  platform: 'neutral',
  target: 'es2022',
  sourcemap: true,
  logLevel: 'warn',
  tsconfig: join(dir, 'tsconfig.json'),
  deps: {
    neverBundle: Object.keys({ ...dependencies, ...peerDependencies }).map(
      (name) => new RegExp(`^${name}(/|$)`),
    ),
    alwaysBundle: bundled.map((name) => new RegExp(`^${name}`)),
  },
  plugins: [errorsOfClients],
  inputOptions: { resolve: { conditionNames: ['@polyroom/source', 'import', 'default'] } },
};
await build({ ...options, format: 'esm', dts: { sourcemap: false, newContext: true } });
await build({ ...options, format: 'cjs', dts: false });
// Making the types takes most of the time, and those of CommonJS differ in the names of their files only.
for (const name of readdirSync(options.outDir).filter((file) => file.endsWith('.d.ts'))) {
  const types = readFileSync(join(options.outDir, name), 'utf8');
  const text = types.replaceAll(/(["']\.\/[\w.-]+)\.js(["'])/g, '$1.cjs$2');
  writeFileSync(join(options.outDir, name.replace(/\.ts$/, '.cts')), text);
}

const exported = Object.fromEntries(
  Object.keys(entries).map((name) => [
    name === 'index' ? '.' : `./${name}`,
    {
      import: { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` },
      require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` },
    },
  ]),
);
const { name, version, description, license, sideEffects, engines } = manifest;
const published = {
  name,
  version,
  description,
  license,
  type: 'module',
  sideEffects,
  engines,
  files: ['dist', 'CHANGELOG.md'],
  // For tools that do not read `exports`.
  main: './dist/index.cjs',
  module: './dist/index.js',
  types: './dist/index.d.cts',
  exports: { ...exported, './package.json': './package.json' },
  dependencies,
  peerDependencies,
  peerDependenciesMeta,
};
writeFileSync(join(out, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
for (const file of ['README.md', 'CHANGELOG.md']) {
  if (existsSync(join(dir, file))) {
    copyFileSync(join(dir, file), join(out, file));
  }
}
copyFileSync(resolve('LICENSE'), join(out, 'LICENSE'));

// Copies only the files that one service needs at run time into a folder:
//   node deploy/docker/bundle.mjs SERVICE FOLDER
// These are its bundle (tools/pack/service.mjs); of packages that are not part of it the files that it can load, as
// @vercel/nft traces them; of workspaces the data that they read (migrations, Lua, web pages); and for media the worker
// that MEDIASOUP_WORKER_BIN names. Needs a finished build. REVISION is the commit, which the services show as a label of polyroom_build_info.
import { cp, lstat, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeFileTrace } from '@vercel/nft';

const rootDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Folders and files of a workspace that its running code reads. */
const runtimeFolders = ['dist-web', 'prisma/migrations', 'prisma/schema.prisma'];
/** Files that are loaded by computed names, which a trace does not find; by the workspace that loads them. */
const koffiBinaries = `node_modules/@koromix/koffi-linux-${process.arch}`;
const untraced = {
  'libs/fast-io': ['package.json', 'index.js', `linux_${process.arch}`].map((name) => `${koffiBinaries}/${name}`),
  'libs/persistence': ['node_modules/@prisma/schema-engine-wasm/schema_engine_bg.wasm'],
};

async function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function readPackage(projectDir) {
  return JSON.parse(await readFile(join(rootDir, projectDir, 'package.json'), 'utf8'));
}

async function copyProject(projectDir, targetDir) {
  for (const name of ['package.json', ...runtimeFolders]) {
    const from = join(rootDir, projectDir, name);
    if (await exists(from)) {
      await cp(from, join(targetDir, projectDir, name), { recursive: true });
    }
  }
  // Lua commands, which a library reads from a folder beside its sources.
  await cp(join(rootDir, projectDir, 'src'), join(targetDir, projectDir, 'src'), {
    recursive: true,
    filter: async (path) => path.endsWith('.lua') || (await stat(path)).isDirectory(),
  });
}

async function copyExternal(path, targetDir) {
  // Links are to workspaces, which are copied as such.
  if (!(await lstat(join(rootDir, path))).isSymbolicLink()) {
    await cp(join(rootDir, path), join(targetDir, path), { recursive: true });
  }
}

const [service, targetDir] = process.argv.slice(2);
if (service === undefined || targetDir === undefined) {
  throw new Error('usage: node deploy/docker/bundle.mjs SERVICE FOLDER');
}
const bundle = `apps/${service}/dist/bundle`;
const entry = `${bundle}/main.js`;
if (!(await exists(join(rootDir, entry)))) {
  throw new Error(`${entry} is missing: is ${service} a service, and is it built?`);
}

await rm(targetDir, { recursive: true, force: true });
await mkdir(targetDir, { recursive: true });
// Telemetry of better-auth searches the working directory for packages: an empty one adds none.
const trace = async (file) => {
  const { fileList } = await nodeFileTrace([join(rootDir, file)], { base: rootDir, processCwd: targetDir });
  return [...fileList];
};
const isExternal = (path) => path.split('/').includes('node_modules');
/** The workspaces in the bundle. */
const projectDirs = new Set(
  (await trace(`apps/${service}/dist/main.js`))
    .filter((path) => /^(apps|libs)\//.test(path) && !isExternal(path))
    .map((path) => path.split('/').slice(0, 2).join('/')),
);

for (const projectDir of projectDirs) {
  await copyProject(projectDir, targetDir);
}
await cp(join(rootDir, bundle), join(targetDir, bundle), { recursive: true });
const hidden = [...projectDirs].flatMap((projectDir) => untraced[projectDir] ?? []);
for (const path of [...(await trace(entry)).filter(isExternal), ...hidden]) {
  await copyExternal(path, targetDir);
}
if (service === 'media') {
  const workerFile = process.env.MEDIASOUP_WORKER_BIN;
  if (workerFile === undefined) {
    throw new Error('MEDIASOUP_WORKER_BIN must name the media worker');
  }
  await cp(workerFile, join(targetDir, 'mediasoup-worker'));
}
const { REVISION: gitHead } = process.env;
if (gitHead) {
  const manifest = await readPackage('libs/nest-service');
  const file = join(targetDir, 'libs/nest-service/package.json');
  await writeFile(file, `${JSON.stringify({ ...manifest, gitHead }, null, 2)}\n`);
}
await writeFile(join(targetDir, 'package.json'), '{ "type": "module", "private": true }\n');
await writeFile(join(targetDir, 'main.js'), `import './${entry}';\n`);

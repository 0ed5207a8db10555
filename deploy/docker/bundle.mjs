// Copies only the files that one service needs at run time into a folder:
//   node deploy/docker/bundle.mjs <service> <folder>
// These are its compiled files, those of the libraries that it depends on (package.json), the data that
// they read (migrations, Lua, web pages), and for media the worker. Needs a finished build. External
// packages are not copied: they come from `npm ci --omit=dev` for the services. The environment variable REVISION
// is the commit, which the services show as a label of polyroom_build_info.
import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const rootDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Folders and kinds of files of a project that its running code reads. */
const runtimeFolders = ['dist', 'dist-web', 'prisma/migrations', 'prisma/schema.prisma'];
const buildOnly = /(\.d\.ts|\.d\.ts\.map|\.tsbuildinfo|\.spec\.js|\.spec\.js\.map)$/;

async function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function readPackage(projectDir) {
  return JSON.parse(await readFile(join(rootDir, projectDir, 'package.json'), 'utf8'));
}

/** The project and every project of ours that it reaches at run time; what only specs import is in devDependencies. */
async function collectProjects(projectDir, found = new Set()) {
  if (found.has(projectDir)) {
    return found;
  }
  found.add(projectDir);
  const { dependencies = {} } = await readPackage(projectDir);
  for (const name of Object.keys(dependencies)) {
    if (name.startsWith('@polyroom/')) {
      await collectProjects(join('libs', name.slice('@polyroom/'.length)), found);
    }
  }
  return found;
}

async function copyProject(projectDir, targetDir) {
  for (const name of ['package.json', ...runtimeFolders]) {
    const from = join(rootDir, projectDir, name);
    if (await exists(from)) {
      await cp(from, join(targetDir, projectDir, name), {
        recursive: true,
        filter: (path) => !buildOnly.test(path),
      });
    }
  }
  // Lua commands, which a library reads from a folder beside its sources.
  await cp(join(rootDir, projectDir, 'src'), join(targetDir, projectDir, 'src'), {
    recursive: true,
    filter: async (path) => path.endsWith('.lua') || (await stat(path)).isDirectory(),
  });
}

const [service, targetDir] = process.argv.slice(2);
if (service === undefined || targetDir === undefined) {
  throw new Error('usage: node deploy/docker/bundle.mjs <service> <folder>');
}
const appDir = join('apps', service);
if (!(await exists(join(rootDir, appDir, 'dist', 'main.js')))) {
  throw new Error(`${appDir}/dist/main.js is missing: is ${service} a service, and is it built?`);
}

await rm(targetDir, { recursive: true, force: true });
await mkdir(targetDir, { recursive: true });
for (const projectDir of await collectProjects(appDir)) {
  await copyProject(projectDir, targetDir);
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
const entry = relative('.', join(appDir, 'dist', 'main.js')).split(sep).join('/');
await writeFile(join(targetDir, 'package.json'), '{ "type": "module", "private": true }\n');
await writeFile(join(targetDir, 'main.js'), `import './${entry}';\n`);

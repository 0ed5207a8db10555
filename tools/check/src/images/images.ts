import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { areLanguagesRequired, dieWithParent } from '@polyroom/testing';
import { ComposeLoader, hasGo } from '../compose/compose-loader.js';
import { type Plan } from './composed-cluster.js';
import { type ComposedProject, listInstances } from './composed.js';
import { buildRoots } from './image-roots.js';
import { readRecipe } from './recipe.js';

const secrets = [
  'POSTGRES_PASSWORD',
  'REDIS_PASSWORD',
  ...['GATEWAY', 'INTEROP', 'AUTH', 'ROOM', 'MESSAGING', 'RECORDER', 'WEBHOOKS', 'MEDIA'].map(
    (user) => `NATS_PASSWORD_${user}`,
  ),
];

/**
 * Builds the root file system of every image by the steps of the Dockerfile, starts every service of docker-compose.yml
 * from it without an engine, in the environment that the loader of Docker Compose gives, against real stores, and lets a
 * client publish. Reports sizes, start-up times and memory. Needs Linux, root, Debian's apt and Go.
 */
export async function checkImages(rootDir: string): Promise<boolean> {
  if (!hasGo()) {
    const isRequired = areLanguagesRequired(process.env);
    process.stdout.write(`${isRequired ? 'WRONG' : 'skipped'}: Go is not installed\n`);
    return !isRequired;
  }
  const missing = findMissing();
  if (missing !== undefined) {
    process.stdout.write(`skipped: ${missing}\n`);
    return true;
  }
  const dir = await mkdtemp(join(tmpdir(), 'polyroom-images-'));
  try {
    const plan = await prepare(rootDir, dir);
    const planFile = join(dir, 'plan.json');
    await writeFile(planFile, JSON.stringify(plan), { mode: 0o600 });
    const main = fileURLToPath(new URL('./cluster-main.js', import.meta.url));
    const [program, args] = dieWithParent('unshare', [
      ...['--mount', '--net', '--'],
      ...[process.execPath, '--enable-source-maps', main, planFile],
    ]);
    const child = spawn(program, args, { stdio: 'inherit' });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code === 0;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Why this machine cannot run the check. */
function findMissing(): string | undefined {
  if (process.getuid?.() !== 0) {
    return 'only root can make namespaces and root file systems';
  }
  const programs = ['apt-get', 'dpkg-deb', 'ip', 'nsenter', 'setpriv', 'strip', 'unshare'];
  const absent = programs.filter((name) => spawnSync(name, ['--version']).error !== undefined);
  if (absent.length > 0) {
    return `these programs of Debian are missing: ${absent.join(', ')}`;
  }
  // A container without privileges may not.
  return spawnSync('unshare', ['--mount', '--net', '--pid', '--fork', 'true']).status === 0
    ? undefined
    : 'the system allows no new namespaces';
}

async function prepare(rootDir: string, dir: string): Promise<Plan> {
  const adminToken = randomBytes(24).toString('hex');
  const loader = ComposeLoader.build(rootDir, dir, {
    ...Object.fromEntries(secrets.map((name) => [name, `p${randomBytes(24).toString('hex')}`])),
    POLYROOM_SECRETS_KEY: randomBytes(32).toString('base64'),
    POLYROOM_ADMIN_TOKENS: `check:${adminToken}`,
    // Each media container announces its own address, which the clients of the check reach.
    POLYROOM_MEDIA_ANNOUNCED_ADDRESS: 'auto',
  });
  const { ok, output } = loader.load([join(rootDir, 'docker-compose.yml')], ['-json']);
  if (!ok) {
    throw new Error(`docker-compose.yml cannot be loaded: ${output}`);
  }
  const project = JSON.parse(output) as ComposedProject;
  const recipe = readRecipe(rootDir);
  const rootsDir = join(dir, 'roots');
  await mkdir(rootsDir);
  const services = [...new Set(listInstances(project).map(({ service }) => service))];
  const roots = await buildRoots(rootDir, rootsDir, recipe, services);
  process.stdout.write(`built the root file systems of ${services.join(', ')}\n`);
  return { rootDir, dir, project, recipe, roots, adminToken };
}

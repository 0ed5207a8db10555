import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort, waitFor } from '@polyroom/testing';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/*
 * The schema engine does not run inside Jest's VM context, so these run the built package in processes of their
 * own, as the service does.
 */
const run = promisify(execFile);
const distDir = fileURLToPath(new URL('../dist/', import.meta.url));
const packageDir = fileURLToPath(new URL('..', import.meta.url));

/** Runs a script with `Database`, `findDrift` and `options` at hand; what it `say`s comes back. */
async function runBuilt(options: object, script: string): Promise<unknown> {
  const source = `
    import { pino } from 'pino';
    import { Database } from ${JSON.stringify(join(distDir, 'database.js'))};
    import { findDrift } from ${JSON.stringify(join(distDir, 'schema-engine.js'))};
    const logger = pino({ level: 'silent' });
    const options = { ...${JSON.stringify(options)}, logger };
    const say = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
    const app = (appId) => ({ appId, name: 'a', appSignHash: 'h', actor: 'alice', secret: { secretId: 'k', value: 'v' } });
    ${script}
    process.exit(0);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', source], { cwd: packageDir });
  return JSON.parse(stdout) as unknown;
}

const createAndCount = `
  const database = await Database.open(options);
  await database.ping();
  const appId = (await database.apps.list()).length + 1;
  await database.apps.create(app(appId));
  await database.entitlements.set({ actor: 'alice', appId, name: 'multiRoom', value: true });
  say((await database.apps.list()).length);
  await database.close();
  await database.close();`;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'polyroom-database-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('the migrations', () => {
  it('lead to exactly schema.prisma', async () => {
    const drift = await runBuilt(
      {},
      `const { PGlite } = await import('@electric-sql/pglite');
       const { PrismaPGlite } = await import('pglite-prisma-adapter');
       say((await findDrift(new PrismaPGlite(new PGlite('memory://')))) ?? null);`,
    );
    expect(drift).toBeNull();
  });
});

describe('the embedded database', () => {
  it('is made at the first start and kept over the next', async () => {
    const options = { pgliteDir: join(dir, 'not', 'there', 'yet') };
    expect(await runBuilt(options, createAndCount)).toBe(1);
    expect(await runBuilt(options, createAndCount)).toBe(2);
  });

  it('refuses a second process, and is free again after a crash of the first', async () => {
    const options = { pgliteDir: join(dir, 'shared') };
    const answer = await runBuilt(
      options,
      `const first = await Database.open(options);
       const failure = await Database.open(options).then(() => 'opened twice', (error) => error.message);
       say(failure);
       process.kill(process.pid, 'SIGKILL');`,
    ).catch((error: { stdout: string }) => JSON.parse(error.stdout) as unknown);
    expect(answer).toMatch(/is in use by process \d+/);
    expect(await runBuilt(options, createAndCount)).toBe(1);
  });

  it('needs to be told where it is', async () => {
    const failure = await runBuilt({}, `say(await Database.open(options).catch((error) => error.message));`);
    expect(failure).toMatch('neither a database URL nor a directory');
  });
});

/** The folder with initdb and postgres, on PATH or where Debian puts them. */
async function findPostgres(): Promise<string | undefined> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const dirs = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...versions.map((version) => `/usr/lib/postgresql/${version}/bin`),
  ];
  for (const candidate of dirs) {
    const names = await readdir(candidate).catch((): string[] => []);
    if (names.includes('initdb') && names.includes('postgres')) {
      return candidate;
    }
  }
  return undefined;
}

const postgresDir = await findPostgres();
// PostgreSQL is not among what the tests may expect: it is the one server that Polyroom can do without.
(postgresDir === undefined ? describe.skip : describe)('a PostgreSQL server', () => {
  let server: ChildProcess | undefined;
  let dataDir: string;
  let databaseUrl: string;

  beforeAll(async () => {
    const port = await freePort();
    dataDir = await mkdtemp(join(tmpdir(), 'polyroom-postgres-'));
    // PostgreSQL refuses to run as root, where tests in a container usually run.
    const isRoot = process.getuid?.() === 0;
    const ids = isRoot ? { uid: await idOf('-u'), gid: await idOf('-g') } : {};
    if (ids.uid !== undefined) {
      await chown(dataDir, ids.uid, ids.gid);
    }
    const data = join(dataDir, 'data');
    const bin = postgresDir ?? '';
    await run(join(bin, 'initdb'), ['-D', data, '-U', 'polyroom', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
      cwd: dataDir,
      ...ids,
    });
    server = spawn(
      join(bin, 'postgres'),
      ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', dataDir, '-F'],
      { cwd: dataDir, stdio: 'ignore', ...ids },
    );
    await waitFor(() => canConnect(port), { timeoutMs: 15_000, describe: 'postgres to listen' });
    databaseUrl = `postgresql://polyroom@127.0.0.1:${port}/postgres`;
  }, 30_000);

  afterAll(async () => {
    const exited = new Promise((resolve) => server?.once('exit', resolve));
    server?.kill('SIGQUIT');
    await exited;
    await rm(dataDir, { recursive: true, force: true });
  });

  it('gets the same tables and keeps the data', async () => {
    expect(await runBuilt({ databaseUrl }, createAndCount)).toBe(1);
    expect(await runBuilt({ databaseUrl }, createAndCount)).toBe(2);
  });

  it('takes two processes that start at the same moment on an empty database', async () => {
    const fresh = databaseUrl.replace(/postgres$/, 'fresh');
    await run('psql', [databaseUrl, '-c', 'CREATE DATABASE fresh']);
    const open = `const database = await Database.open(options); say((await database.apps.list()).length); await database.close();`;
    expect(await Promise.all([1, 2, 3].map(() => runBuilt({ databaseUrl: fresh }, open)))).toEqual([0, 0, 0]);
  });
});

async function idOf(flag: string): Promise<number> {
  return Number((await run('id', [flag, 'postgres'])).stdout);
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningPostgres, startPostgres, waitFor } from '@polyroom/testing';
import { PrismaPg } from '@prisma/adapter-pg';
import { type SqlDriverAdapter, type SqlQuery } from '@prisma/driver-adapter-utils';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/*
 * The schema engine does not run inside Jest's VM context, so these run the built package in processes of their
 * own, as the service does.
 */
const run = promisify(execFile);
const distDir = fileURLToPath(new URL('../dist/', import.meta.url));
const packageDir = fileURLToPath(new URL('..', import.meta.url));

const secretsKey = randomBytes(32).toString('base64');

/** Runs a script with `Database`, `findDrift` and `options` in scope; returns the value passed to `say`. */
async function runBuilt(options: object, script: string): Promise<unknown> {
  const source = `
    import { pino } from 'pino';
    import { Database } from ${JSON.stringify(join(distDir, 'database.js'))};
    import { SecretKeys } from ${JSON.stringify(join(distDir, 'secret-keys.js'))};
    import { findDrift } from ${JSON.stringify(join(distDir, 'schema-engine.js'))};
    const logger = pino({ level: 'silent' });
    const secretKeys = SecretKeys.parse(${JSON.stringify(secretsKey)});
    const options = { ...${JSON.stringify(options)}, secretKeys, logger };
    const say = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
    const app = (appId) => ({ appId, name: 'a', appSignHash: 'h', actor: 'alice', secret: { secretId: 'k', value: 'v' },
      credentialKinds: ['native'] });
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
  it('result in exactly schema.prisma', async () => {
    const drift = await runBuilt(
      {},
      `const { PGlite } = await import('@electric-sql/pglite');
       const { PrismaPGlite } = await import('pglite-prisma-adapter');
       say((await findDrift(new PrismaPGlite(new PGlite('memory://')))) ?? null);`,
    );
    expect(drift).toBeNull();
  });

  it('let AppIDs that exist keep their AppSigns, and new ones accept tokens only', async () => {
    const kinds = await runBuilt(
      {},
      `const { PGlite } = await import('@electric-sql/pglite');
       const { readMigrations } = await import(${JSON.stringify(join(distDir, 'schema-engine.js'))});
       const db = new PGlite('memory://');
       const add = (appId) => db.query("INSERT INTO apps (app_id, name, app_sign_hash) VALUES ($1, 'a', 'h')", [appId]);
       for (const { name, sql } of await readMigrations()) {
         if (name.endsWith('credential_kinds')) await add(1);
         await db.exec(sql);
       }
       await add(2);
       const { rows } = await db.query('SELECT credential_kinds FROM apps ORDER BY app_id');
       say(rows.map((row) => row.credential_kinds));`,
    );
    expect(kinds).toEqual([
      ['appSign', 'token04', 'native'],
      ['token04', 'native'],
    ]);
  });
});

describe('the embedded database', () => {
  it('is created by the first start and kept by the next', async () => {
    const options = { pgliteDir: join(dir, 'not', 'there', 'yet') };
    expect(await runBuilt(options, createAndCount)).toBe(1);
    expect(await runBuilt(options, createAndCount)).toBe(2);
  });

  it('refuses a second process and is available after a crash of the first', async () => {
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

  it('requires a directory', async () => {
    const failure = await runBuilt({}, `say(await Database.open(options).catch((error) => error.message));`);
    expect(failure).toMatch('neither a database URL nor a directory');
  });
});

describe('a PostgreSQL server', () => {
  let server: RunningPostgres;
  const adapters: SqlDriverAdapter[] = [];
  const openAndCount = `
    const database = await Database.open(options);
    say((await database.apps.list()).length);
    await database.close();`;

  /** Takes 11 s, and runs while the other cases do. */
  let openedAfterWait: Promise<unknown>;

  beforeAll(async () => {
    server = await startPostgres();
    openedAfterWait = openAfterWait(await server.createDatabase('awaited'));
    openedAfterWait.catch(() => undefined);
  });
  afterAll(async () => {
    await Promise.all(adapters.map((adapter) => adapter.dispose()));
    await server.close();
  });

  it('has the same tables and keeps the data', async () => {
    const databaseUrl = await server.createDatabase('kept');
    expect(await runBuilt({ databaseUrl }, createAndCount)).toBe(1);
    expect(await runBuilt({ databaseUrl }, createAndCount)).toBe(2);
  });

  it('has its migration lock released as soon as the database is open', async () => {
    const databaseUrl = await server.createDatabase('released');
    const answer = await runBuilt(
      { databaseUrl },
      `const { PrismaPg } = await import('@prisma/adapter-pg');
       const database = await Database.open(options);
       const other = await new PrismaPg({ connectionString: options.databaseUrl, max: 1 }).connect();
       const execute = (sql) => other.executeRaw({ sql, args: [], argTypes: [] });
       await execute("SET lock_timeout = '2s'");
       say(await execute('SELECT pg_advisory_lock(72707369)').then(() => 'taken', (error) => error.message));`,
    );
    expect(answer).toBe('taken');
  });

  it('migrates with a new engine after an attempt that lost its connection', async () => {
    const databaseUrl = await server.createDatabase('retried');
    const watcher = await connect(server.url);
    // An uncommitted table of the same name blocks the engine during the migration.
    const blocker = await (await connect(databaseUrl)).startTransaction();
    await blocker.executeRaw(statement('CREATE TABLE _prisma_migrations (id int)'));
    const opened = runBuilt({ databaseUrl }, openAndCount);
    const blocked = `datname = 'retried' AND wait_event_type = 'Lock'`;
    await waitFor(() => countSessions(watcher, blocked), { timeoutMs: 20_000, describe: 'a blocked engine' });
    await watcher.executeRaw(
      statement(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${blocked}`),
    );
    await waitFor(async () => (await countSessions(watcher, blocked)) === 0, {
      describe: 'the lost session',
    });
    await blocker.executeRaw(statement('ROLLBACK'));
    await blocker.rollback();
    expect(await opened).toBe(0);
  });

  it('is used by this version after a migration of a newer one has failed', async () => {
    const databaseUrl = await server.createDatabase('newer');
    expect(await runBuilt({ databaseUrl }, createAndCount)).toBe(1);
    const adapter = await connect(databaseUrl);
    await adapter.executeRaw(
      statement(`INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at)
                 VALUES ('newer', 'c', '29990101000000_newer', now())`),
    );
    expect(await runBuilt({ databaseUrl }, createAndCount)).toBe(2);
  });

  it('is migrated again after a failed migration is marked as in docs/operations.md', async () => {
    const databaseUrl = await server.createDatabase('failed');
    await runBuilt({ databaseUrl }, createAndCount);
    const adapter = await connect(databaseUrl);
    // As a failure of the last migration leaves it: its transaction is rolled back, its record is not finished.
    await adapter.executeRaw(statement('DROP TABLE usage, usage_reports'));
    const last = `migration_name = '20261126101100_usage'`;
    await adapter.executeRaw(statement(`UPDATE _prisma_migrations SET finished_at = NULL WHERE ${last}`));
    const open = `say(await Database.open(options).then(() => 'opened', ({ message }) => message));`;
    expect(await runBuilt({ databaseUrl }, open)).toContain('20261126101100_usage');
    const page = await readFile(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
    const [, sql] = /^(UPDATE _prisma_migrations .*);$/m.exec(page) ?? [];
    await adapter.executeRaw(statement(sql!));
    expect(await runBuilt({ databaseUrl }, createAndCount)).toBe(2);
  });

  it('is migrated by a process that waited longer than the 10 s of the engine', async () => {
    expect(await openedAfterWait).toBe(0);
  });

  async function openAfterWait(databaseUrl: string): Promise<unknown> {
    const holder = await (await connect(databaseUrl)).startTransaction();
    await holder.executeRaw(statement('SELECT pg_advisory_xact_lock(72707369)'));
    const opened = runBuilt({ databaseUrl }, openAndCount);
    const patient = `datname = 'awaited' AND wait_event = 'advisory' AND now() - query_start > '11 s'`;
    const watcher = await connect(server.url);
    await waitFor(() => countSessions(watcher, patient), {
      timeoutMs: 60_000,
      intervalMs: 200,
      describe: 'a patient process',
    });
    await holder.executeRaw(statement('ROLLBACK'));
    await holder.rollback();
    return opened;
  }

  async function connect(connectionString: string): Promise<SqlDriverAdapter> {
    const adapter = await new PrismaPg({ connectionString }).connect();
    adapters.push(adapter);
    return adapter;
  }
});

function statement(sql: string): SqlQuery {
  return { sql, args: [], argTypes: [] };
}

async function countSessions(adapter: SqlDriverAdapter, condition: string): Promise<number> {
  const { rows } = await adapter.queryRaw(
    statement(`SELECT count(*)::int FROM pg_stat_activity WHERE ${condition}`),
  );
  return Number(rows[0]?.[0]);
}

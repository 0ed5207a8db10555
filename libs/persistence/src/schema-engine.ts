import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';

/** The folder of `schema.prisma` and `migrations/`, at the same relative path from `src` and `dist`. */
export const prismaDir = fileURLToPath(new URL('../prisma/', import.meta.url));
const schemaPath = join(prismaDir, 'schema.prisma');
const migrationsDir = join(prismaDir, 'migrations');
const filters = { externalTables: [], externalEnums: [] };

/** Glue code of the engine's WASM build: the part missing from its typings. */
interface EngineGlue {
  SchemaEngine: typeof SchemaEngine;
  __wbg_set_wasm(exports: object): void;
}

/** The subset of `WebAssembly` used here; TypeScript declares it only with the DOM library. */
interface WasmRuntime {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (
    module: object,
    imports: Record<string, object>,
  ) => { exports: { __wbindgen_start(): void } };
}

/** The compiled code is stateless, so all engines of the process share it. */
let compiledEngine: object | undefined;
let enginesLoaded = 0;

/**
 * Prisma's schema engine as WebAssembly. The native engine of the Prisma CLI is a separate download; this one
 * is part of the packages, writes the same `_prisma_migrations` rows and works over a driver adapter. It is
 * an internal package of Prisma without API stability: its version is pinned exactly.
 *
 * The glue caches views of the memory of its first instance, so a second instance behind the same glue reads
 * the wrong memory. The query string gives every engine its own glue module.
 */
async function loadEngine(): Promise<typeof SchemaEngine> {
  const glueUrl = import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  enginesLoaded += 1;
  const glue = (await import(`${glueUrl}?engine=${enginesLoaded}`)) as EngineGlue;
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WasmRuntime }).WebAssembly;
  compiledEngine ??= new Module(readFileSync(new URL('schema_engine_bg.wasm', glueUrl)));
  const { exports } = new Instance(compiledEngine, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(exports);
  // Initializes the reference table; without it every call fails with "expected unit".
  exports.__wbindgen_start();
  return glue.SchemaEngine;
}

async function openEngine(factory: SqlMigrationAwareDriverAdapterFactory) {
  const Engine = await loadEngine();
  const content = await readFile(schemaPath, 'utf8');
  const engine = await Engine.new(
    { datamodels: [[schemaPath, content]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(factory),
  );
  return { engine, schema: { files: [{ path: schemaPath, content }] } };
}

/** A migration of the repository. */
export interface Migration {
  name: string;
  sql: string;
}

/** All migrations, oldest first. */
export async function readMigrations(): Promise<Migration[]> {
  const entries = await readdir(migrationsDir, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return Promise.all(
    names.map(async (name) => ({
      name,
      sql: await readFile(join(migrationsDir, name, 'migration.sql'), 'utf8'),
    })),
  );
}

async function listMigrations(): Promise<MigrationList> {
  const migrations = await readMigrations();
  const lockName = 'migration_lock.toml';
  return {
    baseDir: migrationsDir,
    shadowDbInitScript: '',
    lockfile: { path: lockName, content: await readFile(join(migrationsDir, lockName), 'utf8') },
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}

/** Applies pending migrations; returns the names of those applied. */
export async function deployMigrations(factory: SqlMigrationAwareDriverAdapterFactory): Promise<string[]> {
  const { engine } = await openEngine(factory);
  const { appliedMigrationNames } = await engine.applyMigrations({
    migrationsList: await listMigrations(),
    filters,
  });
  return appliedMigrationNames;
}

/**
 * The SQL that leads from the migrations to `schema.prisma`; undefined if they are equal. Replays the
 * migrations into the database behind `factory`, which must be disposable.
 */
export async function findDrift(factory: SqlMigrationAwareDriverAdapterFactory): Promise<string | undefined> {
  const { engine, schema } = await openEngine(factory);
  // The engine requires a `shadowDatabaseUrl` missing from its typings; the adapter replaces it.
  const input = {
    from: { tag: 'migrations', ...(await listMigrations()) },
    to: { tag: 'schemaDatamodel', ...schema },
    script: true,
    exitCode: true,
    filters,
    shadowDatabaseUrl: null,
  } satisfies Parameters<SchemaEngine['diff']>[0] & { shadowDatabaseUrl: null };
  const result = await engine.diff(input);
  return result.exitCode === 0 ? undefined : (result.stdout ?? '');
}

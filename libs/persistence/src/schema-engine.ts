import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';

/** The folder with `schema.prisma` and `migrations/`; the same distance from `src` and from `dist`. */
export const prismaDir = fileURLToPath(new URL('../prisma/', import.meta.url));
const schemaPath = join(prismaDir, 'schema.prisma');
const migrationsDir = join(prismaDir, 'migrations');
const filters = { externalTables: [], externalEnums: [] };

/** The glue of the engine's WASM build: the part that its typings leave out. */
interface EngineGlue {
  SchemaEngine: typeof SchemaEngine;
  __wbg_set_wasm(exports: object): void;
}

/** The part of `WebAssembly` used here; TypeScript declares it only together with all of the DOM. */
interface WasmRuntime {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (
    module: object,
    imports: Record<string, object>,
  ) => { exports: { __wbindgen_start(): void } };
}

/** The compiled code has no state, so all engines of the process share it. */
let compiledEngine: object | undefined;
let enginesLoaded = 0;

/**
 * Prisma's own schema engine as WebAssembly. The native engine that the Prisma CLI wants is a download; this
 * one comes with the packages, writes the same `_prisma_migrations` rows and works over a driver adapter.
 * It is an internal package of Prisma without an API promise: its version is pinned exactly.
 *
 * The glue keeps views of the memory of the instance that it was given first, so a second instance behind the
 * same glue reads from the wrong memory. The query makes every engine load a glue module of its own.
 */
async function loadEngine(): Promise<typeof SchemaEngine> {
  const glueUrl = import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  enginesLoaded += 1;
  const glue = (await import(`${glueUrl}?engine=${enginesLoaded}`)) as EngineGlue;
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WasmRuntime }).WebAssembly;
  compiledEngine ??= new Module(readFileSync(new URL('schema_engine_bg.wasm', glueUrl)));
  const { exports } = new Instance(compiledEngine, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(exports);
  // Initialises the table of references; without it every call fails with "expected unit".
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

/** Applies the migrations that the database lacks; the names of those applied. */
export async function deployMigrations(factory: SqlMigrationAwareDriverAdapterFactory): Promise<string[]> {
  const { engine } = await openEngine(factory);
  const { appliedMigrationNames } = await engine.applyMigrations({
    migrationsList: await listMigrations(),
    filters,
  });
  return appliedMigrationNames;
}

/**
 * The SQL that leads from the migrations to `schema.prisma`; undefined when there is no difference. It replays
 * the migrations into the database behind `factory`, so that must be a throwaway one.
 */
export async function findDrift(factory: SqlMigrationAwareDriverAdapterFactory): Promise<string | undefined> {
  const { engine, schema } = await openEngine(factory);
  // The engine insists on a `shadowDatabaseUrl`, though its typings know none; the adapter takes its place.
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

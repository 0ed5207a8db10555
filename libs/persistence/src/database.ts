import { PGlite } from '@electric-sql/pglite';
import { makePrivateDir } from '@polyroom/config';
import { PrismaPg } from '@prisma/adapter-pg';
import { type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { type Logger } from 'pino';
import { ApiKeyRepository } from './api-key.repository.js';
import { AppRepository } from './app.repository.js';
import { AuditRepository } from './audit.repository.js';
import { EntitlementRepository } from './entitlement.repository.js';
import { PrismaClient } from './generated/client.js';
import { holdDirectory } from './pglite-directory.js';
import { RevocationRepository } from './revocation.repository.js';
import { deployMigrations, readMigrations } from './schema-engine.js';
import { askServer } from './server-connection.js';
import { migrateServer } from './server-migrations.js';
import { StatementKeyRepository } from './statement-key.repository.js';

/** An in-memory database for tests. */
const memoryDir = 'memory://';
const poolConnections = 10;

/** Location of the data. `databaseUrl` takes precedence over `pgliteDir`. */
export interface DatabaseOptions {
  /** A PostgreSQL server, which several auth processes may share. */
  databaseUrl?: string | undefined;
  /** A directory for the embedded PostgreSQL, or `memory://`. */
  pgliteDir?: string | undefined;
  logger: Logger;
}

interface Storage {
  /** Throws if the server is unreachable. */
  connect?(): Promise<void>;
  factory: SqlMigrationAwareDriverAdapterFactory;
  migrate(): Promise<string[]>;
  close(): Promise<void>;
}

/** The database of AppIDs, API keys, entitlements and the audit. Owns the Prisma client. */
export class Database {
  readonly apps: AppRepository;
  readonly entitlements: EntitlementRepository;
  readonly audit: AuditRepository;
  readonly apiKeys: ApiKeyRepository;
  readonly statementKeys: StatementKeyRepository;
  readonly revocations: RevocationRepository;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly prisma: PrismaClient,
    private readonly storage: Storage,
  ) {
    this.apps = new AppRepository(prisma);
    this.entitlements = new EntitlementRepository(prisma);
    this.audit = new AuditRepository(prisma);
    this.apiKeys = new ApiKeyRepository(prisma);
    this.statementKeys = new StatementKeyRepository(prisma);
    this.revocations = new RevocationRepository(prisma);
  }

  /** Opens the database and applies pending migrations. */
  static async open({ databaseUrl, pgliteDir, logger }: DatabaseOptions): Promise<Database> {
    const storage =
      databaseUrl === undefined ? await openEmbedded(pgliteDir, logger) : openServer(databaseUrl, logger);
    try {
      await storage.connect?.();
      const applied = await storage.migrate();
      logger.info({ kind: databaseUrl === undefined ? 'embedded' : 'server', applied }, 'database open');
      return new Database(new PrismaClient({ adapter: storage.factory }), storage);
    } catch (error) {
      await storage.close();
      throw error;
    }
  }

  /** Throws if the database does not answer. */
  async ping(): Promise<void> {
    await this.prisma.$queryRaw`SELECT 1`;
  }

  /** Disconnects the client, then closes the storage. Idempotent. */
  close(): Promise<void> {
    this.closing ??= this.prisma.$disconnect().then(() => this.storage.close());
    return this.closing;
  }
}

async function openEmbedded(pgliteDir: string | undefined, logger: Logger): Promise<Storage> {
  if (pgliteDir === undefined) {
    throw new Error('neither a database URL nor a directory for the embedded database is given');
  }
  if (pgliteDir === memoryDir) {
    const pglite = await PGlite.create(memoryDir);
    return {
      factory: new PrismaPGlite(pglite),
      // An in-memory database is always new, so it needs no migration records: running the scripts in order
      // is enough.
      migrate: async () => {
        const migrations = await readMigrations();
        for (const { sql } of migrations) {
          await pglite.exec(sql);
        }
        return migrations.map(({ name }) => name);
      },
      close: () => closePglite(pglite),
    };
  }
  const directory = await holdDirectory(pgliteDir);
  if (!directory.isPrivate) {
    logger.warn({ directory: directory.path }, 'other users of this machine can look into the database');
  }
  try {
    const pglite = await PGlite.create(directory.path);
    // PGlite creates its first files world-writable, regardless of the umask.
    await makePrivateDir(directory.path);
    const factory = new PrismaPGlite(pglite);
    return {
      factory,
      migrate: () => deployMigrations(factory),
      close: async () => {
        await closePglite(pglite);
        await directory.release();
      },
    };
  } catch (error) {
    await directory.release();
    throw error;
  }
}

async function closePglite(pglite: PGlite): Promise<void> {
  if (!pglite.closed) {
    await pglite.close();
  }
}

function openServer(connectionString: string, logger: Logger): Storage {
  const factory = new PrismaPg({ connectionString, max: poolConnections }, { schema: 'public' });
  return {
    factory,
    connect: () => askServer(factory),
    migrate: () => migrateServer(connectionString, logger),
    // The client's own $disconnect closes its pool.
    close: () => Promise.resolve(),
  };
}

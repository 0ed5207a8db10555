import { PGlite } from '@electric-sql/pglite';
import { makePrivateDir } from '@polyroom/config';
import { PrismaPg } from '@prisma/adapter-pg';
import { type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { type prismaAdapter } from 'better-auth/adapters/prisma';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { type Logger } from 'pino';
import { isMigrated } from './applied-migrations.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { AppRepository } from './app.repository.js';
import { AuditRepository } from './audit/audit.repository.js';
import { type AuditReport, type KnownHead } from './audit/verify-audit.js';
import { EntitlementRepository } from './entitlement.repository.js';
import { PrismaClient } from './generated/client.js';
import { LoginHookRepository } from './login-hook.repository.js';
import { OperatorRepository } from './operator.repository.js';
import { holdDirectory } from './pglite-directory.js';
import { RequestNonceRepository } from './request-nonce.repository.js';
import { RevocationRepository } from './revocation.repository.js';
import { deployMigrations, readMigrations } from './schema-engine.js';
import { SecretKeys } from './secret-keys.js';
import { SecretRepository } from './secret.repository.js';
import { askServer, withClearErrors } from './server-connection.js';
import { WebhookRepository } from './webhook.repository.js';
import { migrateServer } from './server-migrations.js';
import { StatementKeyRepository } from './statement-key.repository.js';
import { UsageRepository } from './usage.repository.js';

/** An in-memory database for tests. */
const memoryDir = 'memory://';
/**
 * The cache of the embedded database. It fills the whole cache at its start, so PostgreSQL's default of 128 MB takes this much
 * memory in every process; the tables are small, and the file system caches them too.
 */
const sharedBuffers = 'shared_buffers=8MB';
const poolConnections = 10;
/** A server that does not answer is reported before the deadline of a request. */
const connectTimeoutMs = 2000;

/** Location of the data. `databaseUrl` takes precedence over `pgliteDir`. */
export interface DatabaseOptions {
  /** A PostgreSQL server, which several auth processes may share. */
  databaseUrl?: string | undefined;
  /** A directory for the embedded PostgreSQL, or `memory://`. */
  pgliteDir?: string | undefined;
  /** Encrypts the secrets. Only an in-memory database, which ends with its process, has a default: a new key. */
  secretKeys?: SecretKeys | undefined;
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
  readonly secrets: SecretRepository;
  readonly requestNonces: RequestNonceRepository;
  readonly usage: UsageRepository;
  readonly operators: OperatorRepository;
  readonly webhooks: WebhookRepository;
  readonly loginHooks: LoginHookRepository;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly prisma: PrismaClient,
    private readonly storage: Storage,
    private readonly keys: SecretKeys,
  ) {
    this.operators = withClearErrors(new OperatorRepository(prisma));
    this.apps = withClearErrors(new AppRepository(prisma, keys));
    this.loginHooks = withClearErrors(new LoginHookRepository(prisma, keys));
    this.webhooks = withClearErrors(new WebhookRepository(prisma, keys));
    this.secrets = withClearErrors(new SecretRepository(prisma, keys));
    this.entitlements = withClearErrors(new EntitlementRepository(prisma));
    this.audit = withClearErrors(new AuditRepository(prisma));
    this.apiKeys = withClearErrors(new ApiKeyRepository(prisma));
    this.statementKeys = withClearErrors(new StatementKeyRepository(prisma));
    this.revocations = withClearErrors(new RevocationRepository(prisma));
    this.requestNonces = withClearErrors(new RequestNonceRepository(prisma));
    this.usage = withClearErrors(new UsageRepository(prisma));
  }

  /** Opens the database and applies pending migrations. Throws if a stored secret needs a key that is missing. */
  static async open(options: DatabaseOptions): Promise<Database> {
    const { databaseUrl, pgliteDir, logger } = options;
    const keys = options.secretKeys ?? keysOfMemory(options);
    const storage = await openStorage(databaseUrl, pgliteDir, logger);
    try {
      await storage.connect?.();
      const applied = await storage.migrate();
      logger.info({ kind: databaseUrl === undefined ? 'embedded' : 'server', applied }, 'database open');
      const database = new Database(new PrismaClient({ adapter: storage.factory }), storage, keys);
      try {
        await database.checkSecrets(databaseUrl === undefined, logger);
        return database;
      } catch (error) {
        await database.close();
        throw error;
      }
    } catch (error) {
      await storage.close();
      throw error;
    }
  }

  /** Recomputes every chain of the audit. Changes nothing: no migration, and no secret is read. */
  static async verifyAudit(
    { databaseUrl, pgliteDir, logger }: Omit<DatabaseOptions, 'secretKeys'>,
    known?: readonly KnownHead[],
  ): Promise<AuditReport> {
    const storage = await openStorage(databaseUrl, pgliteDir, logger);
    try {
      await storage.connect?.();
      const prisma = new PrismaClient({ adapter: storage.factory });
      try {
        return await new AuditRepository(prisma).verify(known);
      } finally {
        await prisma.$disconnect();
      }
    } finally {
      await storage.close();
    }
  }

  /** Throws if the database does not answer. */
  async ping(): Promise<void> {
    await this.prisma.$queryRaw`SELECT 1`;
  }

  /** The tables of operators for better-auth, and its secrets: they sign cookies and encrypt TOTP secrets. */
  async openAccounts(): Promise<{
    adapter: ReturnType<typeof prismaAdapter>;
    secrets: { version: number; value: string }[];
  }> {
    // It takes memory: only a process that serves a sign-in loads it.
    const library = await import('better-auth/adapters/prisma');
    return {
      adapter: library.prismaAdapter(this.prisma, { provider: 'postgresql', transaction: true }),
      secrets: this.keys.derive('operator accounts'),
    };
  }

  /**
   * The only owner of an embedded database encrypts at once what an earlier version has stored in plain text. On
   * a server, instances of that version may still read it.
   */
  private async checkSecrets(isOnlyOwner: boolean, logger: Logger): Promise<void> {
    await this.secrets.checkKeys();
    if (isOnlyOwner) {
      const { changed } = await this.secrets.reEncrypt();
      if (changed > 0) {
        logger.info({ secrets: changed }, 'secrets encrypted');
      }
      return;
    }
    const plain = await this.secrets.countPlain();
    if (plain > 0) {
      logger.warn({ secrets: plain }, 'secrets of an earlier version are not encrypted: run re-encrypt');
    }
  }

  /** Disconnects the client, then closes the storage. Idempotent. */
  close(): Promise<void> {
    this.closing ??= this.prisma.$disconnect().then(() => this.storage.close());
    return this.closing;
  }
}

async function openStorage(
  databaseUrl: string | undefined,
  pgliteDir: string | undefined,
  logger: Logger,
): Promise<Storage> {
  if (databaseUrl !== undefined) {
    return openServer(databaseUrl, logger);
  }
  if (pgliteDir === undefined) {
    throw new Error('neither a database URL nor a directory for the embedded database is given');
  }
  return openEmbedded(pgliteDir, logger);
}

function keysOfMemory({ databaseUrl, pgliteDir }: DatabaseOptions): SecretKeys {
  if (databaseUrl !== undefined || (pgliteDir !== undefined && pgliteDir !== memoryDir)) {
    throw new Error('a stored database needs keys for its secrets');
  }
  return SecretKeys.parse(SecretKeys.generate());
}

async function openEmbedded(pgliteDir: string, logger: Logger): Promise<Storage> {
  if (pgliteDir === memoryDir) {
    const pglite = await createPglite(memoryDir);
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
    const pglite = await createPglite(directory.path);
    // PGlite creates its first files world-writable, regardless of the umask.
    await makePrivateDir(directory.path);
    const factory = new PrismaPGlite(pglite);
    return {
      factory,
      // Most starts do not need the engine, which stays in memory once it is loaded.
      migrate: async () => ((await isMigrated(await factory.connect())) ? [] : deployMigrations(factory)),
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

function createPglite(dataDir: string): Promise<PGlite> {
  return PGlite.create({ dataDir, startParams: [...PGlite.defaultStartParams, '-c', sharedBuffers] });
}

async function closePglite(pglite: PGlite): Promise<void> {
  if (!pglite.closed) {
    await pglite.close();
  }
}

function openServer(connectionString: string, logger: Logger): Storage {
  const factory = new PrismaPg(
    { connectionString, max: poolConnections, connectionTimeoutMillis: connectTimeoutMs },
    { schema: 'public' },
  );
  return {
    factory,
    connect: () => askServer(factory),
    migrate: () => migrateServer(connectionString, logger),
    // The client's own $disconnect closes its pool.
    close: () => Promise.resolve(),
  };
}

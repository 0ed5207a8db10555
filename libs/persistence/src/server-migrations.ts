import { retry } from '@polyroom/async';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import { type Logger } from 'pino';
import { isMigrated, statement } from './applied-migrations.js';
import { deployMigrations } from './schema-engine.js';

const attempts = 5;
const firstRetryMs = 500;
const maxRetryMs = 2000;

/** Advisory lock of Prisma's schema engine and of `prisma migrate deploy`. */
const migrationLock = 72707369;

/** Migrates the tables of a PostgreSQL server; returns the names of the migrations applied. */
export async function migrateServer(connectionString: string, logger: Logger): Promise<string[]> {
  return retry(() => tryMigrate(connectionString, logger), {
    attempts,
    firstDelayMs: firstRetryMs,
    maxDelayMs: maxRetryMs,
    ref: true,
    onFailure: (error, attempt) => logger.warn({ err: error, attempt }, 'migration attempt failed'),
  });
}

/**
 * The engine waits 10 s for the lock, then fails, and never releases it. So the lock is taken here, without a
 * deadline, in the session that the engine uses: the server grants the engine's own request immediately, and
 * releases the lock when the session ends.
 */
async function tryMigrate(connectionString: string, logger: Logger): Promise<string[]> {
  const factory = new PrismaPg({ connectionString, max: 1, idleTimeoutMillis: 0 }, { schema: 'public' });
  const session = await factory.connect();
  try {
    if (await isMigrated(session)) {
      return [];
    }
    await takeMigrationLock(session, logger);
    return await deployMigrations(sharing(session, factory));
  } finally {
    await session.dispose();
  }
}

async function takeMigrationLock(session: SqlDriverAdapter, logger: Logger): Promise<void> {
  const { rows } = await session.queryRaw(statement(`SELECT pg_try_advisory_lock(${migrationLock})`));
  if (rows[0]?.[0] !== true) {
    logger.info('waiting for another process that migrates the database');
    await session.executeRaw(statement(`SELECT pg_advisory_lock(${migrationLock})`));
  }
}

/** Returns the open session instead of a new one. */
function sharing(
  session: SqlDriverAdapter,
  factory: SqlMigrationAwareDriverAdapterFactory,
): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: () => Promise.resolve(session),
    connectToShadowDb: () => factory.connectToShadowDb(),
  };
}

import { type SqlDriverAdapter, type SqlQuery } from '@prisma/driver-adapter-utils';
import { readMigrations } from './schema-engine.js';

/**
 * Whether all migrations of this version are applied. The engine would also refuse to run after a failed migration of a
 * newer version, and an instance of this one could not restart.
 */
export async function isMigrated(session: SqlDriverAdapter): Promise<boolean> {
  const table = await session.queryRaw(
    statement("SELECT to_regclass('public._prisma_migrations') IS NOT NULL"),
  );
  if (table.rows[0]?.[0] !== true) {
    return false;
  }
  const { rows } = await session.queryRaw(
    statement(
      'SELECT migration_name FROM public._prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
    ),
  );
  const applied = new Set(rows.map(([name]) => name));
  return (await readMigrations()).every(({ name }) => applied.has(name));
}

export function statement(sql: string): SqlQuery {
  return { sql, args: [], argTypes: [] };
}

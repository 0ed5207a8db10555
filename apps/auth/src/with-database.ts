import { loadConfig } from '@polyroom/config';
import { createLogger, type Logger } from '@polyroom/observability';
import { Database, type SecretKeys } from '@polyroom/persistence';
import { authConfigSchema } from './config.js';
import { readSecretKeys } from './read-secret-keys.js';

/** Runs a command on the database of the service. */
export async function withDatabase<T>(
  run: (database: Database, context: { secretKeys: SecretKeys; logger: Logger }) => Promise<T>,
): Promise<T> {
  const config = loadConfig(authConfigSchema);
  const logger = createLogger('auth', config.POLYROOM_LOG_LEVEL);
  const secretKeys = await readSecretKeys(config);
  const { DATABASE_URL: databaseUrl, POLYROOM_PGLITE_DIR: pgliteDir } = config;
  const database = await Database.open({ databaseUrl, pgliteDir, secretKeys, logger });
  try {
    return await run(database, { secretKeys, logger });
  } finally {
    await database.close();
  }
}

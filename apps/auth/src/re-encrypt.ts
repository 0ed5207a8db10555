import { loadConfig } from '@polyroom/config';
import { createLogger } from '@polyroom/observability';
import { Database } from '@polyroom/persistence';
import { authConfigSchema } from './config.js';
import { readSecretKeys } from './read-secret-keys.js';

/**
 * The command `re-encrypt`: encrypts all secrets in the database with the first key. Instances of auth may run
 * meanwhile, if they have that key.
 */
export async function reEncrypt(): Promise<void> {
  const config = loadConfig(authConfigSchema);
  const logger = createLogger('auth', config.POLYROOM_LOG_LEVEL);
  const secretKeys = await readSecretKeys(config);
  const { DATABASE_URL: databaseUrl, POLYROOM_PGLITE_DIR: pgliteDir } = config;
  const database = await Database.open({ databaseUrl, pgliteDir, secretKeys, logger });
  try {
    const { changed, total } = await database.secrets.reEncrypt();
    logger.info({ keyId: secretKeys.currentKeyId, changed, total }, 'secrets encrypted');
  } finally {
    await database.close();
  }
}

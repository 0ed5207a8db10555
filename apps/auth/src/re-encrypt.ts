import { withDatabase } from './with-database.js';

/**
 * The command `re-encrypt`: encrypts all secrets in the database with the first key. Instances of auth may run
 * meanwhile, if they have that key.
 */
export async function reEncrypt(): Promise<void> {
  await withDatabase(async (database, { secretKeys, logger }) => {
    const { changed, total } = await database.secrets.reEncrypt();
    const { currentKeyId: keyId } = secretKeys;
    const after = { keyId, changed, total };
    await database.audit.record([
      { actor: 'command line', action: 'secrets.reEncrypt', subject: 'secrets', after },
    ]);
    logger.info(after, 'secrets encrypted');
  });
}

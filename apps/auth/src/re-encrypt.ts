import { withDatabase } from './with-database.js';

/**
 * The command `re-encrypt`: encrypts all secrets in the database with the first key. Instances of auth may run
 * meanwhile, if they have that key.
 */
export async function reEncrypt(): Promise<void> {
  await withDatabase(async (database, { secretKeys, logger }) => {
    const done = [
      await database.secrets.reEncrypt(),
      await database.webhooks.reEncrypt(),
      await database.loginHooks.reEncrypt(),
    ];
    const sum = (name: 'changed' | 'total') => done.reduce((count, each) => count + each[name], 0);
    const { currentKeyId: keyId } = secretKeys;
    const after = { keyId, changed: sum('changed'), total: sum('total') };
    await database.audit.record([
      { actor: 'command line', action: 'secrets.reEncrypt', subject: 'secrets', after },
    ]);
    logger.info(after, 'secrets encrypted');
  });
}

import { loadConfig, readServiceSettings, withoutCredentials } from '@polyroom/config';
import { runProcess } from '@polyroom/nest-service';
import { Database, isDatabaseAway } from '@polyroom/persistence';
import { AdminTokens } from './admin/admin-tokens.js';
import { AuthModule } from './auth.module.js';
import { authConfigSchema } from './config.js';

await runProcess('auth', async (start) => {
  const config = loadConfig(authConfigSchema);
  const settings = readServiceSettings(config);
  const { logger } = await start.open(settings);
  const adminTokens = AdminTokens.parse(config.POLYROOM_ADMIN_TOKENS);
  if (adminTokens.size === 0) {
    logger.warn('POLYROOM_ADMIN_TOKENS is empty: the admin API accepts no requests');
  }
  const { DATABASE_URL: databaseUrl, POLYROOM_PGLITE_DIR: pgliteDir } = config;
  const [database, bus] = await Promise.all([
    start.reach({
      check: 'database',
      name: databaseUrl === undefined ? 'the embedded database' : 'PostgreSQL',
      address: databaseUrl === undefined ? pgliteDir : withoutCredentials(databaseUrl),
      connect: () => Database.open({ databaseUrl, pgliteDir, logger }),
      isFatal: (error) => !isDatabaseAway(error),
    }),
    start.reachBus(settings),
  ]);
  const maxGrantSeconds = config.POLYROOM_MAX_GRANT_SECONDS;
  return start.run({ module: AuthModule.register({ database, adminTokens, bus, maxGrantSeconds }), bus });
});

import { loadConfig, withoutCredentials } from '@polyroom/config';
import { busDependency, runProcess, runService } from '@polyroom/nest-service';
import { Database, isDatabaseAway } from '@polyroom/persistence';
import { AdminTokens } from './admin/admin-tokens.js';
import { AuthModule } from './auth.module.js';
import { authConfigSchema } from './config.js';

await runProcess('auth', async (start) => {
  const config = loadConfig(authConfigSchema);
  const options = {
    httpHost: config.POLYROOM_HTTP_HOST,
    httpPort: config.POLYROOM_HTTP_PORT,
    logLevel: config.POLYROOM_LOG_LEVEL,
  };
  const { logger, server } = await start.open(options);
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
    start.reach(
      busDependency({ url: config.POLYROOM_NATS_URL, name: 'auth', logger, fastIo: config.POLYROOM_FAST_IO }),
    ),
  ]);
  return runService({
    ...options,
    name: 'auth',
    module: AuthModule.register({
      database,
      adminTokens,
      bus,
      maxGrantSeconds: config.POLYROOM_MAX_GRANT_SECONDS,
    }),
    bus,
    logger,
    server,
  });
});

import { Bus } from '@polyroom/bus';
import { runService } from '@polyroom/nest-service';
import { loadConfig } from '@polyroom/config';
import { createLogger, runProcess } from '@polyroom/observability';
import { Database } from '@polyroom/persistence';
import { AdminTokens } from './admin/admin-tokens.js';
import { AuthModule } from './auth.module.js';
import { authConfigSchema } from './config.js';

await runProcess('auth', async () => {
  const config = loadConfig(authConfigSchema);
  const logger = createLogger('auth', config.POLYROOM_LOG_LEVEL);
  const adminTokens = AdminTokens.parse(config.POLYROOM_ADMIN_TOKENS);
  if (adminTokens.size === 0) {
    logger.warn('POLYROOM_ADMIN_TOKENS is empty: nobody can administer this cluster');
  }
  const database = await Database.open({
    databaseUrl: config.DATABASE_URL,
    pgliteDir: config.POLYROOM_PGLITE_DIR,
    logger,
  });
  const bus = await Bus.connect({ url: config.POLYROOM_NATS_URL, name: 'auth', logger });
  await runService({
    name: 'auth',
    module: AuthModule.register({
      database,
      adminTokens,
      bus,
      maxGrantSeconds: config.POLYROOM_MAX_GRANT_SECONDS,
    }),
    bus,
    logger,
    httpHost: config.POLYROOM_HTTP_HOST,
    httpPort: config.POLYROOM_HTTP_PORT,
  });
});

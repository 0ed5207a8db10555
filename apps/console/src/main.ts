import { loadConfig } from '@polyroom/config';
import { createLogger, runProcess } from '@polyroom/observability';
import { consoleConfigSchema } from './console.config.js';
import { startConsole } from './start-console.js';

await runProcess('console', async () => {
  const config = loadConfig(consoleConfigSchema);
  const logger = createLogger('console', config.POLYROOM_LOG_LEVEL);
  const server = await startConsole(config);
  logger.info({ port: server.port }, 'ready');

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      logger.info({ signal }, 'stopping');
      server.close().then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'stopping failed');
          process.exit(1);
        },
      );
    });
  }
});

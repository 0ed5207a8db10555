import { loadConfig } from '@polyroom/config';
import { runProcess } from '@polyroom/nest-service';
import { consoleConfigSchema } from './console.config.js';
import { startConsole } from './start-console.js';

await runProcess('console', async (start) => {
  const config = loadConfig(consoleConfigSchema);
  const { logger, server } = await start.open({
    httpHost: config.POLYROOM_HTTP_HOST,
    httpPort: config.POLYROOM_HTTP_PORT,
    logLevel: config.POLYROOM_LOG_LEVEL,
  });
  const running = await startConsole(config, logger, server);
  logger.info({ port: running.port }, 'ready');
  return running;
});

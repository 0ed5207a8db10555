import { loadConfig } from '@polyroom/config';
import { type ServiceDefinition } from '@polyroom/nest-service';
import { consoleConfigSchema } from './console.config.js';
import { startConsole } from './start-console.js';

export const consoleService: ServiceDefinition = {
  name: 'console',
  async start(start) {
    const config = loadConfig(consoleConfigSchema, start.env);
    const { logger, server, monitor } = await start.open({
      httpHost: config.POLYROOM_HTTP_HOST,
      httpPort: config.POLYROOM_HTTP_PORT,
      monitor: { host: config.POLYROOM_MONITOR_HOST, port: config.POLYROOM_MONITOR_PORT },
      logLevel: config.POLYROOM_LOG_LEVEL,
    });
    const running = await startConsole(config, logger, { server, monitor });
    logger.info({ port: running.port, monitorPort: monitor?.port }, 'ready');
    return running;
  },
};

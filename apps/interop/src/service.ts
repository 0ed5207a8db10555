import { type ServiceDefinition } from '@polyroom/nest-service';
import { loadInteropConfig } from './interop.config.js';
import { startInterop } from './start-interop.js';

export const interopService: ServiceDefinition = {
  name: 'interop',
  async start(start) {
    const config = loadInteropConfig(start.env);
    const { logger, server, monitor } = await start.open({
      ...config,
      logFields: { gatewayId: config.gatewayId },
    });
    const bus = await start.reachBus(config);
    return startInterop(config, bus, logger, { server, monitor });
  },
};

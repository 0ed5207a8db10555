import { type ServiceDefinition } from '@polyroom/nest-service';
import { loadGatewayConfig } from './gateway.config.js';
import { startGateway } from './start-gateway.js';

export const gatewayService: ServiceDefinition = {
  name: 'gateway',
  async start(start) {
    const given = loadGatewayConfig(start.env);
    // A restarted process is a new gateway: the sessions of the previous one have ended, and this heartbeat must not
    // keep them alive.
    const config = { ...given, gatewayId: `${given.gatewayId}-${process.pid}-${Date.now().toString(36)}` };
    const { logger, server, monitor } = await start.open({
      ...config,
      logFields: { gatewayId: config.gatewayId },
    });
    const bus = await start.reachBus(config);
    return startGateway(config, bus, logger, { server, monitor });
  },
};

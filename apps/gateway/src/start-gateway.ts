import { type Bus } from '@polyroom/bus';
import { type OpenPorts, runService, type RunningService } from '@polyroom/nest-service';
import { serveOpenApi, serveReference } from '@polyroom/nest-service/open-api';
import { enableRestCors, restDescription } from '@polyroom/rest';
import { type Logger } from 'pino';
import { type GatewayConfig } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { SocketServer } from './socket/socket-server.js';

/** Starts one gateway, which takes ownership of the bus. */
export function startGateway(
  config: GatewayConfig,
  bus: Bus,
  logger: Logger,
  opened: OpenPorts = {},
): Promise<RunningService> {
  return runService({
    name: 'gateway',
    module: GatewayModule.register(config),
    bus,
    logger,
    httpHost: config.httpHost,
    httpPort: config.httpPort,
    requestTimeoutMs: config.requestTimeoutMs,
    server: opened.server,
    monitor: opened.monitor ?? config.monitor,
    nodeId: config.gatewayId,
    trustProxy: (address) => config.trustedProxies.has(address),
    configure: (app) => {
      serveOpenApi(app, restDescription);
      serveReference(app);
      enableRestCors(app, config);
    },
    onListening: (app) => app.get(SocketServer).attach(app.getHttpServer()),
  });
}

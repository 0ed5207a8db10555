import { type Bus } from '@polyroom/bus';
import {
  type MonitorServer,
  type ProbeServer,
  runService,
  type RunningService,
} from '@polyroom/nest-service';
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
  opened: { server?: ProbeServer; monitor?: MonitorServer | undefined } = {},
): Promise<RunningService> {
  return runService({
    name: 'gateway',
    module: GatewayModule.register(config),
    bus,
    logger,
    httpHost: config.httpHost,
    httpPort: config.httpPort,
    requestTimeoutMs: config.requestTimeoutMs,
    ...(opened.server === undefined ? {} : { server: opened.server }),
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

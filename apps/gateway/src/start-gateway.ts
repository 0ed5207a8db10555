import { type Bus } from '@polyroom/bus';
import { type ProbeServer, runService, type RunningService } from '@polyroom/nest-service';
import { serveOpenApi } from '@polyroom/nest-service/open-api';
import { type Logger } from 'pino';
import { type GatewayConfig } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { restDescription } from './rest/rest-description.js';
import { SocketServer } from './socket/socket-server.js';

/** Starts one gateway, which takes ownership of the bus. */
export function startGateway(
  config: GatewayConfig,
  bus: Bus,
  logger: Logger,
  server?: ProbeServer,
): Promise<RunningService> {
  return runService({
    name: 'gateway',
    module: GatewayModule.register(config),
    bus,
    logger,
    httpHost: config.httpHost,
    httpPort: config.httpPort,
    requestTimeoutMs: config.requestTimeoutMs,
    ...(server === undefined ? {} : { server }),
    trustProxy: (address) => config.trustedProxies.has(address),
    configure: (app) => {
      serveOpenApi(app, restDescription);
      // Any origin is allowed, because requests are authorised by a bearer token and not by cookies.
      app.enableCors({
        origin: '*',
        methods: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'],
        allowedHeaders: ['authorization', 'content-type'],
        exposedHeaders: ['retry-after'],
      });
    },
    onListening: (app) => app.get(SocketServer).attach(app.getHttpServer()),
  });
}

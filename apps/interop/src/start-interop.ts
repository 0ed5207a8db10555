import { type Bus } from '@polyroom/bus';
import { type OpenPorts, runService, type RunningService } from '@polyroom/nest-service';
import { serveOpenApi } from '@polyroom/nest-service/open-api';
import { type EdgeConfig } from '@polyroom/session';
import { type Logger } from 'pino';
import { allowCrossOrigin } from './cross-origin.js';
import { InteropModule } from './interop.module.js';
import { restDescription } from './rest-description.js';
import { acceptSdp } from './sdp-bodies.js';

/** Runs one process of WHIP and WHEP; it owns the bus from now on. */
export function startInterop(
  config: EdgeConfig,
  bus: Bus,
  logger: Logger,
  opened: OpenPorts = {},
): Promise<RunningService> {
  return runService({
    name: 'interop',
    module: InteropModule.register(config),
    bus,
    logger,
    server: opened.server,
    monitor: opened.monitor ?? config.monitor,
    nodeId: config.gatewayId,
    httpHost: config.httpHost,
    httpPort: config.httpPort,
    requestTimeoutMs: config.requestTimeoutMs,
    trustProxy: (address) => config.trustedProxies.has(address),
    configure: (app) => {
      serveOpenApi(app, restDescription);
      acceptSdp(app);
      allowCrossOrigin(app);
    },
  });
}

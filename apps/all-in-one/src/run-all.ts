import { authService } from '@polyroom/auth/service';
import { environmentWith } from '@polyroom/config';
import { consoleService } from '@polyroom/console/service';
import { gatewayService } from '@polyroom/gateway/service';
import { interopService } from '@polyroom/interop/service';
import { mediaService } from '@polyroom/media/service';
import { messagingService } from '@polyroom/messaging/service';
import { type HostedService, runHost, type ServiceDefinition } from '@polyroom/nest-service';
import { recorderService } from '@polyroom/recorder/service';
import { roomService } from '@polyroom/room/service';
import { webhooksService } from '@polyroom/webhooks/service';
import { loadHostConfig } from './host-config.js';

/** Starts all services in this process. */
export const runAll = (): Promise<void> =>
  runHost('polyroom', () => {
    const config = loadHostConfig();
    const edge = (service: ServiceDefinition, httpPort: number): HostedService => ({
      service,
      env: environmentWith({ POLYROOM_HTTP_PORT: String(httpPort) }),
    });
    const inner = (service: ServiceDefinition): HostedService => ({ service, env: undefined });
    return {
      logLevel: config.POLYROOM_LOG_LEVEL,
      monitor: { host: config.POLYROOM_MONITOR_HOST, port: config.POLYROOM_MONITOR_PORT },
      stages: [
        [
          edge(gatewayService, config.POLYROOM_GATEWAY_PORT),
          edge(interopService, config.POLYROOM_INTEROP_PORT),
          edge(consoleService, config.POLYROOM_CONSOLE_PORT),
        ],
        [roomService, messagingService, mediaService, recorderService, webhooksService].map(inner),
        // The others report the usage of AppIDs to it while they close.
        [inner(authService)],
      ],
    };
  });

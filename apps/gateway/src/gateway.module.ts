import { type DynamicModule, Module } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { HealthModule } from '@polyroom/nest-service';
import { RestModule } from '@polyroom/rest';
import { MediaModule, MediaNodes, SessionModule } from '@polyroom/session';
import { type GatewayConfig } from './gateway.config.js';
import { SocketModule } from './socket/socket.module.js';

@Module({})
export class GatewayModule {
  static register(config: GatewayConfig): DynamicModule {
    return {
      module: GatewayModule,
      imports: [
        SessionModule.register(config),
        HealthModule.registerAsync({
          onMonitorPort: true,
          imports: [MediaModule],
          inject: [Bus, MediaNodes],
          useFactory: (bus: Bus, mediaNodes: MediaNodes) => ({
            bus: () => bus.ping(),
            media: () => mediaNodes.assertHeard(),
          }),
        }),
        RestModule.register(config),
        SocketModule.register(config),
      ],
    };
  }
}

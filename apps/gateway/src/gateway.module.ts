import { type DynamicModule, Module } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { HealthModule } from '@polyroom/nest-service';
import { MediaNodes, SessionModule } from '@polyroom/session';
import { type GatewayConfig } from './gateway.config.js';
import { GATEWAY_CONFIG } from './gateway-tokens.js';
import { AdminController } from './rest/admin.controller.js';
import { AdminGuard } from './rest/admin.guard.js';
import { MessagesController } from './rest/messages.controller.js';
import { RecordingsController } from './rest/recordings.controller.js';
import { MutesController } from './rest/mutes.controller.js';
import { RoomsController } from './rest/rooms.controller.js';
import { MethodRouter } from './socket/method-router.js';
import { SocketServer } from './socket/socket-server.js';

@Module({})
export class GatewayModule {
  static register(config: GatewayConfig): DynamicModule {
    const sessions = SessionModule.register(config);
    return {
      module: GatewayModule,
      imports: [
        sessions,
        HealthModule.registerAsync({
          imports: [sessions],
          inject: [Bus, MediaNodes],
          useFactory: (bus: Bus, mediaNodes: MediaNodes) => ({
            bus: () => bus.ping(),
            media: () => mediaNodes.assertHeard(),
          }),
        }),
      ],
      controllers: [
        AdminController,
        MessagesController,
        RecordingsController,
        MutesController,
        RoomsController,
      ],
      providers: [{ provide: GATEWAY_CONFIG, useValue: config }, AdminGuard, MethodRouter, SocketServer],
    };
  }
}

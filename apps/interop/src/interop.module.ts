import { type DynamicModule, Module } from '@nestjs/common';
import { Bus } from '@polyroom/bus';
import { HealthModule } from '@polyroom/nest-service';
import { type EdgeConfig, MediaNodes, SessionModule } from '@polyroom/session';
import { InteropController } from './interop.controller.js';
import { InteropHandler } from './interop.handler.js';
import { InteropLogin } from './interop-login.js';
import { InteropResources } from './interop-resources.js';
import { InteropSessions } from './interop-sessions.js';
import { Whep } from './whep.js';
import { Whip } from './whip.js';

/** WHIP and WHEP: HTTP clients as sessions. */
@Module({})
export class InteropModule {
  static register(config: EdgeConfig): DynamicModule {
    const sessions = SessionModule.register(config);
    return {
      module: InteropModule,
      imports: [
        sessions,
        HealthModule.registerAsync({
          onMonitorPort: true,
          imports: [sessions],
          inject: [Bus, MediaNodes],
          useFactory: (bus: Bus, mediaNodes: MediaNodes) => ({
            bus: () => bus.ping(),
            media: () => mediaNodes.assertHeard(),
          }),
        }),
      ],
      controllers: [InteropController, InteropHandler],
      providers: [InteropLogin, InteropResources, InteropSessions, Whep, Whip],
    };
  }
}

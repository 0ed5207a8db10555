import { type DynamicModule, Module } from '@nestjs/common';
import { LOGGER } from '@polyroom/nest-service';
import { type Logger } from '@polyroom/observability';
import { AppServers } from './app-servers.js';
import { type Hooks } from './hooks.js';

/** Application servers that moderate and receive messages, for all modules. */
@Module({})
export class HooksModule {
  static forRoot(hooks: Hooks): DynamicModule {
    return {
      module: HooksModule,
      global: true,
      providers: [
        {
          provide: AppServers,
          inject: [LOGGER],
          useFactory: (logger: Logger) => new AppServers(hooks, logger),
        },
      ],
      exports: [AppServers],
    };
  }
}

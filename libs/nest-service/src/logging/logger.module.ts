import { type DynamicModule, Module } from '@nestjs/common';
import { type Logger } from '@polyroom/observability';
import { LOGGER } from './logger-token.js';

/** Makes the process's logger injectable everywhere in it. */
@Module({})
export class LoggerModule {
  static forRoot(logger: Logger): DynamicModule {
    return {
      module: LoggerModule,
      global: true,
      providers: [{ provide: LOGGER, useValue: logger }],
      exports: [LOGGER],
    };
  }
}

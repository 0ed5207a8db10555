import { type DynamicModule, Module } from '@nestjs/common';
import { type Logger } from '@polyroom/observability';
import { LOGGER } from './logger-token.js';

/** Provides the logger of the process to all modules. */
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

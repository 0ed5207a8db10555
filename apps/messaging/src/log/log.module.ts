import { type DynamicModule, Module } from '@nestjs/common';
import { LogMetrics } from './log-metrics.js';
import { MessageLog } from './message-log.js';

/** The ordered, stored messages of rooms, for all modules. */
@Module({})
export class LogModule {
  static forRoot(log: MessageLog): DynamicModule {
    return {
      module: LogModule,
      global: true,
      providers: [{ provide: MessageLog, useValue: log }, LogMetrics],
      exports: [MessageLog],
    };
  }
}

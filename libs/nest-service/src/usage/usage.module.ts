import { type DynamicModule, Module } from '@nestjs/common';
import { USAGE_INTERVAL_MS } from './usage-interval.js';
import { UsageReporter } from './usage-reporter.js';

/** Reports of what a process counts. */
@Module({})
export class UsageModule {
  static register(intervalMs: number): DynamicModule {
    return {
      module: UsageModule,
      global: true,
      providers: [UsageReporter, { provide: USAGE_INTERVAL_MS, useValue: intervalMs }],
      exports: [UsageReporter],
    };
  }
}

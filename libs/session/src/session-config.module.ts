import { type DynamicModule, Module } from '@nestjs/common';
import { SESSION_CONFIG, type SessionConfig } from './session.config.js';

/** Makes the configuration injectable in every module of this library. */
@Module({})
export class SessionConfigModule {
  static register(config: SessionConfig): DynamicModule {
    return {
      module: SessionConfigModule,
      global: true,
      providers: [{ provide: SESSION_CONFIG, useValue: config }],
      exports: [SESSION_CONFIG],
    };
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { outageMsToken } from '../injection-tokens.js';
import { Revocations } from '../revocations/revocations.js';
import { AppRules } from './app-rules.js';

/** The rules that a login reads, also while the database is unavailable. */
@Module({})
export class RulesModule {
  static forRoot(outageMs: number): DynamicModule {
    return {
      module: RulesModule,
      global: true,
      providers: [AppRules, Revocations, { provide: outageMsToken, useValue: outageMs }],
      exports: [AppRules, Revocations],
    };
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ConsoleOrigins } from './console-origins.js';
import { RequestRates } from './request-rates.js';
import { RouteCheck } from './route-check.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { Statements } from './statements.js';

export interface AuthorityOptions {
  /** Origins of the console: its pages may use the sessions of operators. */
  consoleOrigins: readonly string[];
}

/** What AuthorityGuard needs. Global, because the guard is part of every module with routes. */
@Module({})
export class AuthorityModule {
  static register({ consoleOrigins }: AuthorityOptions): DynamicModule {
    return {
      module: AuthorityModule,
      global: true,
      imports: [DiscoveryModule],
      providers: [
        { provide: ConsoleOrigins, useValue: new ConsoleOrigins(consoleOrigins) },
        RequestRates,
        RouteCheck,
        SignInThrottle,
        Statements,
      ],
      exports: [ConsoleOrigins, RequestRates, SignInThrottle, Statements],
    };
  }
}

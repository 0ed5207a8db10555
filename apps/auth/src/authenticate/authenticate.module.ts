import { type DynamicModule, Module } from '@nestjs/common';
import { maxGrantSecondsToken } from '../injection-tokens.js';
import { AuthenticateHandler } from './authenticate.handler.js';
import { RevokeHandler } from './revoke.handler.js';

/** Authentication of clients. */
@Module({})
export class AuthenticateModule {
  static register(maxGrantSeconds: number): DynamicModule {
    return {
      module: AuthenticateModule,
      controllers: [AuthenticateHandler, RevokeHandler],
      providers: [{ provide: maxGrantSecondsToken, useValue: maxGrantSeconds }],
    };
  }
}

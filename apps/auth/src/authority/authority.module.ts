import { type DynamicModule, Module } from '@nestjs/common';
import { AdminTokens } from '../admin/admin-tokens.js';
import { ApiKeyCheck } from '../api-keys/api-key-check.js';
import { ApiKeysHandler } from '../api-keys/api-keys.handler.js';
import { AuthorizeHandler } from './authorize.handler.js';
import { AuthorizeSignedHandler } from './authorize-signed.handler.js';
import { SignInFailuresModule } from './sign-in-failures.module.js';
import { StatementKeysModule } from './statement-keys.module.js';

/** Credentials of the REST API, and the statements that they are exchanged for. */
@Module({})
export class AuthorityModule {
  static register(adminTokens: AdminTokens): DynamicModule {
    return {
      module: AuthorityModule,
      imports: [SignInFailuresModule, StatementKeysModule],
      controllers: [ApiKeysHandler, AuthorizeHandler, AuthorizeSignedHandler],
      providers: [ApiKeyCheck, { provide: AdminTokens, useValue: adminTokens }],
    };
  }
}

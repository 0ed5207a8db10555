import { type DynamicModule, Module } from '@nestjs/common';
import { AdminTokens } from './admin-tokens.js';
import { IdentifyAdminHandler } from './identify-admin.handler.js';

/** Authentication of operators. */
@Module({})
export class AdminModule {
  static register(adminTokens: AdminTokens): DynamicModule {
    return {
      module: AdminModule,
      controllers: [IdentifyAdminHandler],
      providers: [{ provide: AdminTokens, useValue: adminTokens }],
    };
  }
}

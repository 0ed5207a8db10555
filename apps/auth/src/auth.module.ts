import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type Bus } from '@polyroom/bus';
import { HealthModule } from '@polyroom/nest-service';
import { Database } from '@polyroom/persistence';
import { AdminTokens } from './admin/admin-tokens.js';
import { IdentifyAdminHandler } from './admin/identify-admin.handler.js';
import { AppsHandler } from './apps/apps.handler.js';
import { ListAuditHandler } from './audit/list-audit.handler.js';
import { AuthenticateHandler } from './authenticate/authenticate.handler.js';
import { EntitlementsHandler } from './entitlements/entitlements.handler.js';
import { maxGrantSecondsToken } from './injection-tokens.js';

/** Dependencies of the service; it owns the database and closes it at the end. */
export interface AuthParts {
  database: Database;
  adminTokens: AdminTokens;
  bus: Bus;
  /** Maximum validity of a token. */
  maxGrantSeconds: number;
}

@Module({})
export class AuthModule implements OnApplicationShutdown {
  constructor(@Inject(Database) private readonly database: Database) {}

  static register({ database, adminTokens, bus, maxGrantSeconds }: AuthParts): DynamicModule {
    return {
      module: AuthModule,
      imports: [
        HealthModule.register({ checks: { database: () => database.ping(), bus: () => bus.ping() } }),
      ],
      controllers: [
        AuthenticateHandler,
        EntitlementsHandler,
        AppsHandler,
        ListAuditHandler,
        IdentifyAdminHandler,
      ],
      providers: [
        { provide: Database, useValue: database },
        { provide: AdminTokens, useValue: adminTokens },
        { provide: maxGrantSecondsToken, useValue: maxGrantSeconds },
      ],
    };
  }

  /** After the last request was answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { type Bus } from '@polyroom/bus';
import { HealthModule } from '@polyroom/nest-service';
import { type Database } from '@polyroom/persistence';
import { type AdminTokens } from './admin/admin-tokens.js';
import { AppsModule } from './apps/apps.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthorityModule } from './authority/authority.module.js';
import { AuthenticateModule } from './authenticate/authenticate.module.js';
import { DatabaseModule } from './database.module.js';
import { EntitlementsModule } from './entitlements/entitlements.module.js';
import { type AccountSettings, defaultAccountSettings } from './operators/account-settings.js';
import { OperatorsModule } from './operators/operators.module.js';
import { RulesModule } from './rules/rules.module.js';
import { SecretsModule } from './secrets/secrets.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';
import { UsageModule } from './usage/usage.module.js';

/** Dependencies of the service. It takes ownership of the database and closes it at shutdown. */
export interface AuthParts {
  database: Database;
  adminTokens: AdminTokens;
  bus: Bus;
  /** Maximum validity of a token. */
  maxGrantSeconds: number;
  /** Age up to which rules are used while the database is unavailable. */
  outageMs?: number;
  /** Addresses for the sign-in of operators, and the OIDC provider. */
  accounts?: AccountSettings;
}

const defaultOutageMs = 30 * 60_000;

@Module({})
export class AuthModule {
  static register({
    database,
    adminTokens,
    bus,
    maxGrantSeconds,
    outageMs = defaultOutageMs,
    accounts = defaultAccountSettings,
  }: AuthParts): DynamicModule {
    return {
      module: AuthModule,
      imports: [
        DatabaseModule.forRoot(database),
        HealthModule.register({ checks: { database: () => database.ping(), bus: () => bus.ping() } }),
        OperatorsModule.forRoot(accounts),
        AuthorityModule.register(adminTokens),
        AppsModule,
        AuditModule,
        AuthenticateModule.register(maxGrantSeconds),
        EntitlementsModule,
        RulesModule.forRoot(outageMs),
        SecretsModule,
        WebhooksModule,
        UsageModule,
      ],
    };
  }
}

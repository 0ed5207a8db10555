import { type DynamicModule, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { AppsModule } from './apps/apps.module.js';
import { AuditInterceptor } from './audit/audit.interceptor.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthorityModule, type AuthorityOptions } from './authority/authority.module.js';
import { ClusterModule } from './cluster/cluster.module.js';
import { EntitlementsModule } from './entitlements/entitlements.module.js';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor.js';
import { OperatorsModule } from './operators/operators.module.js';
import { RecordingsModule } from './recordings/recordings.module.js';
import { RoomsModule } from './rooms/rooms.module.js';
import { TokensModule } from './tokens/tokens.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';
import { ZegoModule } from './zego/zego.module.js';

/** The REST API, for a process that starts with `runService`, which provides the bus and the logger. */
@Module({
  imports: [
    // The OpenAPI document has the parameters of the routes in this order.
    AppsModule,
    AuditModule,
    ClusterModule,
    EntitlementsModule,
    RoomsModule,
    OperatorsModule,
    RecordingsModule,
    TokensModule,
    WebhooksModule,
    ZegoModule,
  ],
  providers: [
    // In this order: a repeated request is no act.
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
    { provide: APP_INTERCEPTOR, useClass: AuditInterceptor },
  ],
})
export class RestModule {
  static register(options: AuthorityOptions): DynamicModule {
    return { module: RestModule, imports: [AuthorityModule.register(options)] };
  }
}

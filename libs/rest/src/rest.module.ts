import { type DynamicModule, Module } from '@nestjs/common';
import { APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { MessagesModule } from '@polyroom/session';
import { ApiKeysController } from './api-keys.controller.js';
import { AppsController } from './apps.controller.js';
import { ActReports } from './audit/act-reports.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditInterceptor } from './audit/audit.interceptor.js';
import { BansController } from './bans.controller.js';
import { EntitlementsController } from './entitlements.controller.js';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor.js';
import { MembersController } from './members.controller.js';
import { RequestRates } from './request-rates.js';
import { StreamsController } from './streams.controller.js';
import { RouteCheck } from './authority/route-check.js';
import { Statements } from './authority/statements.js';
import { ClusterController } from './cluster/cluster.controller.js';
import { ClusterDirectory } from './cluster/cluster-directory.js';
import { MessagesController } from './messages.controller.js';
import { MutesController } from './mutes.controller.js';
import { OperatorsController } from './operators.controller.js';
import { RecordingsController } from './recordings.controller.js';
import { RevocationsController } from './revocations.controller.js';
import { RoomsController } from './rooms.controller.js';
import { SecretsController } from './secrets.controller.js';
import { TransfersController } from './transfers.controller.js';
import { UsageController } from './usage.controller.js';
import { ConsoleOrigins } from './session/console-origins.js';
import { SessionController } from './session/session.controller.js';
import { EventsController } from './webhooks/events.controller.js';
import { LoginHookController } from './webhooks/login-hook.controller.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { ZegoController } from './zego/zego.controller.js';

export interface RestOptions {
  /** Origins of the console: its pages may use the sessions of operators. */
  consoleOrigins: readonly string[];
}

/** The REST API, for a process that imports SessionModule and starts with `runService`. */
@Module({
  imports: [DiscoveryModule, MessagesModule],
  controllers: [
    ApiKeysController,
    AppsController,
    AuditController,
    ClusterController,
    BansController,
    EntitlementsController,
    EventsController,
    MembersController,
    LoginHookController,
    MessagesController,
    MutesController,
    OperatorsController,
    RecordingsController,
    RevocationsController,
    RoomsController,
    SecretsController,
    SessionController,
    StreamsController,
    WebhooksController,
    TransfersController,
    UsageController,
    ZegoController,
  ],
  providers: [
    ActReports,
    ClusterDirectory,
    RequestRates,
    RouteCheck,
    SignInThrottle,
    Statements,
    // In this order: a repeated request is no act.
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
    { provide: APP_INTERCEPTOR, useClass: AuditInterceptor },
  ],
})
export class RestModule {
  static register({ consoleOrigins }: RestOptions): DynamicModule {
    return {
      module: RestModule,
      providers: [{ provide: ConsoleOrigins, useValue: new ConsoleOrigins(consoleOrigins) }],
    };
  }
}

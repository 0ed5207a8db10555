import { Module } from '@nestjs/common';
import { EventsController } from './events.controller.js';
import { LoginHookController } from './login-hook.controller.js';
import { WebhooksController } from './webhooks.controller.js';

/** What application servers get of an AppID: deliveries of events, the event log, the login hook. */
@Module({ controllers: [EventsController, LoginHookController, WebhooksController] })
export class WebhooksModule {}

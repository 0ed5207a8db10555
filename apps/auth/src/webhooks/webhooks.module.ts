import { Module } from '@nestjs/common';
import { LoginHookHandler } from './login-hook.handler.js';
import { WebhooksHandler } from './webhooks.handler.js';

/** Endpoints of webhooks, for operators, application servers and the sender. */
@Module({ controllers: [LoginHookHandler, WebhooksHandler] })
export class WebhooksModule {}

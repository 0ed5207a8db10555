import { Module } from '@nestjs/common';
import { WebhooksHandler } from './webhooks.handler.js';

/** Endpoints of webhooks, for operators, application servers and the sender. */
@Module({ controllers: [WebhooksHandler] })
export class WebhooksModule {}

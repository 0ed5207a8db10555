import { Module } from '@nestjs/common';
import { UsageHandler } from './usage.handler.js';

/** Usage of AppIDs: minutes, messages and bytes. */
@Module({ controllers: [UsageHandler] })
export class UsageModule {}

import { Module } from '@nestjs/common';
import { EntitlementsController } from './entitlements.controller.js';
import { UsageController } from './usage.controller.js';

/** What an AppID and its users may use, and what they have used. */
@Module({ controllers: [EntitlementsController, UsageController] })
export class EntitlementsModule {}

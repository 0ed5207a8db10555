import { Module } from '@nestjs/common';
import { EntitlementsHandler } from './entitlements.handler.js';

/** The entitlements of AppIDs. */
@Module({
  controllers: [EntitlementsHandler],
})
export class EntitlementsModule {}

import { Module } from '@nestjs/common';
import { ListAuditHandler } from './list-audit.handler.js';
import { RecordActsHandler } from './record-acts.handler.js';

/** The audit: privileged acts and failed sign-ins. */
@Module({
  controllers: [ListAuditHandler, RecordActsHandler],
})
export class AuditModule {}

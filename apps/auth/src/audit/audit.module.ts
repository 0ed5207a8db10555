import { Module } from '@nestjs/common';
import { ListAuditHandler } from './list-audit.handler.js';

/** The record of changes. */
@Module({
  controllers: [ListAuditHandler],
})
export class AuditModule {}

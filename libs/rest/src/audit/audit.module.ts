import { Module } from '@nestjs/common';
import { ActReports } from './act-reports.js';
import { AuditController } from './audit.controller.js';

/** The audit: reading it, and reporting acts to it. */
@Module({
  controllers: [AuditController],
  providers: [ActReports],
  exports: [ActReports],
})
export class AuditModule {}

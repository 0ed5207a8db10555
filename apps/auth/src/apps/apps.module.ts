import { Module } from '@nestjs/common';
import { AppsHandler } from './apps.handler.js';

/** AppIDs, for operators. */
@Module({
  controllers: [AppsHandler],
})
export class AppsModule {}

import { Module } from '@nestjs/common';
import { AppsHandler } from './apps.handler.js';
import { DeleteAppHandler } from './delete-app.handler.js';

/** AppIDs, for operators. */
@Module({
  controllers: [AppsHandler, DeleteAppHandler],
})
export class AppsModule {}

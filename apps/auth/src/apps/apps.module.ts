import { Module } from '@nestjs/common';
import { StatementKeysModule } from '../authority/statement-keys.module.js';
import { AppsHandler } from './apps.handler.js';
import { DeleteAppHandler } from './delete-app.handler.js';

/** AppIDs, for operators. */
@Module({
  imports: [StatementKeysModule],
  controllers: [AppsHandler, DeleteAppHandler],
})
export class AppsModule {}

import { Module } from '@nestjs/common';
import { AppSignHandler } from './app-sign.handler.js';
import { SecretsHandler } from './secrets.handler.js';

/** The credentials of AppIDs, for operators. */
@Module({
  controllers: [AppSignHandler, SecretsHandler],
})
export class SecretsModule {}

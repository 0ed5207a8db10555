import { Module } from '@nestjs/common';
import { StatementKeys } from './statement-keys.js';

/** Signs statements. */
@Module({ providers: [StatementKeys], exports: [StatementKeys] })
export class StatementKeysModule {}

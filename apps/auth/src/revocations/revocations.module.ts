import { Module } from '@nestjs/common';
import { Revocations } from './revocations.js';

/** Tokens that are no longer accepted. */
@Module({ providers: [Revocations], exports: [Revocations] })
export class RevocationsModule {}

import { Module } from '@nestjs/common';
import { IdempotencyHandler } from './idempotency.handler.js';

/** Idempotency-Keys of the REST API. */
@Module({ controllers: [IdempotencyHandler] })
export class IdempotencyModule {}

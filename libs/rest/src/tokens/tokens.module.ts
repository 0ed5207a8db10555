import { Module } from '@nestjs/common';
import { RevocationsController } from './revocations.controller.js';
import { SecretsController } from './secrets.controller.js';

/** Client tokens: the secrets that sign them, and their revocation. */
@Module({ controllers: [RevocationsController, SecretsController] })
export class TokensModule {}

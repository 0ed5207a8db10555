import { Module } from '@nestjs/common';
import { OperatorsController } from './operators.controller.js';
import { SessionController } from './session.controller.js';

/** Accounts of operators, and their sign-in. */
@Module({ controllers: [OperatorsController, SessionController] })
export class OperatorsModule {}

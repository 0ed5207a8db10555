import { Module } from '@nestjs/common';
import { SessionsModule } from '../session/sessions.module.js';
import { OperatorsHandler } from './operators.handler.js';
import { RoomTransfers } from './room-transfers.js';

/** What operators and application servers request of the process that holds a session. */
@Module({
  imports: [SessionsModule],
  controllers: [OperatorsHandler],
  providers: [RoomTransfers],
})
export class OperatorsModule {}

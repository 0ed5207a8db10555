import { Module } from '@nestjs/common';
import { SessionsModule } from '../sessions/sessions.module.js';
import { ReconcileHandler } from './reconcile.handler.js';
import { RoomChecker } from './room-checker.js';

/** Repair of state that lost messages and killed processes leave behind. */
@Module({
  imports: [SessionsModule],
  controllers: [ReconcileHandler],
  providers: [RoomChecker],
})
export class ReconcileModule {}

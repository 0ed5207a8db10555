import { Module } from '@nestjs/common';
import { SessionsModule } from '../sessions/sessions.module.js';
import { LogoutHandler } from './logout.handler.js';

/** Leaving rooms. */
@Module({
  imports: [SessionsModule],
  controllers: [LogoutHandler],
})
export class LogoutModule {}

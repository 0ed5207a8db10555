import { Module } from '@nestjs/common';
import { SessionsModule } from '../sessions/sessions.module.js';
import { ResumeHandler } from './resume.handler.js';

/** Resuming sessions with all their rooms. */
@Module({
  imports: [SessionsModule],
  controllers: [ResumeHandler],
})
export class ResumeModule {}

import { Module } from '@nestjs/common';
import { EntitlementsModule } from '@polyroom/nest-service';
import { SessionsModule } from '../sessions/sessions.module.js';
import { ResumeHandler } from './resume.handler.js';

/** Resuming sessions with all their rooms. */
@Module({
  imports: [EntitlementsModule, SessionsModule],
  controllers: [ResumeHandler],
})
export class ResumeModule {}

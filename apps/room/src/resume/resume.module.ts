import { Module } from '@nestjs/common';
import { EntitlementsModule } from '@polyroom/nest-service';
import { LoginModule } from '../login/login.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { ResumeHandler } from './resume.handler.js';

/** Resuming sessions with all their rooms. */
@Module({
  imports: [EntitlementsModule, LoginModule, SessionsModule],
  controllers: [ResumeHandler],
})
export class ResumeModule {}

import { type DynamicModule, Module } from '@nestjs/common';
import { UsageModule } from '@polyroom/nest-service';
import { MediaModule } from './media/media.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { MethodsModule } from './methods/methods.module.js';
import { OperatorsModule } from './operators/operators.module.js';
import { type SessionConfig } from './session.config.js';
import { SessionConfigModule } from './session-config.module.js';
import { SessionsModule } from './session/sessions.module.js';

/** Everything that a process needs to hold client sessions. */
@Module({})
export class SessionModule {
  static register(config: SessionConfig): DynamicModule {
    return {
      module: SessionModule,
      imports: [
        SessionConfigModule.register(config),
        MediaModule,
        MessagesModule,
        MethodsModule,
        OperatorsModule,
        SessionsModule,
        UsageModule.register(config.usageIntervalMs),
      ],
      exports: [MediaModule, MessagesModule, MethodsModule, SessionsModule],
    };
  }
}

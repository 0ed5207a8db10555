import { type DynamicModule, Module } from '@nestjs/common';
import { LOGGER } from '@polyroom/nest-service';
import { Database } from '@polyroom/persistence';
import { type Logger } from 'pino';
import { SignInFailuresModule } from '../authority/sign-in-failures.module.js';
import { type AccountSettings, accountSettingsToken } from './account-settings.js';
import { LibraryClient } from './library-client.js';
import { accountsLoader, loadAccountsToken } from './load-accounts.js';
import { OperatorCheck } from './operator-check.js';
import { OperatorsHandler } from './operators.handler.js';
import { SessionHandler } from './session.handler.js';
import { StepRecords } from './step-records.js';

/** Accounts of operators, their sign-in and their administration. */
@Module({})
export class OperatorsModule {
  static forRoot(settings: AccountSettings): DynamicModule {
    return {
      module: OperatorsModule,
      global: true,
      imports: [SignInFailuresModule],
      controllers: [OperatorsHandler, SessionHandler],
      providers: [
        LibraryClient,
        OperatorCheck,
        StepRecords,
        { provide: accountSettingsToken, useValue: settings },
        {
          provide: loadAccountsToken,
          inject: [Database, LOGGER],
          useFactory: (database: Database, logger: Logger) => accountsLoader(database, settings, logger),
        },
      ],
      exports: [OperatorCheck],
    };
  }
}

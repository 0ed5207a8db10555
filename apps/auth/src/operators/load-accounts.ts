import { type Database } from '@polyroom/persistence';
import { type Logger } from 'pino';
import { type AccountSettings } from './account-settings.js';
import { type Accounts } from './accounts.js';

export type LoadAccounts = () => Promise<Accounts>;

/** Injection token for `LoadAccounts`. */
export const loadAccountsToken = Symbol('loadAccounts');

/** The library takes memory and part of the start, and few processes serve a sign-in: it is loaded with the first one. */
export function accountsLoader(database: Database, settings: AccountSettings, logger: Logger): LoadAccounts {
  let accounts: Promise<Accounts> | undefined;
  return () => {
    accounts ??= import('./accounts.js')
      .then(({ createAccounts }) => createAccounts(database, settings, logger))
      .catch((error: unknown) => {
        // The next sign-in tries again.
        accounts = undefined;
        throw error;
      });
    return accounts;
  };
}

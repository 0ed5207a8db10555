import { Inject, Injectable } from '@nestjs/common';
import { AppError, grantsAllow, operatorSessionRpc, type Permission } from '@polyroom/contracts';
import { Database, type OperatorRecord } from '@polyroom/persistence';
import { type LoadAccounts, loadAccountsToken } from './load-accounts.js';

/** Checks sessions of operators. Reads the database for each check, so that an end holds at once. */
@Injectable()
export class OperatorCheck {
  constructor(
    @Inject(loadAccountsToken) private readonly loadAccounts: LoadAccounts,
    @Inject(Database) private readonly database: Database,
  ) {}

  /** Returns the name of the operator if its roles have the permission. */
  async check(credential: string, permission: Permission, appId: number | undefined): Promise<string> {
    const operator = await this.findOperator(credential);
    if (operator === undefined) {
      throw new AppError('ADMIN_UNAUTHENTICATED');
    }
    if (operator.mustChangePassword) {
      throw new AppError('ADMIN_PASSWORD_CHANGE_REQUIRED');
    }
    if (!grantsAllow(operator.grants, permission, appId)) {
      throw new AppError('ADMIN_ROLE_MISSING', { details: { permission } });
    }
    return operator.email;
  }

  /** The credential is the value of the session's cookie. */
  private async findOperator(credential: string): Promise<OperatorRecord | undefined> {
    if (!cookieValue.test(credential)) {
      return undefined;
    }
    const { api } = await this.loadAccounts();
    const session = await api.getSession({
      headers: new Headers({ cookie: `${operatorSessionRpc.sessionCookieName}=${credential}` }),
      query: { disableRefresh: true, disableCookieCache: true },
    });
    const operator =
      session === null ? undefined : await this.database.operators.find({ operatorId: session.user.id });
    return operator?.enabled === true ? operator : undefined;
  }
}

/** A token and its signature, as in a cookie. */
const cookieValue = /^[0-9A-Za-z_-]+\.[0-9A-Za-z%+/=_-]+$/;

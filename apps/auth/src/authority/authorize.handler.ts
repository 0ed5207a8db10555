import { Controller, Inject } from '@nestjs/common';
import { AppError, authRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { RpcHandler } from '@polyroom/nest-service';
import { Database } from '@polyroom/persistence';
import { AdminTokens } from '../admin/admin-tokens.js';
import { StatementKeys } from './statement-keys.js';

/** Turns a credential of the admin API into a signed statement for one permission. */
@Controller()
export class AuthorizeHandler {
  constructor(
    @Inject(AdminTokens) private readonly adminTokens: AdminTokens,
    @Inject(Database) private readonly database: Database,
    private readonly keys: StatementKeys,
  ) {}

  @RpcHandler(authRpc.authorize)
  async authorize({
    credential,
    permission,
    appId,
  }: ParsedRequestOf<typeof authRpc.authorize>): Promise<ReplyOf<typeof authRpc.authorize>> {
    const actor = this.adminTokens.findActor(credential);
    if (actor === undefined) {
      throw new AppError('ADMIN_UNAUTHENTICATED');
    }
    return { statement: await this.keys.sign({ actor, kind: 'operator', permission, appId }), actor };
  }

  @RpcHandler(authRpc.getStatementKeys)
  async listKeys(): Promise<ReplyOf<typeof authRpc.getStatementKeys>> {
    return { keys: await this.database.statementKeys.list() };
  }
}

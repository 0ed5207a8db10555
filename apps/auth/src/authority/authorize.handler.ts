import { Controller, Inject } from '@nestjs/common';
import { AppError, type Authority, authRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { RpcHandler } from '@polyroom/nest-service';
import { Database } from '@polyroom/persistence';
import { AdminTokens } from '../admin/admin-tokens.js';
import { looksLikeApiKey } from '../api-keys/api-key.js';
import { ApiKeyCheck, ApiKeyRefusal } from '../api-keys/api-key-check.js';
import { OperatorCheck } from '../operators/operator-check.js';
import { SignInFailures } from './sign-in-failures.js';
import { StatementKeys } from './statement-keys.js';

/** Turns a credential of the REST API into a signed statement for one permission. Failures are audited. */
@Controller()
export class AuthorizeHandler {
  constructor(
    @Inject(AdminTokens) private readonly adminTokens: AdminTokens,
    @Inject(Database) private readonly database: Database,
    private readonly keys: StatementKeys,
    private readonly apiKeys: ApiKeyCheck,
    private readonly failures: SignInFailures,
    private readonly operators: OperatorCheck,
  ) {}

  @RpcHandler(authRpc.authorize)
  async authorize({
    credential,
    permission,
    appId,
    clientAddress,
    requestId,
  }: ParsedRequestOf<typeof authRpc.authorize>): Promise<ReplyOf<typeof authRpc.authorize>> {
    const admin = this.adminTokens.findActor(credential);
    if (admin !== undefined) {
      return this.state({ actor: admin, kind: 'operator', permission, appId });
    }
    if (looksLikeApiKey(credential)) {
      const actor = await this.apiKeys.check(credential, permission, appId).catch(async (error: unknown) => {
        if (AppError.is(error) && error.cause instanceof ApiKeyRefusal) {
          const { reason, apiKey } = error.cause;
          await this.failures.add({ clientAddress, requestId, reason: `API key: ${reason}`, apiKey });
        }
        throw error;
      });
      return this.state({ actor, kind: 'apiKey', permission, appId });
    }
    const actor = await this.operators.check(credential, permission, appId).catch(async (error: unknown) => {
      if (AppError.is(error, 'ADMIN_UNAUTHENTICATED')) {
        await this.failures.add({ clientAddress, requestId, reason: 'the credential is unknown' });
      }
      throw error;
    });
    return this.state({ actor, kind: 'operator', permission, appId });
  }

  @RpcHandler(authRpc.getStatementKeys)
  async listKeys(): Promise<ReplyOf<typeof authRpc.getStatementKeys>> {
    return { keys: await this.database.statementKeys.list() };
  }

  private async state(authority: Authority): Promise<ReplyOf<typeof authRpc.authorize>> {
    return { statement: await this.keys.sign(authority), actor: authority.actor };
  }
}

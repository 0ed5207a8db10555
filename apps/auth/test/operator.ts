import { type Bus } from '@polyroom/bus';
import { authRpc, permissionList, type ReplyOf, type RequestOf, type RpcContract } from '@polyroom/contracts';

/** An operator of the REST API: exchanges its token for a statement before each request, as a gateway does. */
export class Operator {
  /** All statements so far. */
  readonly statements: string[] = [];

  constructor(
    private readonly client: () => Bus,
    private readonly adminToken: string,
  ) {}

  async ask<C extends RpcContract>(contract: C, request: RequestOf<C>): Promise<ReplyOf<C>> {
    const { permission } = contract.authority!;
    const isOfApp = permissionList[permission].scope === 'app';
    const { statement } = await this.client().request(authRpc.authorize, {
      ...{ credential: this.adminToken, permission },
      ...(isOfApp ? { appId: (request as { appId: number }).appId } : {}),
    });
    this.statements.push(statement);
    return this.client().request(contract, request, { statement });
  }
}

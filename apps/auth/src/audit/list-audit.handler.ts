import { Controller, Inject } from '@nestjs/common';
import { RpcHandler } from '@polyroom/nest-service';
import { AppError, authRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { Database } from '@polyroom/persistence';

/** The changes to an AppID, with their authors. */
@Controller()
export class ListAuditHandler {
  constructor(@Inject(Database) private readonly database: Database) {}

  @RpcHandler(authRpc.listAudit)
  async list({
    appId,
    limit,
  }: ParsedRequestOf<typeof authRpc.listAudit>): Promise<ReplyOf<typeof authRpc.listAudit>> {
    const entries = await this.database.audit.list(appId, limit);
    if (entries === undefined) {
      throw new AppError('ADMIN_APP_NOT_FOUND');
    }
    return { entries };
  }
}

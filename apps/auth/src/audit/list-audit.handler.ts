import { Controller, Inject } from '@nestjs/common';
import { RpcHandler } from '@polyroom/nest-service';
import { AppError, auditRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { Database } from '@polyroom/persistence';

type Page = ReplyOf<typeof auditRpc.listAudit>;
type PageRequest = ParsedRequestOf<typeof auditRpc.listAllAudit> & { appId?: number };

/** Reads the audit. */
@Controller()
export class ListAuditHandler {
  constructor(@Inject(Database) private readonly database: Database) {}

  @RpcHandler(auditRpc.listAudit)
  async list(request: ParsedRequestOf<typeof auditRpc.listAudit>): Promise<Page> {
    const page = await this.read(request);
    // A deleted AppID has rows.
    if (page.entries.length === 0 && !(await this.database.audit.hasRows(request.appId))) {
      throw new AppError('ADMIN_APP_NOT_FOUND');
    }
    return page;
  }

  @RpcHandler(auditRpc.listAllAudit)
  listAll(request: ParsedRequestOf<typeof auditRpc.listAllAudit>): Promise<Page> {
    return this.read(request);
  }

  private async read({ cursor, ...page }: PageRequest): Promise<Page> {
    const entries = await this.database.audit.list({ ...page, after: cursor });
    const last = entries.at(-1);
    return { entries, ...(last === undefined || entries.length < page.limit ? {} : { next: last.id }) };
  }
}

import { Controller, Inject } from '@nestjs/common';
import { ReadCache } from '@polyroom/async';
import { AppError, auditRpc, type ParsedRequestOf, type ReplyOf } from '@polyroom/contracts';
import { LOGGER, RpcHandler } from '@polyroom/nest-service';
import { Database, type NewAuditEntry } from '@polyroom/persistence';
import { importStatementKey, verifyStatement } from '@polyroom/tokens';
import { type Logger } from 'pino';

type Act = ParsedRequestOf<typeof auditRpc.recordActs>['acts'][number];

const keysTtlMs = 60_000;

/**
 * Stores acts that other services carried out. The author of each is read from the statement with which the act was
 * asked for: a gateway can report no act that it had no statement for. A report may arrive long after its statement
 * has expired, if auth was away; then the statement must have been valid at the time of the act.
 */
@Controller()
export class RecordActsHandler {
  private readonly keys: ReadCache<string, Awaited<ReturnType<typeof importStatementKey>> | undefined>;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.keys = new ReadCache({
      read: (kid) => this.readKey(kid),
      ttlMs: keysTtlMs,
      keeps: (key) => key !== undefined,
    });
  }

  @RpcHandler(auditRpc.recordActs)
  async record({
    acts,
  }: ParsedRequestOf<typeof auditRpc.recordActs>): Promise<ReplyOf<typeof auditRpc.recordActs>> {
    const entries = await Promise.all(acts.map((act) => this.toEntry(act)));
    const proven = entries.filter((entry) => entry !== undefined);
    if (proven.length > 0) {
      await this.database.audit.record(proven);
    }
    return {
      refused: acts.filter((_, index) => entries[index] === undefined).map(({ reportId }) => reportId),
    };
  }

  /** Undefined if the statement does not prove the act. */
  private async toEntry({ statement, ...act }: Act): Promise<NewAuditEntry | undefined> {
    try {
      const { authority } = await verifyStatement(statement, (kid) => this.keys.get(kid), act.atMs);
      if (authority.permission !== auditRpc.reportedActions[act.action] || authority.appId !== act.appId) {
        throw new AppError('AUTHORITY_INVALID', { cause: new Error('the statement is for something else') });
      }
      return { ...act, actor: authority.actor };
    } catch (error) {
      if (!AppError.is(error) || error.errorName !== 'AUTHORITY_INVALID') {
        throw error;
      }
      this.logger.warn({ err: error, act }, 'reported act refused');
      return undefined;
    }
  }

  /** Throws an AppError of the server if the key cannot be read: the report is then repeated. */
  private async readKey(kid: string) {
    try {
      const key = await this.database.statementKeys.find(kid);
      return key === undefined ? undefined : await importStatementKey(key);
    } catch (error) {
      throw AppError.is(error) ? error : new AppError('ROOM_INNER_ERROR', { cause: error });
    }
  }
}

import { type PrismaClient } from './generated/client.js';

/** One change, with its author and time. */
export interface AuditEntry {
  id: string;
  atMs: number;
  actor: string;
  action: string;
  subject: string;
  before: unknown;
  after: unknown;
}

/** Reads the audit. Rows are written with each change, in the same transaction. */
export class AuditRepository {
  constructor(private readonly prisma: PrismaClient) {}

  /** The newest `limit` entries of an AppID, newest first; undefined if the AppID does not exist. */
  async list(appId: number, limit: number): Promise<AuditEntry[] | undefined> {
    const app = await this.prisma.app.findUnique({
      where: { appId: BigInt(appId) },
      select: { audits: { orderBy: { id: 'desc' }, take: limit } },
    });
    return app?.audits.map((row) => ({
      id: String(row.id),
      atMs: row.at.getTime(),
      actor: row.actor,
      action: row.action,
      subject: row.subject,
      before: row.before,
      after: row.after,
    }));
  }
}

import { type Audit, type PrismaClient } from './generated/client.js';

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

  /**
   * The newest `limit` entries of an AppID, newest first, also those of a deleted one; undefined if it never
   * existed.
   */
  async list(appId: number, limit: number): Promise<AuditEntry[] | undefined> {
    const rows = await this.prisma.audit.findMany({
      where: { appId: BigInt(appId) },
      orderBy: { id: 'desc' },
      take: limit,
    });
    // Every AppID has the row of its creation.
    return rows.length === 0 ? undefined : rows.map(toEntry);
  }
}

function toEntry(row: Audit): AuditEntry {
  return {
    id: String(row.id),
    atMs: row.at.getTime(),
    actor: row.actor,
    action: row.action,
    subject: row.subject,
    before: row.before,
    after: row.after,
  };
}

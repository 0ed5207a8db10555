import { type Prisma, type PrismaClient } from '../generated/client.js';
import { appendAudit, type NewAuditEntry } from './append-audit.js';
import { type ChainedRow } from './audit-chain.js';
import { toChainedRow } from './audit-row.js';
import { type AuditReport, type KnownHead, verifyAudit } from './verify-audit.js';

/** One row: an act or a failed sign-in, with its author and time. */
export interface AuditEntry extends ChainedRow {
  id: string;
  /** Null, with `seq` 0: written before there were chains. */
  hash: string | null;
}

export interface AuditFilter {
  /** Omitted: all rows, also those without an AppID. */
  appId?: number | undefined;
  actor?: string | undefined;
  action?: string | undefined;
  subject?: string | undefined;
  /** Inclusive. */
  fromMs?: number | undefined;
  /** Exclusive. */
  toMs?: number | undefined;
}

export interface AuditPage extends AuditFilter {
  limit: number;
  order?: 'newest' | 'oldest' | undefined;
  /** ID of the last entry of the previous page. */
  after?: string | undefined;
}

/** The audit. Rows of acts of this service are written with each change, in the same transaction. */
export class AuditRepository {
  constructor(private readonly prisma: PrismaClient) {}

  /** Stores rows; a row with a `reportId` that is stored already is skipped. */
  async record(entries: readonly NewAuditEntry[]): Promise<void> {
    await this.prisma.$transaction((tx) => appendAudit(tx, ...entries));
  }

  /** Whether the AppID exists or has existed: its creation has a row. */
  async hasRows(appId: number): Promise<boolean> {
    return (
      (await this.prisma.audit.findFirst({ where: { appId: BigInt(appId) }, select: { id: true } })) !== null
    );
  }

  /** One page of the matching rows. */
  async list({ limit, order = 'newest', after, ...filter }: AuditPage): Promise<AuditEntry[]> {
    const position = after === undefined ? {} : { id: { [order === 'newest' ? 'lt' : 'gt']: BigInt(after) } };
    const rows = await this.prisma.audit.findMany({
      where: { ...toWhere(filter), ...position },
      orderBy: { id: order === 'newest' ? 'desc' : 'asc' },
      take: limit,
    });
    return rows.map((row) => ({ id: String(row.id), ...toChainedRow(row), hash: row.hash }));
  }

  /** Recomputes every chain. */
  verify(known?: readonly KnownHead[]): Promise<AuditReport> {
    return verifyAudit(this.prisma, known);
  }
}

function toWhere({ appId, actor, action, subject, fromMs, toMs }: AuditFilter): Prisma.AuditWhereInput {
  return {
    ...(appId === undefined ? {} : { appId: BigInt(appId) }),
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
    ...(subject === undefined ? {} : { subject }),
    at: {
      ...(fromMs === undefined ? {} : { gte: new Date(fromMs) }),
      ...(toMs === undefined ? {} : { lt: new Date(toMs) }),
    },
  };
}

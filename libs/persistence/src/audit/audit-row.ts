import { type Prisma } from '../generated/client.js';
import { type ChainedRow } from './audit-chain.js';

type StoredRow = Prisma.AuditGetPayload<object>;

/** The part of a stored row that its hash covers. */
export function toChainedRow(row: StoredRow): ChainedRow {
  return {
    appId: Number(row.appId),
    seq: Number(row.seq ?? 0),
    atMs: row.at.getTime(),
    actor: row.actor,
    action: row.action,
    subject: row.subject,
    before: row.before,
    after: row.after,
    address: row.address,
    requestId: row.requestId,
    outcome: row.outcome,
  };
}

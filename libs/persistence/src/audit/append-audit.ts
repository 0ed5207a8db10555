import { Prisma } from '../generated/client.js';
import { firstHash, hashRow, toStorable } from './audit-chain.js';

/** The author of an act: the operator, its address and its request. */
export interface AuditOrigin {
  actor: string;
  address?: string | undefined;
  requestId?: string | undefined;
}

/** What a row of the audit says. Must not contain a secret. */
export interface NewAuditEntry extends AuditOrigin {
  action: string;
  /** Omitted if the act belongs to no AppID. */
  appId?: number | undefined;
  subject: string;
  before?: unknown;
  after?: unknown;
  /** `done` by default. */
  outcome?: string | undefined;
  /** Now by default. */
  atMs?: number | undefined;
  /** Makes a repeated report the same row. */
  reportId?: string | undefined;
}

/** Columns of a row without an AppID: no AppID is 0. */
export const noAppId = 0;

/**
 * Appends rows to the audit: the one call for an act of this service, as the last statement of the transaction
 * that changes something, because it locks the chain of the AppID until the end of the transaction.
 */
export async function appendAudit(
  tx: Prisma.TransactionClient,
  ...entries: readonly NewAuditEntry[]
): Promise<void> {
  const byAppId = new Map<number, NewAuditEntry[]>();
  for (const entry of entries) {
    const { appId = noAppId } = entry;
    byAppId.set(appId, [...(byAppId.get(appId) ?? []), entry]);
  }
  // In one order everywhere, so that two transactions cannot wait for each other.
  for (const appId of [...byAppId.keys()].sort((left, right) => left - right)) {
    await appendToChain(tx, appId, byAppId.get(appId)!);
  }
}

async function appendToChain(
  tx: Prisma.TransactionClient,
  appId: number,
  entries: readonly NewAuditEntry[],
): Promise<void> {
  const id = BigInt(appId);
  await tx.$executeRaw`
    INSERT INTO audit_heads (app_id, seq, hash) VALUES (${id}, 0, ${firstHash}) ON CONFLICT (app_id) DO NOTHING`;
  const [head] = await tx.$queryRaw<{ seq: bigint; hash: string }[]>`
    SELECT seq, hash FROM audit_heads WHERE app_id = ${id} FOR UPDATE`;
  if (head === undefined) {
    throw new Error(`the audit has no head for AppID ${appId}`);
  }
  const known = await findReported(tx, entries);
  let seq = Number(head.seq);
  let { hash } = head;
  const data: Prisma.AuditCreateManyInput[] = [];
  for (const entry of entries.filter(({ reportId }) => reportId === undefined || !known.has(reportId))) {
    seq += 1;
    const row = toRow(entry, appId, seq);
    hash = hashRow(hash, row);
    data.push({
      at: new Date(row.atMs),
      actor: row.actor,
      action: row.action,
      appId: id,
      subject: row.subject,
      before: toJson(row.before),
      after: toJson(row.after),
      address: row.address,
      requestId: row.requestId,
      outcome: row.outcome,
      seq: BigInt(seq),
      hash,
      reportId: entry.reportId ?? null,
    });
  }
  if (data.length > 0) {
    await tx.audit.createMany({ data });
    await tx.auditHead.update({ where: { appId: id }, data: { seq: BigInt(seq), hash } });
  }
}

/** Report IDs that are stored already. The lock of the chain is held, so that no row is added meanwhile. */
async function findReported(
  tx: Prisma.TransactionClient,
  entries: readonly NewAuditEntry[],
): Promise<Set<string | null>> {
  const ids = entries.flatMap(({ reportId }) => (reportId === undefined ? [] : [reportId]));
  const rows =
    ids.length === 0
      ? []
      : await tx.audit.findMany({ where: { reportId: { in: ids } }, select: { reportId: true } });
  return new Set(rows.map(({ reportId }) => reportId));
}

function toRow(entry: NewAuditEntry, appId: number, seq: number) {
  return {
    appId,
    seq,
    atMs: entry.atMs ?? Date.now(),
    actor: String(toStorable(entry.actor)),
    action: entry.action,
    subject: String(toStorable(entry.subject)),
    before: toStorable(entry.before),
    after: toStorable(entry.after),
    address: entry.address ?? null,
    requestId: entry.requestId ?? null,
    outcome: entry.outcome ?? 'done',
  };
}

function toJson(value: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull {
  return value === null ? Prisma.DbNull : (value as Prisma.InputJsonValue);
}

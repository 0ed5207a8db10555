import { type PrismaClient } from '../generated/client.js';
import { firstHash, hashRow } from './audit-chain.js';
import { toChainedRow } from './audit-row.js';

/** Number and hash of a row, kept outside of the database. */
export interface KnownHead {
  /** 0 = the chain of rows without an AppID. */
  appId: number;
  seq: number;
  hash: string;
}

/** The state of one chain. */
export interface ChainReport extends KnownHead {
  /** Number of the first row that is deleted or changed. */
  firstBadRow?: number;
  /** `head`: the row with the number and hash of the last row. */
  problem?: 'deleted' | 'changed' | 'head';
}

export interface AuditReport {
  chains: ChainReport[];
  /** Rows written before there were chains: not covered. */
  unchainedRows: number;
}

const pageSize = 1000;

/**
 * Recomputes every chain. `known` are heads that an earlier run printed: they reveal that rows and head were
 * deleted together, or that a chain was rewritten.
 */
export async function verifyAudit(
  prisma: PrismaClient,
  known: readonly KnownHead[] = [],
): Promise<AuditReport> {
  const heads = await prisma.auditHead.findMany();
  const chained = await prisma.audit.groupBy({ by: ['appId'], where: { seq: { not: null } } });
  const appIds = new Set([
    ...heads.map(({ appId }) => Number(appId)),
    ...chained.map(({ appId }) => Number(appId)),
    ...known.map(({ appId }) => appId),
  ]);
  const chains: ChainReport[] = [];
  for (const appId of [...appIds].sort((left, right) => left - right)) {
    chains.push(
      await verifyChain(
        prisma,
        appId,
        known.filter((head) => head.appId === appId),
      ),
    );
  }
  return { chains, unchainedRows: await prisma.audit.count({ where: { seq: null } }) };
}

async function verifyChain(
  prisma: PrismaClient,
  appId: number,
  known: readonly KnownHead[],
): Promise<ChainReport> {
  // Before the rows: those appended meanwhile are then past the head, and left to the next run.
  const head = await prisma.auditHead.findUnique({ where: { appId: BigInt(appId) } });
  const headSeq = head === null ? 0 : Number(head.seq);
  let last = { seq: 0, hash: firstHash };
  const bad = (firstBadRow: number, problem: ChainReport['problem'] & string): ChainReport => ({
    appId,
    ...last,
    firstBadRow,
    problem,
  });
  for (;;) {
    const rows = await prisma.audit.findMany({
      where: { appId: BigInt(appId), seq: { gt: BigInt(last.seq), lte: BigInt(headSeq) } },
      orderBy: { seq: 'asc' },
      take: pageSize,
    });
    for (const row of rows) {
      const chained = toChainedRow(row);
      if (chained.seq !== last.seq + 1) {
        return bad(last.seq + 1, 'deleted');
      }
      const hash = hashRow(last.hash, chained);
      if (hash !== row.hash) {
        return bad(chained.seq, 'changed');
      }
      if (known.some((kept) => kept.seq === chained.seq && kept.hash !== hash)) {
        return bad(chained.seq, 'changed');
      }
      last = { seq: chained.seq, hash };
    }
    if (rows.length < pageSize) {
      break;
    }
  }
  const expected = Math.max(headSeq, ...known.map(({ seq }) => seq));
  if (last.seq < expected) {
    return bad(last.seq + 1, 'deleted');
  }
  if (head !== null && head.hash !== last.hash) {
    return bad(last.seq, 'head');
  }
  return head === null ? bad(1, 'head') : { appId, ...last };
}

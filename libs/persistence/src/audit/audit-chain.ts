import { createHash } from 'node:crypto';

/** The hash before the first row of a chain. */
export const firstHash = '0'.repeat(64);

/** Everything that the hash of a row covers. */
export interface ChainedRow {
  /** 0 = the chain of rows without an AppID. */
  appId: number;
  seq: number;
  atMs: number;
  actor: string;
  action: string;
  subject: string;
  before: unknown;
  after: unknown;
  address: string | null;
  requestId: string | null;
  outcome: string;
}

/** SHA-256, in hex, over the previous hash and the row. Exports contain all fields, so it can be repeated without the database. */
export function hashRow(previousHash: string, row: ChainedRow): string {
  const { appId, seq, atMs, actor, action, subject, before, after, address, requestId, outcome } = row;
  const covered = { appId, seq, atMs, actor, action, subject, before, after, address, requestId, outcome };
  return createHash('sha256')
    .update(`${previousHash}\n${canonicalJson(covered)}`, 'utf8')
    .digest('hex');
}

/** JSON with sorted keys and without spaces (RFC 8785), for values that were JSON before. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonicalJson).join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([left], [right]) => (left < right ? -1 : 1));
    return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/**
 * A copy that PostgreSQL stores and returns unchanged: it rejects NUL in texts, and a lone surrogate is not UTF-8.
 */
export function toStorable(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.replace(/[\p{Cs}\0]/gu, '\uFFFD');
  }
  if (Array.isArray(value)) {
    return value.map(toStorable);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => [toStorable(key), toStorable(member)]),
    );
  }
  return value ?? null;
}

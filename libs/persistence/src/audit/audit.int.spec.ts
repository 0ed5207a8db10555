import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres } from '@polyroom/testing';
import { pino } from 'pino';
import { Database } from '../database.js';
import { SecretKeys } from '../secret-keys.js';
import { type PrismaClient } from '../generated/client.js';
import { type NewAuditEntry } from './append-audit.js';

const logger = pino({ level: 'silent' });
let database: Database;
let lastAppId = 500;

const act = (appId: number | undefined, subject: string): NewAuditEntry => ({
  actor: 'alice',
  address: '192.0.2.7',
  requestId: 'rq_1',
  action: 'room.close',
  appId,
  subject,
  after: { z: 1, a: [true, null, 'ü'] },
});

/** A new chain with rows 1 to `rows`. */
async function newChain(rows: number): Promise<number> {
  lastAppId += 1;
  for (let row = 1; row <= rows; row += 1) {
    await database.audit.record([act(lastAppId, `room:${row}`)]);
  }
  return lastAppId;
}

/** As the owner of the tables may, who is not stopped by triggers that he disables. */
async function tamper(...statements: string[]): Promise<void> {
  const { prisma } = database as unknown as { prisma: PrismaClient };
  const tables = ['audits', 'audit_heads'];
  for (const sql of [
    ...tables.map((table) => `ALTER TABLE ${table} DISABLE TRIGGER USER`),
    ...statements,
    ...tables.map((table) => `ALTER TABLE ${table} ENABLE TRIGGER USER`),
  ]) {
    await prisma.$executeRawUnsafe(sql);
  }
}

async function reportOf(appId: number, known: { seq: number; hash: string }[] = []) {
  const { chains } = await database.audit.verify(known.map((head) => ({ appId, ...head })));
  return chains.find((chain) => chain.appId === appId);
}

describe.each(['embedded', 'server'])('the audit in the %s database', (kind) => {
  let closeServer: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    const server = kind === 'server' ? await startPostgres() : undefined;
    closeServer = server?.close;
    const secretKeys = SecretKeys.parse(SecretKeys.generate());
    database = await Database.open({ databaseUrl: server?.url, pgliteDir: 'memory://', secretKeys, logger });
  });
  afterAll(async () => {
    await database.close();
    await closeServer?.();
  });

  it.each([
    `UPDATE audits SET actor = 'mallory'`,
    'DELETE FROM audits',
    'TRUNCATE audits',
    'UPDATE audit_heads SET seq = 1',
    'DELETE FROM audit_heads',
    'TRUNCATE audit_heads',
  ])('refuses %s for the role of the service', async (sql) => {
    await newChain(2);
    const { prisma } = database as unknown as { prisma: PrismaClient };
    await expect(prisma.$executeRawUnsafe(sql)).rejects.toThrow('the audit is append-only');
  });

  it('chains the rows of an AppID by a hash that can be repeated from an export', async () => {
    const appId = await newChain(2);
    const rows = (await database.audit.list({ limit: 1000, order: 'oldest' }))!.filter(
      (row) => row.appId === appId,
    );
    let previous = '0'.repeat(64);
    for (const { seq, atMs, subject, hash } of rows) {
      const json =
        `{"action":"room.close","actor":"alice","address":"192.0.2.7","after":{"a":[true,null,"ü"],"z":1},` +
        `"appId":${appId},"atMs":${atMs},"before":null,"outcome":"done","requestId":"rq_1","seq":${seq},` +
        `"subject":"${subject}"}`;
      previous = createHash('sha256').update(`${previous}\n${json}`).digest('hex');
      expect(hash).toBe(previous);
    }
    expect(await reportOf(appId)).toEqual({ appId, seq: 2, hash: previous });
  });

  it('numbers concurrent rows without a gap', async () => {
    const appId = await newChain(0);
    await Promise.all(
      Array.from({ length: 20 }, (_, row) => database.audit.record([act(appId, `room:${row}`)])),
    );
    expect(await reportOf(appId)).toMatchObject({ seq: 20 });
    expect(await reportOf(appId)).not.toHaveProperty('problem');
  });

  it('stores a repeated report once', async () => {
    const appId = await newChain(0);
    const report = { ...act(appId, 'room:1'), reportId: `report ${appId}` };
    await Promise.all([database.audit.record([report]), database.audit.record([report])]);
    await database.audit.record([report, act(appId, 'room:2')]);
    expect(await reportOf(appId)).toMatchObject({ seq: 2 });
  });

  it('stores texts that PostgreSQL would reject', async () => {
    const appId = await newChain(0);
    await database.audit.record([
      { ...act(appId, 'room:\0'), after: { 're\0ason': 'lone \ud800 surrogate', big: 1e21, small: 1e-7 } },
    ]);
    expect(await reportOf(appId)).toMatchObject({ seq: 1 });
    expect(await reportOf(appId)).not.toHaveProperty('problem');
  });

  it('keeps rows without an AppID in a chain of their own', async () => {
    await database.audit.record([{ ...act(undefined, 'operator'), outcome: 'refused' }]);
    expect((await database.audit.list({ appId: 0, limit: 1 }))[0]).toMatchObject({
      appId: 0,
      outcome: 'refused',
    });
    expect(await reportOf(0)).not.toHaveProperty('problem');
  });

  it('filters by actor, action, subject and time, and pages in both orders', async () => {
    const appId = await newChain(0);
    await database.apps.create({
      appId,
      name: 'a',
      appSignHash: 'h',
      secret: { secretId: 'k', value: 'v' },
      credentialKinds: [],
      actor: 'bob',
    });
    for (let row = 1; row <= 3; row += 1) {
      await database.audit.record([{ ...act(appId, `room:${row}`), atMs: row * 1000 }]);
    }
    const subjects = async (filter: object) =>
      (await database.audit.list({ appId, limit: 2, ...filter })).map(({ subject }) => subject);
    expect(await subjects({ actor: 'bob' })).toEqual(['app']);
    expect(await subjects({ action: 'room.close' })).toEqual(['room:3', 'room:2']);
    expect(await subjects({ subject: 'room:2' })).toEqual(['room:2']);
    expect(await subjects({ fromMs: 1000, toMs: 3000 })).toEqual(['room:2', 'room:1']);
    const [, second] = await database.audit.list({ appId, limit: 2 });
    expect(await subjects({ after: second!.id })).toEqual(['room:1', 'app']);
    expect(await subjects({ order: 'oldest' })).toEqual(['app', 'room:1']);
  });

  describe('verified', () => {
    it('reports the number of the first deleted row', async () => {
      const appId = await newChain(5);
      await tamper(`DELETE FROM audits WHERE app_id = ${appId} AND seq IN (3, 4)`);
      expect(await reportOf(appId)).toMatchObject({ firstBadRow: 3, problem: 'deleted' });
    });

    it.each(["actor = 'bob'", "after = '{}'", "at = now() - interval '1 day'", 'address = NULL'])(
      'reports the number of a row that was changed by SET %s',
      async (change) => {
        const appId = await newChain(3);
        await tamper(`UPDATE audits SET ${change} WHERE app_id = ${appId} AND seq = 2`);
        expect(await reportOf(appId)).toMatchObject({ seq: 1, firstBadRow: 2, problem: 'changed' });
      },
    );

    it('reports rows deleted at the end, by the head', async () => {
      const appId = await newChain(3);
      await tamper(`DELETE FROM audits WHERE app_id = ${appId} AND seq > 1`);
      expect(await reportOf(appId)).toMatchObject({ seq: 1, firstBadRow: 2, problem: 'deleted' });
    });

    it('reports rows deleted together with the head, by a head kept elsewhere', async () => {
      const appId = await newChain(3);
      const { seq, hash } = (await reportOf(appId))!;
      const [kept] = (await database.audit.list({ limit: 1000 }))!.filter(
        (row) => row.appId === appId && row.seq === 2,
      );
      await tamper(
        `DELETE FROM audits WHERE app_id = ${appId} AND seq > 2`,
        `UPDATE audit_heads SET seq = 2, hash = '${kept!.hash}' WHERE app_id = ${appId}`,
      );
      expect(await reportOf(appId)).not.toHaveProperty('problem');
      expect(await reportOf(appId, [{ seq, hash }])).toMatchObject({ firstBadRow: 3, problem: 'deleted' });
      await tamper(
        `DELETE FROM audits WHERE app_id = ${appId}`,
        `DELETE FROM audit_heads WHERE app_id = ${appId}`,
      );
      expect(await reportOf(appId, [{ seq, hash }])).toMatchObject({ firstBadRow: 1, problem: 'deleted' });
    });
  });
});

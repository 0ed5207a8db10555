import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Database, SecretKeys } from '@polyroom/persistence';
import { type RunningPostgres, startPostgres } from '@polyroom/testing';
import { pino } from 'pino';

const entry = fileURLToPath(new URL('../dist/main.js', import.meta.url));
let postgres: RunningPostgres;
let database: Database;

beforeAll(async () => {
  postgres = await startPostgres();
  const secretKeys = SecretKeys.parse(SecretKeys.generate());
  database = await Database.open({
    databaseUrl: postgres.url,
    secretKeys,
    logger: pino({ level: 'silent' }),
  });
  const act = { actor: 'alice', action: 'room.close', subject: 'room:r1' };
  await database.audit.record([1, 2, 3].map(() => ({ ...act, appId: 7 })));
  await database.audit.record([{ ...act, action: 'operator.signIn', outcome: 'refused' }]);
});
afterAll(async () => {
  await database.close();
  await postgres.close();
});

/** Runs the command; the exit code and the printed lines. */
function verify(
  ...args: string[]
): Promise<{ code: number; lines: Record<string, unknown>[]; errors: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, DATABASE_URL: postgres.url };
    execFile(process.execPath, [entry, 'verify-audit', ...args], { env }, (error, stdout, errors) => {
      const lines = stdout.split('\n').filter((line) => line !== '');
      resolve({
        code: error === null ? 0 : Number(error.code),
        lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
        errors,
      });
    });
  });
}

it('prints the head of every chain, and takes it back to find what is missing', async () => {
  const { code, lines } = await verify();
  expect([code, lines]).toEqual([
    0,
    [
      { appId: 0, seq: 1, hash: expect.any(String) },
      { appId: 7, seq: 3, hash: expect.any(String) },
    ],
  ]);
  const head = `7:3:${String(lines[1]?.['hash'])}`;
  expect((await verify('--head', head)).code).toBe(0);
  const later = await verify('--head', head.replace('7:3', '7:4'));
  expect([later.code, later.lines[1]]).toMatchObject([1, { firstBadRow: 4, problem: 'deleted' }]);
  const other = await verify('--head', `7:2:${'0'.repeat(64)}`);
  expect([other.code, other.lines[1]]).toMatchObject([1, { firstBadRow: 2, problem: 'changed' }]);
});

it('exits with 2 and its usage if an argument is wrong', async () => {
  const { code, lines, errors } = await verify('--head', '7:3');
  expect([code, lines]).toEqual([2, []]);
  expect(errors).toContain('usage: ');
});

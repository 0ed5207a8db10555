import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type CredentialKind } from '@polyroom/contracts';
import { type RunningPostgres, startPostgres } from '@polyroom/testing';
import { PrismaPg } from '@prisma/adapter-pg';
import { type SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { Database } from './database.js';
import { SecretKeys } from './secret-keys.js';

const [firstKey, secondKey] = [SecretKeys.generate(), SecretKeys.generate()];
const logged: string[] = [];
const logger = pino(
  { level: 'trace' },
  new Writable({ write: (chunk, _encoding, done) => (logged.push(String(chunk)), done()) }),
);

let server: RunningPostgres;
let rows: SqlDriverAdapter;
let databaseUrl: string;
let database: Database;
let databases = 0;

beforeAll(async () => {
  server = await startPostgres();
});
beforeEach(async () => {
  databases += 1;
  databaseUrl = await server.createDatabase(`secrets${databases}`);
  database = await open(firstKey);
  rows = await new PrismaPg({ connectionString: databaseUrl }).connect();
  await create(1);
  await create(2);
});
afterEach(async () => {
  await rows.dispose();
  await database.close();
});
afterAll(async () => {
  await server.close();
});

function open(keys: string): Promise<Database> {
  return Database.open({ databaseUrl, secretKeys: SecretKeys.parse(keys), logger });
}

function valueOf(appId: number): string {
  return `server-secret-of-app-${appId}`.padEnd(32, 'x');
}

async function create(appId: number): Promise<void> {
  const secret = { secretId: 'kid', value: valueOf(appId) };
  const credentialKinds: CredentialKind[] = ['token04', 'native'];
  await database.apps.create({
    ...{ appId, name: 'a', appSignHash: 'h', secret, credentialKinds, actor: 'alice' },
  });
}

async function query(sql: string): Promise<unknown[][]> {
  return (await rows.queryRaw({ sql, args: [], argTypes: [] })).rows;
}

/** Stores the secret as an earlier version did. */
async function storePlain(): Promise<void> {
  await query(`UPDATE secrets SET sealed = NULL, value = '${valueOf(1)}' WHERE app_id = 1 RETURNING 1`);
}

async function secretOf(from: Database, appId: number): Promise<string | undefined> {
  return (await from.apps.findCredentials(appId))?.secrets[0]?.value;
}

describe('stored ServerSecrets', () => {
  it('are encrypted in the database', async () => {
    expect(await secretOf(database, 1)).toBe(valueOf(1));
    const stored = await query('SELECT value, sealed FROM secrets ORDER BY app_id');
    expect(stored).toEqual([
      [null, expect.stringMatching(/^v1\./)],
      [null, expect.stringMatching(/^v1\./)],
    ]);
    expect(JSON.stringify(stored)).not.toContain('server-secret');
  });

  it('are refused in the row of another AppID', async () => {
    await query(
      'UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE app_id = 1) WHERE app_id = 2 RETURNING 1',
    );
    await expect(secretOf(database, 2)).rejects.toThrow('serverSecret kid of AppID 2 was changed');
  });

  it('of an earlier version are read, reported at the start, and encrypted by reEncrypt', async () => {
    await storePlain();
    expect(await secretOf(database, 1)).toBe(valueOf(1));
    const other = await open(firstKey);
    expect(await other.secrets.countPlain()).toBe(1);
    await other.close();
    expect(logged.join('')).toContain('"secrets":1,"msg":"secrets of an earlier version are not encrypted');
    expect(await database.secrets.reEncrypt()).toEqual({ changed: 1, total: 2 });
    expect(await database.secrets.countPlain()).toBe(0);
    expect(await secretOf(database, 1)).toBe(valueOf(1));
    expect(await database.secrets.reEncrypt()).toEqual({ changed: 0, total: 2 });
  });

  it('change to a new key without a moment in which they cannot be read', async () => {
    await expect(open(secondKey)).rejects.toThrow(
      `POLYROOM_SECRETS_KEY lacks a key of stored ServerSecrets: 2 with key ${SecretKeys.parse(firstKey).currentKeyId}`,
    );
    const rotated = await open(`${secondKey},${firstKey}`);
    expect(await secretOf(rotated, 1)).toBe(valueOf(1));
    expect(await rotated.secrets.reEncrypt()).toEqual({ changed: 2, total: 2 });
    await rotated.close();
    const only = await open(secondKey);
    expect([await secretOf(only, 1), await secretOf(only, 2)]).toEqual([valueOf(1), valueOf(2)]);
    await only.close();
  });

  it('and keys appear in no log line', () => {
    const text = logged.join('');
    expect(text).toContain('database open');
    [firstKey, secondKey, 'server-secret-of-app'].forEach((secret) => expect(text).not.toContain(secret));
  });
});

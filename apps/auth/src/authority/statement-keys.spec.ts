import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AppError, type Authority, type authRpc } from '@polyroom/contracts';
import { type Database } from '@polyroom/persistence';
import { waitFor } from '@polyroom/testing';
import { importStatementKey, verifyStatement } from '@polyroom/tokens';
import { pino } from 'pino';
import { StatementKeys } from './statement-keys.js';

const minuteMs = 60_000;
const authority: Authority = { actor: 'alice', kind: 'operator', permission: 'rooms:read', appId: 1 };

let stored: authRpc.StatementKey[];
let isAway: boolean;
let nowMs: number;
let keys: StatementKeys;

beforeEach(async () => {
  [stored, isAway, nowMs] = [[], false, Date.now()];
  jest.spyOn(Date, 'now').mockImplementation(() => nowMs);
  const add = async (key: authRpc.StatementKey): Promise<void> => {
    if (isAway) {
      throw new AppError('DATABASE_UNAVAILABLE');
    }
    stored.push(key);
  };
  const database = { statementKeys: { add } } as unknown as Database;
  keys = new StatementKeys(database, pino({ level: 'silent' }));
  await keys.onModuleInit();
});
afterEach(() => void jest.restoreAllMocks());

/** The ID of the key of a new statement, which must be valid. */
async function keyOfStatement(): Promise<string> {
  const statement = await keys.sign(authority);
  let used = '';
  await verifyStatement(statement, async (kid) => {
    const key = stored.find((known) => known.kid === kid && known.notAfterMs > nowMs)!;
    used = kid;
    return importStatementKey(key);
  });
  return used;
}

describe('the signing key', () => {
  it('is replaced after half an hour, and stored before it signs', async () => {
    expect(await keyOfStatement()).toBe(stored[0]!.kid);
    nowMs += 31 * minuteMs;
    await keyOfStatement();
    await waitFor(async () => (await keyOfStatement()) !== stored[0]!.kid, { describe: 'the next key' });
    expect(stored).toHaveLength(2);
  });

  it('signs on while the database is unavailable, and is replaced afterwards', async () => {
    isAway = true;
    nowMs += 31 * minuteMs;
    expect(await keyOfStatement()).toBe(stored[0]!.kid);
    nowMs += 27 * minuteMs;
    expect(await keyOfStatement()).toBe(stored[0]!.kid);
    isAway = false;
    nowMs += minuteMs;
    await waitFor(async () => (await keyOfStatement()) === stored[1]?.kid, { describe: 'the next key' });
  });

  it('does not sign for more than an hour', async () => {
    isAway = true;
    nowMs += 61 * minuteMs;
    await expect(keys.sign(authority)).rejects.toMatchObject({ code: 1190204 });
  });
});

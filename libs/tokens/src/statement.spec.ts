import { describe, expect, test } from '@jest/globals';
import { AppError, type Authority, statementLifetimeSeconds } from '@polyroom/contracts';
import { CompactSign } from 'jose';
import { importStatementKey, StatementSigner, verifyStatement } from './statement.js';

const authority: Authority = { actor: 'alice', kind: 'operator', permission: 'users:kick', appId: 7 };

const signer = await StatementSigner.create();
const keyOf = async ({ publicKey }: StatementSigner) => {
  const key = await importStatementKey(publicKey);
  return async (kid: string) => (kid === publicKey.kid ? key : undefined);
};
const findKey = await keyOf(signer);
const codeOf = async (verified: Promise<unknown>): Promise<number | undefined> =>
  verified.then(
    () => undefined,
    (error: unknown) => (error as AppError).code,
  );

describe('a statement', () => {
  test('names the caller, the permission and the AppID', async () => {
    expect(await verifyStatement(await signer.sign(authority), findKey)).toMatchObject({ authority });
  });

  test('is refused once it has expired', async () => {
    const nowMs = Date.now();
    const statement = await signer.sign(authority, nowMs);
    const later = nowMs + (statementLifetimeSeconds + 6) * 1000;
    expect(await codeOf(verifyStatement(statement, findKey, later))).toBe(1190126);
  });

  test('is refused if it is valid for longer than a statement may be', async () => {
    const statement = await signer.sign(authority, Date.now() + 3_600_000);
    expect(await codeOf(verifyStatement(statement, findKey))).toBe(1190126);
  });

  test('is refused if it is forged', async () => {
    const [header, payload, signature] = (await signer.sign(authority)).split('.') as [
      string,
      string,
      string,
    ];
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const shared = await new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'HS256', typ: 'polyroom-authority', kid: signer.publicKey.kid })
      // The public key as a shared secret.
      .sign(Buffer.from(signer.publicKey.x, 'base64url'));
    const other = await StatementSigner.create();
    for (const forged of [
      '',
      'alice',
      `${header}.${encode({ ...claims, app: 8 })}.${signature}`,
      `${encode({ alg: 'none', kid: signer.publicKey.kid })}.${payload}.`,
      shared,
      await other.sign(authority),
    ]) {
      expect([forged, await codeOf(verifyStatement(forged, findKey))]).toEqual([forged, 1190126]);
    }
  });

  test('is not refused as forged while the keys cannot be read', async () => {
    const unreadable = () => Promise.reject(new AppError('BUS_TIMEOUT'));
    expect(await codeOf(verifyStatement(await signer.sign(authority), unreadable))).toBe(
      new AppError('BUS_TIMEOUT').code,
    );
  });
});

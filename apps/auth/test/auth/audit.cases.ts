import { describe, expect, it } from '@jest/globals';
import { auditRpc, authRpc, newId, type Permission, type RequestOf } from '@polyroom/contracts';
import { StatementSigner } from '@polyroom/tokens';
import { adminToken, ask, client, codeOf, database, newApp } from './used-auth.js';

describe('failed sign-ins', () => {
  const signInsOf = async (address: string) =>
    (await ask(auditRpc.listAllAudit, { action: 'admin.signIn', limit: 1000 })).entries.filter(
      (entry) => entry.address === address,
    );
  const fail = (clientAddress: string, request: Partial<RequestOf<typeof authRpc.authorize>> = {}) =>
    codeOf(
      client.request(authRpc.authorize, {
        ...{ credential: 'guessed', permission: 'apps:read', clientAddress },
        ...request,
      }),
    );

  it('are in the audit with their address and request, before they are answered', async () => {
    expect(await fail('192.0.2.1', { requestId: 'rq_1' })).toBe(1190101);
    expect(await signInsOf('192.0.2.1')).toMatchObject([
      {
        ...{ appId: 0, actor: 'unknown', requestId: 'rq_1', outcome: 'refused' },
        after: { failures: 1, reason: 'the credential is unknown' },
        seq: expect.any(Number),
      },
    ]);
  });

  it('of a valid API key belong to its AppID and name the key and the reason', async () => {
    const { appId } = await newApp();
    const other = await newApp();
    const { apiKey, key } = await ask(authRpc.createApiKey, {
      appId,
      name: 'server',
      permissions: ['rooms:read'],
    });
    const { keyId } = apiKey;
    const asKey = { credential: key, permission: 'rooms:read' as const, appId };
    expect(await fail('192.0.2.3', asKey)).toBe(0);
    expect(await fail('192.0.2.3', { ...asKey, permission: 'users:kick' })).toBe(1190123);
    expect(await fail('192.0.2.3', { ...asKey, appId: other.appId })).toBe(1190122);
    expect(
      await fail('192.0.2.3', { ...asKey, credential: `${key.slice(0, -1)}${key.endsWith('0') ? 1 : 0}` }),
    ).toBe(1190121);
    await ask(authRpc.setApiKeyExpiry, { appId, keyId, expiresInMs: 0 });
    expect(await fail('192.0.2.3', asKey)).toBe(1190121);
    await ask(authRpc.revokeApiKey, { appId, keyId });
    expect(await fail('192.0.2.3', asKey)).toBe(1190121);
    const rows = (await signInsOf('192.0.2.3')).map((row) => [row.appId, row.actor, row.after]);
    const because = (reason: string) => ({ failures: 1, reason: `API key: ${reason}` });
    expect(rows.reverse()).toEqual([
      [appId, keyId, because('it lacks the permission users:kick')],
      [appId, keyId, because('it belongs to another AppID')],
      [0, 'unknown', because('its secret is wrong')],
      [appId, keyId, because('it has expired')],
      [appId, keyId, because('it is revoked')],
    ]);
  });

  it('leave a bounded number of rows, whatever their number and addresses', async () => {
    // One; if the minute of the first failure ends meanwhile, one with a number, and one of the next minute.
    const fewRows = [1, 2, 3];
    await Promise.all(Array.from({ length: 50 }, () => fail('192.0.2.2')));
    expect(fewRows).toContain((await signInsOf('192.0.2.2')).length);
    // Of one network.
    await Promise.all(Array.from({ length: 50 }, (_, index) => fail(`2001:db8::${index.toString(16)}`)));
    const network = (await ask(auditRpc.listAllAudit, { action: 'admin.signIn', limit: 1000 })).entries;
    expect(fewRows).toContain(network.filter(({ address }) => address?.startsWith('2001:db8:')).length);
    await Promise.all(Array.from({ length: 300 }, (_, index) => fail(`2001:db8:${index.toString(16)}::1`)));
    const { entries } = await ask(auditRpc.listAllAudit, { action: 'admin.signIn', limit: 1000 });
    // A hundred a minute, and what the other tests left.
    expect(entries.length).toBeLessThanOrEqual(220);
    expect(fewRows).toContain((await signInsOf('other addresses')).length);
  });
});

describe('acts of other services', () => {
  const statementFor = async (permission: Permission, appId: number, credential = adminToken) =>
    (await client.request(authRpc.authorize, { credential, permission, appId })).statement;
  const kickOf = (appId: number, statement: string) => ({
    ...{ reportId: newId('report'), atMs: Date.now(), statement },
    ...{ address: '192.0.2.9', requestId: 'rq_9' },
    ...{ action: 'user.kick' as const, appId, subject: 'user:ada' },
    ...{ after: { roomIds: ['r1'] }, outcome: 'done' as const },
  });

  it('are stored once, listed by a filter, and in the chain of their AppID', async () => {
    const { appId } = await newApp();
    const act = kickOf(appId, await statementFor('users:kick', appId));
    const another = { ...act, reportId: newId('report'), subject: 'user:bob' };
    await client.request(auditRpc.recordActs, { acts: [act, another] });
    await client.request(auditRpc.recordActs, { acts: [act] });
    const { entries, next } = await ask(auditRpc.listAudit, { appId, action: 'user.kick', limit: 1 });
    expect(entries).toMatchObject([
      { actor: 'alice', subject: 'user:bob', seq: 3, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    const rest = await ask(auditRpc.listAudit, { appId, action: 'user.kick', cursor: next });
    expect(rest.entries).toMatchObject([{ subject: 'user:ada', address: '192.0.2.9', requestId: 'rq_9' }]);
    expect(rest.next).toBeUndefined();
  });

  it('name the author of the statement: the ID of an API key', async () => {
    const { appId } = await newApp();
    const { apiKey, key } = await ask(authRpc.createApiKey, {
      appId,
      name: 'server',
      permissions: ['users:kick'],
    });
    const act = kickOf(appId, await statementFor('users:kick', appId, key));
    expect(await client.request(auditRpc.recordActs, { acts: [act] })).toEqual({ refused: [] });
    const { entries } = await ask(auditRpc.listAudit, { appId, actor: apiKey.keyId });
    expect(entries).toMatchObject([{ action: 'user.kick', subject: 'user:ada' }]);
  });

  it('are accepted long after the statement has expired, if it was valid at the time of the act', async () => {
    const { appId } = await newApp();
    const hourMs = 3_600_000;
    const nowMs = Date.now();
    const signer = await StatementSigner.create(nowMs - hourMs / 2);
    await database.statementKeys.add(signer.publicKey);
    const authority = { actor: 'bob', kind: 'operator' as const, permission: 'users:kick' as const, appId };
    const statement = await signer.sign(authority, nowMs - hourMs);
    const atThatTime = { ...kickOf(appId, statement), atMs: nowMs - hourMs + 1000 };
    const later = { ...kickOf(appId, statement), atMs: nowMs - hourMs + 60_000 };
    expect(await client.request(auditRpc.recordActs, { acts: [atThatTime, later] })).toEqual({
      refused: [later.reportId],
    });
    const { entries } = await ask(auditRpc.listAudit, { appId, actor: 'bob' });
    expect(entries).toHaveLength(1);
  });

  it('are refused without a statement for them, and hold up no other report', async () => {
    const { appId } = await newApp();
    const other = await newApp();
    const valid = await statementFor('users:kick', appId);
    const unknownSigner = await StatementSigner.create();
    const authority = { actor: 'alice', kind: 'operator' as const, permission: 'users:kick' as const, appId };
    const acts = [
      kickOf(appId, ''),
      kickOf(appId, await unknownSigner.sign(authority)),
      kickOf(appId, await statementFor('rooms:read', appId)),
      kickOf(other.appId, valid),
      { ...kickOf(appId, valid), atMs: Date.now() + 3_600_000 },
    ];
    const proven = kickOf(appId, valid);
    const { refused } = await client.request(auditRpc.recordActs, { acts: [...acts, proven] });
    expect(refused).toEqual(acts.map(({ reportId }) => reportId));
    const { entries } = await ask(auditRpc.listAudit, { appId, action: 'user.kick' });
    expect(entries).toHaveLength(1);
  });
});

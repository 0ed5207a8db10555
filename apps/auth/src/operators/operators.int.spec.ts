import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import {
  AppError,
  auditRpc,
  operatorChanged,
  type OperatorGrant,
  operatorsRpc,
  type PayloadOf,
  permissionList,
  permissions,
  roleHas,
  roleSchema,
} from '@polyroom/contracts';
import { runService, type RunningService } from '@polyroom/nest-service';
import { Database } from '@polyroom/persistence';
import { type RunningServer, startNats, totpCode, waitFor } from '@polyroom/testing';
import { AdminTokens } from '../admin/admin-tokens.js';
import { AuthModule } from '../auth.module.js';
import { CapturedLog } from '../../test/captured-log.js';
import { Operator } from '../../test/operator.js';
import { OperatorBrowser } from '../../test/operator-browser.js';
import { ensureFirstOwner } from './first-owner.js';
import { verifyPassword } from './password.js';
import { resetOwner } from './reset-owner.js';

const adminToken = 'alice-has-a-long-token';
const { lines: logged, logger } = new CapturedLog('trace');
/** None of them may be in the log. */
const secrets: string[] = [];
const changes: PayloadOf<typeof operatorChanged>[] = [];

let nats: RunningServer;
let service: RunningService;
let database: Database;
let client: Bus;
let dir: string;
let lastOperator = 0;

beforeAll(async () => {
  [nats, dir] = await Promise.all([startNats(), mkdtemp(join(tmpdir(), 'polyroom-operators-'))]);
  database = await Database.open({ pgliteDir: 'memory://', logger });
  const bus = await Bus.connect({ url: nats.url, name: 'auth', logger });
  const adminTokens = AdminTokens.parse(`alice:${adminToken}`);
  service = await runService({
    name: 'auth',
    module: AuthModule.register({ database, adminTokens, bus, maxGrantSeconds: 86_400 }),
    bus,
    logger,
    httpHost: '127.0.0.1',
    httpPort: 0,
  });
  client = await Bus.connect({ url: nats.url, name: 'client', logger });
  client.subscribe(operatorChanged, {}, (change) => void changes.push(change));
  await client.flush();
});
afterAll(async () => {
  expect(secrets.length).toBeGreaterThan(10);
  expect(secrets.filter((secret) => logged.some((line) => line.includes(secret)))).toEqual([]);
  await client.close();
  await service.close();
  await nats.close();
  await rm(dir, { recursive: true, force: true });
});

const owner = new Operator(() => client, adminToken);
const ask: Operator['ask'] = (contract, request) => owner.ask(contract, request);
const newBrowser = (): OperatorBrowser => new OperatorBrowser(() => client);

async function codeOf(promise: Promise<unknown>): Promise<number> {
  return promise.then(
    () => 0,
    (error: unknown) => {
      if (error instanceof AppError) {
        return error.code;
      }
      throw error;
    },
  );
}

async function newOperator(grants: OperatorGrant[]) {
  lastOperator += 1;
  const email = `operator${lastOperator}@example.com`;
  const created = await ask(operatorsRpc.createOperator, { email, name: 'Test', grants });
  secrets.push(created.temporaryPassword);
  return { email, temporaryPassword: created.temporaryPassword, operatorId: created.operator.operatorId };
}

const auditRows = async () => (await ask(auditRpc.listAllAudit, { limit: 50 })).entries;

/** An operator that has signed in, with a password of its own. */
async function signedIn(grants: OperatorGrant[]) {
  const created = await newOperator(grants);
  const browser = newBrowser();
  const password = `correct horse ${lastOperator} battery`;
  secrets.push(password);
  await browser.take('signIn', { email: created.email, password: created.temporaryPassword });
  await browser.take('changePassword', { currentPassword: created.temporaryPassword, newPassword: password });
  secrets.push(browser.credential);
  return { ...created, browser, password };
}

describe('the first owner', () => {
  const settings = () => ({
    email: 'owner@polyroom.internal',
    file: join(dir, 'private', 'first-owner.txt'),
    signInUrl: 'http://localhost:7088/admin.html',
  });

  test('is made once, and only a private file has its password', async () => {
    const empty = await Database.open({ pgliteDir: 'memory://', logger });
    try {
      await Promise.all([1, 2, 3].map(() => ensureFirstOwner(empty, settings(), logger)));
      const { file, email } = settings();
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const password = /Temporary password: (\S+)/.exec(await readFile(file, 'utf8'))![1]!;
      secrets.push(password);
      const made = await empty.operators.list();
      expect(made).toMatchObject([{ email, grants: [{ role: 'owner' }], mustChangePassword: true }]);
      const before = await readFile(file, 'utf8');
      await ensureFirstOwner(empty, settings(), logger);
      expect(await readFile(file, 'utf8')).toBe(before);
      expect((await empty.operators.list()).length).toBe(1);
    } finally {
      await empty.close();
    }
  });

  test('is not made if the file cannot be written', async () => {
    const empty = await Database.open({ pgliteDir: 'memory://', logger });
    try {
      await ensureFirstOwner(
        empty,
        { ...settings(), file: join(settings().file, 'first-owner.txt') },
        logger,
      );
      expect(await empty.operators.count()).toBe(0);
    } finally {
      await empty.close();
    }
  });
});

describe('sign-in', () => {
  test('with a temporary password allows only to replace it', async () => {
    const { email, temporaryPassword } = await newOperator([{ role: 'owner' }]);
    const browser = newBrowser();
    expect(await browser.take('signIn', { email, password: temporaryPassword })).toEqual({ next: 'done' });
    expect((await browser.take('getSession', {})).operator.mustChangePassword).toBe(true);
    expect(await codeOf(browser.authorize('apps:read'))).toBe(1190142);
    expect(await codeOf(browser.take('enrolTotp', { password: temporaryPassword }))).toBe(1190142);
    expect(await codeOf(browser.take('listPasskeys', {}))).toBe(1190142);
    expect(await codeOf(browser.take('listSessions', {}))).toBe(1190142);
    expect(await codeOf(browser.take('endSession', { sessionId: 'none' }))).toBe(1190142);

    for (const newPassword of ['short-one', 'password1234', 'qwertyuiop12', `${email}!`, temporaryPassword]) {
      const change = browser.take('changePassword', { currentPassword: temporaryPassword, newPassword });
      expect([newPassword, await codeOf(change)]).toEqual([newPassword, 1190143]);
    }
    const newPassword = 'correct horse battery staple seven';
    secrets.push(newPassword);
    const wrong = browser.take('changePassword', { currentPassword: 'not this password', newPassword });
    expect(await codeOf(wrong)).toBe(1190140);
    await browser.take('changePassword', { currentPassword: temporaryPassword, newPassword });
    expect(await browser.authorize('apps:read')).toBe(email);
    expect(await codeOf(newBrowser().take('signIn', { email, password: temporaryPassword }))).toBe(1190140);
    expect(await newBrowser().take('signIn', { email, password: newPassword })).toEqual({ next: 'done' });
  });

  test('refuses a wrong password, an unknown and a disabled operator alike, and audits it', async () => {
    const { email, operatorId, password } = await signedIn([{ role: 'viewer' }]);
    const disabled = await signedIn([{ role: 'viewer' }]);
    await ask(operatorsRpc.setOperatorEnabled, { operatorId: disabled.operatorId, enabled: false });
    const refusals = await Promise.all(
      [
        { email, password: 'wrong password' },
        { email: 'unknown@example.com', password: 'wrong password' },
        { email: disabled.email, password: disabled.password },
      ].map((body) =>
        newBrowser()
          .take('signIn', body)
          .catch((error: unknown) => (error as AppError).toWire()),
      ),
    );
    expect(refusals[0]).toMatchObject({ code: 1190140, name: 'ADMIN_SIGN_IN_REFUSED' });
    expect(refusals[1]).toEqual(refusals[0]);
    expect(refusals[2]).toEqual(refusals[0]);
    const rows = await auditRows();
    for (const refused of [email, 'unknown@example.com', disabled.email]) {
      expect(rows).toContainEqual(
        expect.objectContaining({
          ...{ action: 'admin.signIn', outcome: 'refused', address: '198.51.100.7' },
          after: { reason: `operator ${refused}: signIn refused`, failures: 1 },
        }),
      );
    }
    expect(rows).toContainEqual(
      expect.objectContaining({ action: 'operator.signIn', actor: email, outcome: 'done' }),
    );
    expect(JSON.stringify(rows)).not.toContain(password);
    expect((await database.operators.find({ operatorId }))?.email).toBe(email);
  });

  test('sets a cookie that scripts cannot read and that other sites do not send', async () => {
    const { email, password } = await signedIn([{ role: 'viewer' }]);
    const { setCookies, body } = await newBrowser().takeFully('signIn', { email, password });
    expect(body).toEqual({ next: 'done' });
    expect(setCookies).toEqual([
      expect.stringMatching(/^polyroom\.session=[^;]+; Max-Age=\d+; Path=\/v1; HttpOnly; SameSite=Strict$/),
    ]);
  });

  test('keeps passwords as argon2id with 19 MiB and 2 passes', async () => {
    const { hashPassword } = await import('./password.js');
    const hash = await hashPassword('some password');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verifyPassword('some password', hash)).toBe(true);
    expect(await verifyPassword('some passworD', hash)).toBe(false);
  });

  test('accepts no forged credential', async () => {
    const { browser } = await signedIn([{ role: 'owner' }]);
    const [token, signature] = browser.credential.split('.') as [string, string];
    const forged = new OperatorBrowser(() => client);
    for (const credential of [
      token,
      `${token}.`,
      `${token}.${signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`,
    ]) {
      Object.defineProperty(forged, 'credential', { value: credential, configurable: true });
      expect([credential.length, await codeOf(forged.authorize('apps:read'))]).toEqual([
        credential.length,
        1190101,
      ]);
    }
  });
});

describe('TOTP', () => {
  async function enrolled() {
    const operator = await signedIn([{ role: 'viewer' }]);
    const { browser, email, password } = operator;
    const { totpUri, recoveryCodes } = await browser.take('enrolTotp', { password });
    secrets.push(new URL(totpUri).searchParams.get('secret')!, ...recoveryCodes);
    const enrolmentCode = totpCode(totpUri);
    await browser.take('verifyTotp', { code: enrolmentCode });
    const begin = async () => {
      const started = newBrowser();
      expect(await started.take('signIn', { email, password })).toEqual({ next: 'totp' });
      return started;
    };
    return { ...operator, totpUri, recoveryCodes, begin, enrolmentCode };
  }

  test('the sign-in needs a code after the password, and each code opens one session', async () => {
    const { begin, totpUri, email, browser, enrolmentCode } = await enrolled();
    expect((await browser.take('getSession', {})).operator).toMatchObject({ hasTotp: true });
    expect(totpUri).toMatch(
      /^otpauth:\/\/totp\/Polyroom:operator\d+%40example.com\?secret=[A-Z2-7]{26,}&issuer=Polyroom/,
    );
    const [first, second, third] = [await begin(), await begin(), await begin()];
    // Only the password: no session.
    expect(await codeOf(first.authorize('apps:read'))).toBe(1190101);
    expect(await codeOf(first.take('getSession', {}))).toBe(1190101);
    // The codes before and after the current one are accepted too.
    const code = totpCode(totpUri, 1);
    expect(
      await codeOf(
        first.take('verifyTotp', { code: code.replace(/^./, (digit) => String((Number(digit) + 1) % 10)) }),
      ),
    ).toBe(1190140);
    expect(await first.take('verifyTotp', { code })).toEqual({ next: 'done' });
    expect(await first.authorize('apps:read')).toBe(email);
    expect(await codeOf(second.take('verifyTotp', { code }))).toBe(1190140);
    expect(await codeOf(second.authorize('apps:read'))).toBe(1190101);
    // Used in the enrolment.
    expect(await codeOf(third.take('verifyTotp', { code: enrolmentCode }))).toBe(1190140);
    const rows = await auditRows();
    expect(rows).toContainEqual(expect.objectContaining({ action: 'operator.enrolTotp', actor: email }));
    expect(rows).toContainEqual(
      expect.objectContaining({ action: 'operator.signIn', actor: email, after: { step: 'verifyTotp' } }),
    );
  });

  test('a recovery code replaces a code once, and new codes replace the old ones', async () => {
    const { begin, recoveryCodes, email, browser, password } = await enrolled();
    expect(recoveryCodes).toHaveLength(10);
    const [one, two, three] = recoveryCodes as [string, string, string];
    const first = await begin();
    await first.take('verifyRecoveryCode', { code: one });
    expect(await first.authorize('apps:read')).toBe(email);
    expect(await codeOf((await begin()).take('verifyRecoveryCode', { code: one }))).toBe(1190140);
    const { recoveryCodes: fresh } = await browser.take('renewRecoveryCodes', { password });
    secrets.push(...fresh);
    expect(await codeOf((await begin()).take('verifyRecoveryCode', { code: two }))).toBe(1190140);
    expect(await (await begin()).take('verifyRecoveryCode', { code: fresh[0]! })).toEqual({ next: 'done' });
    expect(await codeOf(browser.take('renewRecoveryCodes', { password: 'wrong password' }))).toBe(1190140);
    expect(three).toBeDefined();
  });

  test('ten wrong codes lock the second factor of the account, from any address', async () => {
    const { begin, totpUri } = await enrolled();
    const wrong = String((Number(totpCode(totpUri)) + 500_000) % 1_000_000).padStart(6, '0');
    const codes: number[] = [];
    for (const attempts of [5, 5]) {
      const browser = await begin();
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        codes.push(await codeOf(browser.take('verifyTotp', { code: wrong })));
      }
      // The challenge is used up.
      codes.push(await codeOf(browser.take('verifyTotp', { code: wrong })));
    }
    expect(new Set(codes)).toEqual(new Set([1190140, 1190111]));
    expect(await codeOf((await begin()).take('verifyTotp', { code: totpCode(totpUri) }))).toBe(1190111);
  });

  test('is removed with the password, or by an owner; then the password is enough', async () => {
    const { browser, email, password, operatorId } = await enrolled();
    expect(await codeOf(browser.take('removeTotp', { password: 'wrong password' }))).toBe(1190140);
    await browser.take('removeTotp', { password });
    expect(await newBrowser().take('signIn', { email, password })).toEqual({ next: 'done' });
    const { totpUri, recoveryCodes } = await browser.take('enrolTotp', { password });
    secrets.push(new URL(totpUri).searchParams.get('secret')!, ...recoveryCodes);
    await browser.take('verifyTotp', { code: totpCode(totpUri) });
    expect(await newBrowser().take('signIn', { email, password })).toEqual({ next: 'totp' });
    await ask(operatorsRpc.resetOperatorFactors, { operatorId });
    expect(await newBrowser().take('signIn', { email, password })).toEqual({ next: 'done' });
  });
});

describe('roles', () => {
  const appId = 7;

  test.each(roleSchema.options)(
    '%s has the permissions of the table, for one AppID and for all',
    async (role) => {
      const { browser, operatorId } = await signedIn([{ role }]);
      const outcome = async (ofAppId: number) => {
        const lines: string[] = [];
        // One by one: on a busy machine some of so many at once would not be answered in time.
        for (const permission of permissions) {
          const isOfApp = permissionList[permission].scope === 'app';
          const code = await codeOf(browser.authorize(permission, isOfApp ? ofAppId : undefined));
          lines.push(`${permission} ${code}`);
        }
        return lines;
      };
      expect(await outcome(appId)).toEqual(
        permissions.map((permission) => `${permission} ${roleHas(role, permission) ? 0 : 1190141}`),
      );
      if (role === 'owner') {
        return;
      }
      await ask(operatorsRpc.setOperatorGrants, { operatorId, grants: [{ role, appId }] });
      expect(await outcome(appId)).toEqual(
        permissions.map((permission) => {
          const isOfApp = permissionList[permission].scope === 'app';
          return `${permission} ${isOfApp && roleHas(role, permission) ? 0 : 1190141}`;
        }),
      );
      expect(new Set((await outcome(8)).map((line) => line.split(' ')[1]))).toEqual(new Set(['1190141']));
    },
  );

  test('an owner of one AppID, and two roles for one AppID, are refused', async () => {
    const { operatorId } = await newOperator([]);
    for (const grants of [
      [{ role: 'owner', appId }],
      [
        { role: 'viewer', appId },
        { role: 'operator', appId },
      ],
    ] as OperatorGrant[][]) {
      expect(await codeOf(ask(operatorsRpc.setOperatorGrants, { operatorId, grants }))).toBe(1000017);
    }
  });
});

describe('sessions', () => {
  test('end when the operator signs out, which is announced to gateways', async () => {
    const { browser, operatorId } = await signedIn([{ role: 'viewer' }]);
    const other = newBrowser();
    Object.defineProperty(other, 'credential', { value: browser.credential });
    expect(await codeOf(other.authorize('apps:read'))).toBe(0);
    changes.length = 0;
    await browser.take('signOut', {});
    await waitFor(() => changes.some((change) => change.operatorId === operatorId), {
      describe: 'the event',
    });
    expect(await codeOf(other.authorize('apps:read'))).toBe(1190101);
    expect(await codeOf(browser.take('getSession', {}))).toBe(1190101);
  });

  test('are listed without their credentials, and can be ended one by one', async () => {
    const { browser, email, password } = await signedIn([{ role: 'viewer' }]);
    const second = newBrowser();
    await second.take('signIn', { email, password });
    const { sessions } = await browser.take('listSessions', {});
    expect(sessions).toMatchObject([
      { current: false, address: '198.51.100.7', userAgent: 'test' },
      { current: true },
    ]);
    expect(JSON.stringify(sessions)).not.toContain(second.credential.split('.')[0]!);
    await browser.take('endSession', { sessionId: sessions[0]!.sessionId });
    expect(await codeOf(second.authorize('apps:read'))).toBe(1190101);
    expect(await codeOf(browser.authorize('apps:read'))).toBe(0);
    expect(await codeOf(browser.take('endSession', { sessionId: sessions[0]!.sessionId }))).toBe(1190149);
  });

  test('of others cannot be ended by an operator', async () => {
    const [one, another] = [await signedIn([{ role: 'viewer' }]), await signedIn([{ role: 'viewer' }])];
    const { sessions } = await one.browser.take('listSessions', {});
    const attempt = another.browser.take('endSession', { sessionId: sessions[0]!.sessionId });
    expect(await codeOf(attempt)).toBe(1190149);
    expect(await codeOf(one.browser.authorize('apps:read'))).toBe(0);
  });

  test('all end with a change of the password, a reset, and a disabled account', async () => {
    for (const [act, own] of [
      [(operatorId: string) => ask(operatorsRpc.setOperatorEnabled, { operatorId, enabled: false }), 1190101],
      [
        async (operatorId: string) => {
          secrets.push((await ask(operatorsRpc.resetOperatorPassword, { operatorId })).temporaryPassword);
        },
        1190101,
      ],
      [(operatorId: string) => ask(operatorsRpc.resetOperatorFactors, { operatorId }), 1190101],
      [(operatorId: string) => ask(operatorsRpc.endOperatorSessions, { operatorId }), 1190101],
    ] as const) {
      const { browser, operatorId } = await signedIn([{ role: 'viewer' }]);
      expect(await codeOf(browser.authorize('apps:read'))).toBe(0);
      await act(operatorId);
      expect(await codeOf(browser.authorize('apps:read'))).toBe(own);
      expect((await ask(operatorsRpc.listOperatorSessions, { operatorId })).sessions).toEqual([]);
    }
    const { browser, email, password } = await signedIn([{ role: 'viewer' }]);
    const second = newBrowser();
    await second.take('signIn', { email, password });
    const newPassword = 'another long pass phrase 77';
    secrets.push(newPassword);
    await second.take('changePassword', { currentPassword: password, newPassword });
    expect(await codeOf(browser.authorize('apps:read'))).toBe(1190101);
    expect(await codeOf(second.authorize('apps:read'))).toBe(0);
  });
});

describe('owners', () => {
  test('the last owner cannot be disabled or lose the role, and reset-owner restores access', async () => {
    const lone = await signedIn([{ role: 'owner' }]);
    for (const { operatorId, grants } of (await ask(operatorsRpc.listOperators, {})).operators) {
      if (operatorId !== lone.operatorId && grants.some(({ role }) => role === 'owner')) {
        await ask(operatorsRpc.setOperatorEnabled, { operatorId, enabled: false });
      }
    }
    const { operatorId, email } = lone;
    expect(await codeOf(ask(operatorsRpc.setOperatorEnabled, { operatorId, enabled: false }))).toBe(1190146);
    expect(
      await codeOf(ask(operatorsRpc.setOperatorGrants, { operatorId, grants: [{ role: 'viewer' }] })),
    ).toBe(1190146);
    expect(await lone.browser.authorize('operators:write')).toBe(email);

    const lost = await newOperator([{ role: 'viewer', appId: 7 }]);
    await ask(operatorsRpc.setOperatorEnabled, { operatorId: lost.operatorId, enabled: false });
    const password = await resetOwner(database, lost.email);
    secrets.push(password);
    expect(await newBrowser().take('signIn', { email: lost.email, password })).toEqual({ next: 'done' });
    expect(await database.operators.find({ email: lost.email })).toMatchObject({
      enabled: true,
      grants: [{ role: 'owner' }, { role: 'viewer', appId: 7 }],
    });
    secrets.push(await resetOwner(database, 'new-owner@example.com'));
    expect(await database.operators.find({ email: 'new-owner@example.com' })).toMatchObject({
      enabled: true,
    });
  });

  test('an e-mail address has one account, and changes are audited without secrets', async () => {
    const { email, operatorId, temporaryPassword } = await newOperator([{ role: 'viewer' }]);
    const again = ask(operatorsRpc.createOperator, { email: email.toUpperCase(), name: 'Again', grants: [] });
    expect(await codeOf(again)).toBe(1190145);
    await ask(operatorsRpc.setOperatorGrants, { operatorId, grants: [{ role: 'operator', appId: 9 }] });
    const rows = (await auditRows()).filter(({ subject }) => subject === email);
    expect(rows).toMatchObject([
      { actor: 'alice', action: 'operator.setGrants', before: { grants: [{ role: 'viewer' }] } },
      { actor: 'alice', action: 'operator.create', after: { grants: [{ role: 'viewer' }] } },
    ]);
    expect(JSON.stringify(rows)).not.toContain(temporaryPassword);
    expect(await codeOf(ask(operatorsRpc.setOperatorEnabled, { operatorId: 'none', enabled: true }))).toBe(
      1190144,
    );
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { AppError, appSecretsRpc, auditRpc, authRpc } from '@polyroom/contracts';
import { runService, type RunningService } from '@polyroom/nest-service';
import { Database, SecretKeys } from '@polyroom/persistence';
import {
  type RunningPostgres,
  type RunningServer,
  startNats,
  startPostgres,
  waitFor,
} from '@polyroom/testing';
import { generateToken04, issueNativeToken, secretIdOf } from '@polyroom/tokens';
import { AdminTokens } from '../admin/admin-tokens.js';
import { AuthModule } from '../auth.module.js';
import { CapturedLog } from '../../test/captured-log.js';
import { inTurns } from '../../test/in-turns.js';
import { Operator } from '../../test/operator.js';

/* Two instances, because one instance makes a change and the other one must act on it. */
const adminToken = 'alice-has-a-long-token';
const secretKeys = SecretKeys.parse(SecretKeys.generate());
const { lines: logged, logger } = new CapturedLog('trace');

let nats: RunningServer;
let postgres: RunningPostgres;
let client: Bus;
const services: RunningService[] = [];
const shown: string[] = [];
let lastAppId = 2000;

const operator = new Operator(() => client, adminToken);
const ask: Operator['ask'] = async (contract, request) => operator.ask(contract, request);

beforeAll(async () => {
  [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  for (let instance = 0; instance < 2; instance += 1) {
    const database = await Database.open({ databaseUrl: postgres.url, secretKeys, logger });
    const bus = await Bus.connect({ url: nats.url, name: 'auth', logger });
    const adminTokens = AdminTokens.parse(`alice:${adminToken}`);
    const module = AuthModule.register({ database, adminTokens, bus, maxGrantSeconds: 86_400 });
    services.push(
      await runService({ name: 'auth', module, bus, logger, httpHost: '127.0.0.1', httpPort: 0 }),
    );
  }
  client = await Bus.connect({ url: nats.url, name: 'client', logger });
});
afterAll(async () => {
  await client?.close();
  await Promise.all(services.map((service) => service.close()));
  await Promise.all([nats?.close(), postgres?.close()]);
});

async function newApp() {
  lastAppId += 1;
  const { appSign, serverSecret } = await ask(authRpc.createApp, {
    appId: lastAppId,
    name: 'test',
    credentialKinds: ['appSign', 'token04', 'native'],
  });
  shown.push(appSign, serverSecret);
  return { appId: lastAppId, appSign, serverSecret };
}

async function codeOf(promise: Promise<unknown>): Promise<number> {
  return promise.then(
    () => 0,
    (error: unknown) => (error as AppError).code,
  );
}

async function login(appId: number, secret: string): Promise<number> {
  const user = { appId, userId: 'ann' };
  const options = { ...user, secret, effectiveTimeSeconds: 60 };
  const token = Math.random() < 0.5 ? generateToken04(options) : await issueNativeToken(options);
  return codeOf(client.request(authRpc.authenticate, { ...user, roomId: 'r', token }));
}

function loginBySign(appId: number, appSign: string): Promise<number> {
  return codeOf(client.request(authRpc.authenticate, { appId, userId: 'ann', roomId: 'r', appSign }));
}

/** The codes of enough logins to reach both instances. */
async function codesOf(attempt: () => Promise<number>): Promise<number[]> {
  return [...new Set(await inTurns(24, attempt))];
}

async function add(appId: number): Promise<{ secretId: string; value: string }> {
  const { secret, serverSecret } = await ask(appSecretsRpc.addSecret, { appId });
  shown.push(serverSecret);
  expect(secret.secretId).toBe(secretIdOf(serverSecret));
  return { secretId: secret.secretId, value: serverSecret };
}

async function statesOf(appId: number): Promise<Record<string, string>> {
  const { secrets } = await ask(appSecretsRpc.listSecrets, { appId });
  return Object.fromEntries(secrets.map(({ secretId, state }) => [secretId, state]));
}

describe('ServerSecrets', () => {
  it('are rotated without a failed login, and a retired one is refused by every instance', async () => {
    const { appId, serverSecret } = await newApp();
    const oldId = secretIdOf(serverSecret);
    let signing = serverSecret;
    let rotating = true;
    const failures: number[] = [];
    let logins = 0;
    const appServer = async (): Promise<void> => {
      while (rotating) {
        const code = await login(appId, signing);
        logins += 1;
        if (code !== 0) {
          failures.push(code);
        }
      }
    };
    const loops = [appServer(), appServer(), appServer(), appServer()];
    const made = async (): Promise<void> => {
      const from = logins;
      await waitFor(() => logins > from + 50, { timeoutMs: 30_000, describe: 'logins during the rotation' });
    };

    await made();
    const added = await add(appId);
    expect(await statesOf(appId)).toEqual({ [oldId]: 'primary', [added.secretId]: 'live' });
    await made();
    await ask(appSecretsRpc.promoteSecret, { appId, secretId: added.secretId });
    expect(await statesOf(appId)).toEqual({ [oldId]: 'live', [added.secretId]: 'primary' });
    signing = added.value;
    await made();
    await ask(appSecretsRpc.retireSecret, { appId, secretId: oldId });
    await waitFor(async () => (await codesOf(() => login(appId, serverSecret))).join() === '1002033', {
      describe: 'the retired secret to be refused',
    });
    await made();
    rotating = false;
    await Promise.all(loops);

    expect(failures).toEqual([]);
    expect(await codesOf(() => login(appId, serverSecret))).toEqual([1002033]);
    expect(await statesOf(appId)).toEqual({ [oldId]: 'retired', [added.secretId]: 'primary' });
  });

  it('are two at most, and never return once retired', async () => {
    const { appId, serverSecret } = await newApp();
    const secretId = secretIdOf(serverSecret);
    const adding = (own?: string) =>
      codeOf(ask(appSecretsRpc.addSecret, { appId, ...(own ? { serverSecret: own } : {}) }));
    const change = (
      rpc: typeof appSecretsRpc.promoteSecret | typeof appSecretsRpc.retireSecret,
      id: string,
    ) => codeOf(ask(rpc, { appId, secretId: id }));

    expect(await adding(serverSecret)).toBe(1190152);
    expect(await change(appSecretsRpc.retireSecret, secretId)).toBe(1190154);
    const added = await add(appId);
    expect(await adding()).toBe(1190153);
    expect(await change(appSecretsRpc.retireSecret, 'f'.repeat(16))).toBe(1190151);
    expect(await change(appSecretsRpc.promoteSecret, added.secretId)).toBe(0);
    expect(await change(appSecretsRpc.retireSecret, secretId)).toBe(0);
    expect(await adding(serverSecret)).toBe(1190152);
    expect(await change(appSecretsRpc.promoteSecret, secretId)).toBe(1190151);
    expect(await codeOf(ask(appSecretsRpc.listSecrets, { appId: 9 }))).toBe(1190102);
  });

  it('are added by two operators at once up to the limit', async () => {
    const { appId } = await newApp();
    const codes = await Promise.all([1, 2, 3].map(() => codeOf(ask(appSecretsRpc.addSecret, { appId }))));
    expect(codes.sort()).toEqual([0, 1190153, 1190153]);
  });
});

describe('the AppSign', () => {
  it('is replaced at once by default', async () => {
    const { appId, appSign } = await newApp();
    expect(await codesOf(() => loginBySign(appId, appSign))).toEqual([0]);
    const replaced = await ask(appSecretsRpc.replaceAppSign, { appId });
    shown.push(replaced.appSign);
    await waitFor(async () => (await codesOf(() => loginBySign(appId, appSign))).join() === '1001005', {
      describe: 'the old AppSign to be refused',
    });
    expect(await codesOf(() => loginBySign(appId, replaced.appSign))).toEqual([0]);
  });

  it('is replaced while the old one stays valid until the given time', async () => {
    const { appId, appSign } = await newApp();
    // Long enough for what follows, also on a busy machine.
    const laterMs = Date.now() + 60_000;
    const second = await ask(appSecretsRpc.replaceAppSign, { appId, oldValidUntilMs: laterMs });
    expect(second.oldValidUntilMs).toBe(laterMs);
    expect(await codesOf(() => loginBySign(appId, second.appSign))).toEqual([0]);
    expect(await codesOf(() => loginBySign(appId, appSign))).toEqual([0]);

    const oldValidUntilMs = Date.now() + 3000;
    const third = await ask(appSecretsRpc.replaceAppSign, { appId, oldValidUntilMs });
    shown.push(second.appSign, third.appSign);
    await waitFor(
      async () => (await codesOf(() => loginBySign(appId, second.appSign))).join() === '1001005',
      { timeoutMs: 10_000, describe: 'the old AppSign to expire' },
    );
    expect(Date.now()).toBeGreaterThanOrEqual(oldValidUntilMs);
    expect(await codesOf(() => loginBySign(appId, third.appSign))).toEqual([0]);
  });

  it('is not replaced with a time in the past', async () => {
    const { appId } = await newApp();
    const replacing = ask(appSecretsRpc.replaceAppSign, { appId, oldValidUntilMs: 1 });
    await expect(replacing).rejects.toMatchObject({ details: { path: 'oldValidUntilMs' } });
  });
});

// Last, because it reads the audit and the logs of all other tests.
it('the audit names each change, and neither it nor the log contains a credential', async () => {
  const audits = await Promise.all(
    Array.from({ length: lastAppId - 2000 }, (_, index) =>
      ask(auditRpc.listAudit, { appId: 2001 + index, limit: 100 }),
    ),
  );
  const actions = new Set(audits.flatMap(({ entries }) => entries.map(({ action }) => action)));
  expect([...actions].sort()).toEqual([
    'app.create',
    'app.replaceAppSign',
    'secret.add',
    'secret.promote',
    'secret.retire',
  ]);
  const text = logged.join('') + JSON.stringify(audits);
  shown.forEach((credential) => expect(text).not.toContain(credential));
});

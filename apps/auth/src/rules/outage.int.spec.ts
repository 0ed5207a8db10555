import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { AppError, appSecretsRpc, auditRpc, authRpc, tokensRevoked } from '@polyroom/contracts';
import { runService, type RunningService } from '@polyroom/nest-service';
import { Database, SecretKeys } from '@polyroom/persistence';
import {
  type RunningPostgres,
  type RunningServer,
  startNats,
  startPostgres,
  waitFor,
} from '@polyroom/testing';
import { generateToken04, token04IdOf } from '@polyroom/tokens';
import { AdminTokens } from '../admin/admin-tokens.js';
import { AuthModule } from '../auth.module.js';
import { CapturedLog } from '../../test/captured-log.js';
import { inTurns } from '../../test/in-turns.js';
import { Operator } from '../../test/operator.js';

/* Two instances on a PostgreSQL that is stopped: both must know every AppID. */
const adminToken = 'alice-has-a-long-token';
/** How long the rules are used. A quarter may have passed before the outage; the rest is for what must still work. */
const outageMs = 15_000;
const loopMs = 3000;
const unavailable = 1190204;
const instances = [1, 2];
const { lines: logged, logger } = new CapturedLog('debug');
const secretKeys = SecretKeys.parse(SecretKeys.generate());

let nats: RunningServer;
let postgres: RunningPostgres;
let client: Bus;
const services: RunningService[] = [];

const operator = new Operator(() => client, adminToken);
const ask: Operator['ask'] = async (contract, request) => operator.ask(contract, request);

beforeAll(async () => {
  [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  for (const instance of instances) {
    const database = await Database.open({ databaseUrl: postgres.url, secretKeys, logger });
    const bus = await Bus.connect({ url: nats.url, name: 'auth', logger });
    const adminTokens = AdminTokens.parse(`alice:${adminToken}`);
    const module = AuthModule.register({ database, adminTokens, bus, maxGrantSeconds: 86_400, outageMs });
    services.push(
      await runService({
        name: 'auth',
        module,
        bus,
        logger: logger.child({ instance }),
        httpHost: '127.0.0.1',
        httpPort: 0,
      }),
    );
  }
  client = await Bus.connect({ url: nats.url, name: 'client', logger });
});
afterAll(async () => {
  await client?.close();
  await Promise.all(services.map((service) => service.close()));
  await Promise.all([nats?.close(), postgres?.close()]);
});

async function codeOf(promise: Promise<unknown>): Promise<number> {
  return promise.then(
    () => 0,
    (error: unknown) => (error as AppError).code,
  );
}

interface App {
  appId: number;
  serverSecret: string;
}

async function newApp(appId: number): Promise<App> {
  const { serverSecret } = await ask(authRpc.createApp, { appId, name: 'test' });
  return { appId, serverSecret };
}

function tokenOf({ appId, serverSecret: secret }: App, userId = 'ann'): string {
  return generateToken04({ appId, userId, secret, effectiveTimeSeconds: 60 });
}

function loginWith({ appId }: App, token: string, userId = 'ann'): Promise<number> {
  return codeOf(client.request(authRpc.authenticate, { appId, userId, roomId: 'r', token }));
}

function login(app: App): Promise<number> {
  return loginWith(app, tokenOf(app));
}

/** The codes of enough logins with a token to reach both instances. */
async function codesWith(app: App, token: string, userId?: string): Promise<number[]> {
  return [...new Set(await inTurns(16, () => loginWith(app, token, userId)))];
}

/** The codes of what a login asks auth for, from enough requests to reach both instances. */
async function codesOf(app: App): Promise<number[]> {
  const asked = await inTurns(16, () =>
    Promise.all([login(app), codeOf(client.request(authRpc.getEntitlements, { appId: app.appId }))]),
  );
  return [...new Set(asked.flat())];
}

function hasReadAll(instance: number, apps: number): boolean {
  return logged.some((text) => {
    const line = JSON.parse(text) as { instance?: number; apps?: number; msg: string };
    return line.instance === instance && line.apps === apps && line.msg === 'rules of all apps read';
  });
}

it('keeps known AppIDs going while PostgreSQL is stopped, for a bounded time', async () => {
  const [used, quiet, disabled] = [await newApp(1), await newApp(2), await newApp(3)];
  await ask(authRpc.setEntitlement, { appId: 1, name: 'multiRoom', value: true });
  await ask(authRpc.setAppEnabled, { appId: 3, enabled: false });
  await waitFor(async () => (await codesOf(used)).join() === '0', { describe: 'both instances to answer' });
  await waitFor(async () => (await codesOf(disabled)).join() === '1000037', { describe: 'the switch' });
  const { key: apiKey } = await ask(authRpc.createApiKey, {
    ...{ appId: 1, name: 'server', permissions: ['rooms:read'] },
  });
  const authorizeKey = () =>
    codeOf(client.request(authRpc.authorize, { credential: apiKey, permission: 'rooms:read', appId: 1 }));
  expect(await authorizeKey()).toBe(0);
  const revoked = tokenOf(quiet);
  await ask(authRpc.revokeTokens, { appId: 2, token: revoked });
  // No user logs in to the second AppID: the instances read all of them from time to time.
  logged.length = 0;
  await waitFor(() => instances.every((instance) => hasReadAll(instance, 3)), {
    timeoutMs: outageMs,
    describe: 'both instances to read all AppIDs',
  });

  // Also requests whose queries are running when the server ends.
  let stopping = true;
  const during = new Set<number>();
  const loop = async (): Promise<void> => {
    while (stopping) {
      (await codesOf(used)).forEach((code) => during.add(code));
    }
  };
  const loops = [loop(), loop()];
  await postgres.kill();
  const stoppedAtMs = performance.now();
  while (performance.now() - stoppedAtMs < loopMs) {
    expect(await codesOf(quiet)).toEqual([0]);
  }
  stopping = false;
  await Promise.all(loops);
  expect([...during]).toEqual([0]);
  expect(await codesOf(disabled)).toEqual([1000037]);
  expect((await client.request(authRpc.getEntitlements, { appId: 1 })).entitlements.multiRoom).toBe(true);
  expect(await codesOf({ ...used, appId: 4 })).toEqual([unavailable]);
  expect(await authorizeKey()).toBe(unavailable);
  expect(await codesWith(quiet, revoked)).toEqual([1190403]);
  expect((await client.request(authRpc.findRevoked, { appId: 2, tokens: [] })).version).toBe(1);
  // Stored just before the outage, so that no instance could read it any more.
  const [late, other] = [tokenOf(quiet, 'bob'), tokenOf(quiet, 'bob')];
  client.publish(
    tokensRevoked,
    {},
    {
      ...{ appId: 2, version: 2 },
      revocation: { userId: 'bob', tokenId: token04IdOf(late) },
    },
  );
  await waitFor(async () => (await codesWith(quiet, late, 'bob')).join() === '1190403', {
    describe: 'the announced revocation to count',
  });
  expect(await codesWith(quiet, other, 'bob')).toEqual([0]);
  for (const request of [
    ask(authRpc.listApps, {}),
    ask(authRpc.createApp, { appId: 5, name: 'new' }),
    ask(authRpc.setAppEnabled, { appId: 1, enabled: false }),
    ask(authRpc.setEntitlement, { appId: 1, name: 'multiRoom', value: false }),
    ask(authRpc.listEntitlements, { appId: 1 }),
    ask(auditRpc.listAudit, { appId: 1 }),
    ask(appSecretsRpc.listSecrets, { appId: 1 }),
    ask(appSecretsRpc.addSecret, { appId: 1 }),
    ask(appSecretsRpc.replaceAppSign, { appId: 1 }),
    ask(authRpc.deleteApp, { appId: 1, confirm: 'test' }),
    ask(authRpc.revokeTokens, { appId: 1, userId: 'ann' }),
    ask(authRpc.createApiKey, { appId: 1, name: 'other', permissions: ['rooms:read'] }),
  ]) {
    await expect(request).rejects.toMatchObject({
      code: unavailable,
      category: 'unavailable',
      retryable: true,
    });
  }
  await waitFor(async () => (await codesOf(used)).join() === String(unavailable), {
    timeoutMs: outageMs,
    describe: 'the rules to become too old',
  });

  await postgres.restart();
  await waitFor(
    async () => [...(await codesOf(used)), ...(await codesOf(quiet))].every((code) => code === 0),
    {
      timeoutMs: 15_000,
      describe: 'logins after the outage',
    },
  );
  // Nothing of the failed requests was done.
  expect((await ask(authRpc.listApps, {})).apps.map(({ appId, enabled }) => [appId, enabled])).toEqual([
    ...[
      [1, true],
      [2, true],
    ],
    [3, false],
  ]);
  expect((await client.request(authRpc.getEntitlements, { appId: 1 })).entitlements.multiRoom).toBe(true);
  expect((await ask(appSecretsRpc.listSecrets, { appId: 1 })).secrets).toHaveLength(1);
  expect((await ask(authRpc.listApiKeys, { appId: 1 })).apiKeys).toHaveLength(1);
  expect((await ask(auditRpc.listAudit, { appId: 1 })).entries.map(({ action }) => action)).toEqual([
    ...['apiKey.create', 'entitlement.set', 'app.create'],
  ]);
  expect(await authorizeKey()).toBe(0);
  expect(await codesWith(quiet, revoked)).toEqual([1190403]);

  await ask(authRpc.setAppEnabled, { appId: 1, enabled: false });
  await waitFor(async () => (await codesOf(used)).join() === '1000037', {
    describe: 'a change after the outage to apply',
  });
});

import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { auditRpc } from '@polyroom/contracts';
import { runService, type RunningService } from '@polyroom/nest-service';
import { Database } from '@polyroom/persistence';
import { type RunningServer, startNats } from '@polyroom/testing';
import Provider from 'oidc-provider';
import { pino } from 'pino';
import { AdminTokens } from '../admin/admin-tokens.js';
import { AuthModule } from '../auth.module.js';
import { Operator } from '../../test/operator.js';
import { OperatorBrowser } from '../../test/operator-browser.js';
import { defaultAccountSettings } from './account-settings.js';
import { parseRoles } from './parse-roles.js';

const adminToken = 'alice-has-a-long-token';
const clientSecret = 'a-client-secret-of-the-provider';
const callbackUrl = `${defaultAccountSettings.adminUrl}/v1/session/callback/oidc`;
const logged: string[] = [];
const logger = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
/** The groups of each user at the provider. */
const groupsOf: Record<string, string[]> = {
  ada: ['video-admins', 'all-staff'],
  bob: ['support', 'shop-team'],
  eve: ['all-staff'],
};

let nats: RunningServer;
let provider: Server;
let service: RunningService;
let database: Database;
let client: Bus;

beforeAll(async () => {
  nats = await startNats();
  provider = createServer();
  provider.listen(0, '127.0.0.1');
  await once(provider, 'listening');
  const issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  const oidc = new Provider(issuer, {
    clients: [{ client_id: 'polyroom', client_secret: clientSecret, redirect_uris: [callbackUrl] }],
    claims: { openid: ['sub', 'groups'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({
        ...{ sub: id, name: `${id} of the company`, groups: groupsOf[id] ?? [] },
        ...{ email: `${id}@company.example`, email_verified: true },
      }),
    }),
  });
  provider.on('request', oidc.callback());
  database = await Database.open({ pgliteDir: 'memory://', logger });
  const bus = await Bus.connect({ url: nats.url, name: 'auth', logger });
  service = await runService({
    name: 'auth',
    module: AuthModule.register({
      ...{ database, bus, maxGrantSeconds: 86_400 },
      adminTokens: AdminTokens.parse(`alice:${adminToken}`),
      accounts: {
        ...defaultAccountSettings,
        oidc: {
          ...{ issuer, name: 'Company', clientId: 'polyroom', clientSecret, rolesClaim: 'groups' },
          grantsOf: parseRoles('video-admins=owner, support=viewer, shop-team=operator:7'),
        },
      },
    }),
    ...{ bus, logger, httpHost: '127.0.0.1', httpPort: 0 },
  });
  client = await Bus.connect({ url: nats.url, name: 'client', logger });
});
afterAll(async () => {
  await client?.close();
  await service?.close();
  provider?.closeAllConnections();
  provider?.close();
  await nats?.close();
});

const newBrowser = (): OperatorBrowser => new OperatorBrowser(() => client);

/** Signs a user in at the provider's own pages, and returns where it sends the browser. */
async function visitProvider(url: string, login: string): Promise<URL> {
  const cookies = new Map<string, string>();
  const visit = async (at: URL, form?: Record<string, string>): Promise<URL | string> => {
    const response = await fetch(at, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    return location === null ? response.text() : new URL(location, at);
  };
  let at = new URL(url);
  for (let hop = 0; hop < 12; hop += 1) {
    const answer = await visit(at);
    if (answer instanceof URL) {
      at = answer;
    } else {
      const prompt = /name="prompt" value="(\w+)"/.exec(answer)?.[1] ?? 'none';
      const next = await visit(at, { prompt, ...(prompt === 'login' ? { login, password: 'any' } : {}) });
      if (!(next instanceof URL)) {
        throw new Error(`the provider shows a page after ${prompt}: ${next.slice(0, 500)}`);
      }
      at = next;
    }
    if (at.href.startsWith(callbackUrl)) {
      return at;
    }
  }
  throw new Error(`the provider does not come back, last at ${at.href}`);
}

async function signIn(browser: OperatorBrowser, login: string) {
  const begun = await browser.takeFully('beginOidc', {});
  const back = await visitProvider((begun.body as { url: string }).url, login);
  const query = Object.fromEntries(back.searchParams);
  return { begun, query, ...(await browser.takeFully('finishOidc', query)) };
}

test('a user of the provider signs in with the roles of its groups', async () => {
  expect(await newBrowser().take('listMethods', {})).toMatchObject({ oidc: 'Company' });
  const ada = newBrowser();
  const { redirectTo, begun } = await signIn(ada, 'ada');
  expect(redirectTo).toBe('http://localhost:7088/admin.html');
  // The browser comes back from another site: only the cookie of the exchange may be sent then.
  expect(begun.setCookies.length).toBeGreaterThan(0);
  begun.setCookies.forEach((cookie) => expect(cookie).toContain('SameSite=Lax'));
  expect(await ada.authorize('operators:write')).toBe('ada@company.example');
  const bob = newBrowser();
  await signIn(bob, 'bob');
  const { operator } = await bob.take('getSession', {});
  expect(operator).toMatchObject({
    ...{ email: 'bob@company.example', hasPassword: false, mustChangePassword: false },
    grants: [{ role: 'viewer' }, { role: 'operator', appId: 7 }],
  });
  expect(await bob.authorize('users:kick', 7)).toBe('bob@company.example');
  await expect(bob.authorize('users:kick', 8)).rejects.toMatchObject({ code: 1190141 });
});

test('each sign-in replaces the roles', async () => {
  const before = groupsOf['bob']!;
  groupsOf['bob'] = ['support'];
  const bob = newBrowser();
  await signIn(bob, 'bob');
  expect((await bob.take('getSession', {})).operator.grants).toEqual([{ role: 'viewer' }]);
  await expect(bob.authorize('users:kick', 7)).rejects.toMatchObject({ code: 1190141 });
  groupsOf['bob'] = before;
});

test('a user without a role, a disabled account and a replayed answer open no session', async () => {
  const eve = newBrowser();
  const refused = await signIn(eve, 'eve');
  expect(refused.redirectTo).toMatch(/^http:\/\/localhost:7088\/admin\.html\?error=/);
  expect(eve.credential).toBe('none');
  expect(await database.operators.find({ email: 'eve@company.example' })).toBeUndefined();

  const ada = newBrowser();
  const { query } = await signIn(ada, 'ada');
  const thief = newBrowser();
  const replayed = await thief.takeFully('finishOidc', query).catch(() => undefined);
  expect(replayed?.redirectTo ?? 'error').toContain('error');
  expect(thief.credential).toBe('none');

  const known = await database.operators.find({ email: 'bob@company.example' });
  await database.operators.setEnabled(known!.operatorId, false, { actor: 'test' });
  const bob = newBrowser();
  await signIn(bob, 'bob').catch(() => undefined);
  expect(bob.credential).toBe('none');
});

test('the provider never takes over an account with a password', async () => {
  await database.operators.create({
    ...{ operatorId: 'local', email: 'zoe@company.example', name: 'Zoe', grants: [{ role: 'owner' }] },
    ...{ passwordHash: 'none', actor: 'test' },
  });
  groupsOf['zoe'] = ['support'];
  const zoe = newBrowser();
  const { redirectTo } = await signIn(zoe, 'zoe');
  expect(redirectTo).toContain('error=');
  expect(zoe.credential).toBe('none');
  expect((await database.operators.find({ operatorId: 'local' }))?.grants).toEqual([{ role: 'owner' }]);
});

test('sign-ins and refusals are in the audit, and no secret is in the log', async () => {
  const ask = new Operator(() => client, adminToken);
  const { entries } = await ask.ask(auditRpc.listAllAudit, { limit: 50 });
  expect(entries).toContainEqual(
    expect.objectContaining({
      ...{ action: 'operator.signIn', actor: 'ada@company.example', after: { step: 'finishOidc' } },
    }),
  );
  expect(entries).toContainEqual(
    expect.objectContaining({ action: 'admin.signIn', outcome: 'refused', address: '198.51.100.7' }),
  );
  expect(logged.filter((line) => line.includes(clientSecret))).toEqual([]);
});

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Bus, type BusSubscription } from '@polyroom/bus';
import {
  AppError,
  authRpc,
  entitlementsChanged,
  type Grants,
  hasRight,
  type LoginHookTerms,
  namesRoom,
  webhooksRpc,
} from '@polyroom/contracts';
import { type RunningServer, startNats, waitFor } from '@polyroom/testing';
import { Identities } from './identities.js';
import { LoginDecisions } from './login-decisions.js';

const appId = 7;
const appSign = 'a'.repeat(64);

let nats: RunningServer;
let bus: Bus;
let auth: BusSubscription;
let identities: Identities;
let asked: number;
let answer: () => Promise<{ grants: Grants; hook?: LoginHookTerms }>;

beforeAll(async () => {
  nats = await startNats();
  bus = await Bus.connect({ url: nats.url, name: 'gateway' });
});
afterAll(async () => {
  await bus.close();
  await nats.close();
});
beforeEach(async () => {
  asked = 0;
  answer = async () => ({ grants: {} });
  const { authenticate } = authRpc;
  auth = bus.respond(authenticate, authenticate.subject, 'auth', (request) => {
    asked += 1;
    if ((request as { appSign?: string }).appSign === 'wrong') {
      throw new AppError('ENGINE_APPSIGN_INCORRECT');
    }
    return answer();
  });
  identities = new Identities(bus, new LoginDecisions(bus));
  identities.onModuleInit();
  await bus.flush();
});
afterEach(async () => {
  identities.onModuleDestroy();
  await auth.drain();
});

const identify = (credentials: { appSign?: string; token?: string }, userId = 'alice') =>
  identities.authenticate({ appId, userId, roomId: 'r1', ...credentials }, 1000);

async function announceChange(): Promise<void> {
  bus.publish(entitlementsChanged, {}, { appId, version: 2 });
  await bus.flush();
}

test('an AppSign that was just accepted holds for other users, and no other one does', async () => {
  await identify({ appSign });
  await identify({ appSign }, 'bob');
  expect(asked).toBe(1);
  await expect(identify({ appSign: 'wrong' })).rejects.toMatchObject({ code: 1001005 });
  await expect(identify({ appSign: 'wrong' })).rejects.toMatchObject({ code: 1001005 });
  expect(asked).toBe(3);
});

test('listens for changes of AppIDs from its start to its end', () => {
  const listeners = () => bus['listeners'].size;
  const before = listeners();
  const other = new Identities(bus, new LoginDecisions(bus));
  expect(listeners()).toBe(before);
  other.onModuleInit();
  expect(listeners()).toBe(before + 1);
  other.onModuleDestroy();
  expect(listeners()).toBe(before);
});

test('tokens, alone or beside an AppSign, are asked about each time', async () => {
  await identify({ token: 't' });
  await identify({ token: 't' });
  await identify({ appSign, token: 't' });
  await identify({ appSign, token: 't' });
  expect(asked).toBe(4);
});

test('a change of the AppID is asked about at once, also one that overtakes the answer', async () => {
  await identify({ appSign });
  await announceChange();
  await identify({ appSign });
  expect(asked).toBe(2);
  await announceChange();
  let release = (): void => {};
  answer = () => new Promise((resolve) => (release = () => resolve({ grants: {} })));
  const slow = identify({ appSign });
  await waitFor(() => asked === 3, { describe: 'the question' });
  await announceChange();
  release();
  await slow;
  answer = async () => ({ grants: {} });
  await identify({ appSign });
  expect(asked).toBe(4);
});

test('an accepted AppSign expires even if the announcement of a change is lost', async () => {
  await identify({ appSign });
  await waitFor(async () => (await identify({ appSign }), asked === 2), {
    describe: 'the second question',
  });
});

test('the application decides the logins of an AppID with a hook, and of no other', async () => {
  const asks: unknown[] = [];
  let decide: () => object = () => ({});
  const { decideLogin } = webhooksRpc;
  const webhooks = bus.respond(decideLogin, decideLogin.subject, 'webhooks', async (request) => {
    asks.push(request);
    return decide();
  });
  await bus.flush();
  await identify({ token: 't' });
  expect(asks).toEqual([]);

  const hook = { deadlineMs: 2000, onFailure: 'deny' as const };
  answer = async () => ({ grants: {}, hook });
  const allowed = await identify({ appSign });
  expect([hasRight(allowed, 'r1', 'publish'), namesRoom(allowed, 'r2')]).toEqual([true, false]);
  // An AppSign that was just accepted: the hook is asked all the same.
  decide = () => ({ rights: ['login', 'subscribe'] });
  const narrowed = await identify({ appSign }, 'bob');
  expect([hasRight(narrowed, 'r1', 'subscribe'), hasRight(narrowed, 'r1', 'publish')]).toEqual([true, false]);
  expect(asks).toMatchObject([
    { appId, roomId: 'r1', userId: 'alice', act: 'login' },
    { userId: 'bob', act: 'login' },
  ]);
  decide = () => {
    throw new AppError('LOGIN_REFUSED_BY_APP', { details: { reason: 'unpaid' } });
  };
  await expect(identify({ token: 't' })).rejects.toMatchObject({
    code: 1190904,
    details: { reason: 'unpaid' },
  });

  await webhooks.drain();
  await expect(identify({ token: 't' })).rejects.toMatchObject({ code: 1190905 });
  answer = async () => ({ grants: {}, hook: { ...hook, onFailure: 'allow' } });
  expect(await identify({ token: 't' })).toEqual(allowed);
});

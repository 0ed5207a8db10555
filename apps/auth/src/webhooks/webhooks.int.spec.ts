import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import {
  auditRpc,
  authRpc,
  messagingRpc,
  roomAdminRpc,
  type SendableWebhook,
  webhooksChanged,
  webhooksRpc,
} from '@polyroom/contracts';
import { runService, type RunningService } from '@polyroom/nest-service';
import { Database, SecretKeys } from '@polyroom/persistence';
import {
  type RunningPostgres,
  type RunningServer,
  startNats,
  startPostgres,
  waitFor,
} from '@polyroom/testing';
import { AdminTokens } from '../admin/admin-tokens.js';
import { AuthModule } from '../auth.module.js';
import { CapturedLog } from '../../test/captured-log.js';
import { Operator } from '../../test/operator.js';

const adminToken = 'alice-has-a-long-token';
const keyText = SecretKeys.generate();
const { lines: logged, logger } = new CapturedLog('trace');
const appId = 3001;

let nats: RunningServer;
let postgres: RunningPostgres;
let client: Bus;
let service: RunningService;
let database: Database;
const shown: string[] = [];
const changes: number[] = [];
const operator = new Operator(() => client, adminToken);
const ask: Operator['ask'] = async (contract, request) => operator.ask(contract, request);

beforeAll(async () => {
  [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  const secretKeys = SecretKeys.parse(keyText);
  database = await Database.open({ databaseUrl: postgres.url, secretKeys, logger });
  const bus = await Bus.connect({ url: nats.url, name: 'auth', logger });
  const adminTokens = AdminTokens.parse(`alice:${adminToken}`);
  const module = AuthModule.register({ database, adminTokens, bus, maxGrantSeconds: 86_400 });
  service = await runService({ name: 'auth', module, bus, logger, httpHost: '127.0.0.1', httpPort: 0 });
  client = await Bus.connect({ url: nats.url, name: 'client', logger });
  client.subscribe(webhooksChanged, {}, (change) => void changes.push(change.appId));
  await ask(authRpc.createApp, { appId, name: 'test' });
});
afterAll(async () => {
  await client?.close();
  await service?.close();
  await Promise.all([nats?.close(), postgres?.close()]);
});

async function create(more: object = {}) {
  const created = await ask(webhooksRpc.createWebhook, { appId, url: 'https://app.example/hook', ...more });
  shown.push(created.secret);
  return created;
}
const sendable = async () => (await client.request(webhooksRpc.readEndpoints, { appId })).webhooks;

test('an endpoint is created, changed, rotated and deleted, and senders learn each change', async () => {
  const { webhook, secret } = await create();
  const { endpointId } = webhook;
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(webhook).toMatchObject({ format: 'standard', types: ['*'], roomIds: [], enabled: true });
  const [created] = await sendable();
  expect(created).toMatchObject({ endpointId, appId, secrets: [secret], enabledAtMs: expect.any(Number) });

  const target = { appId, endpointId };
  const disabled = await ask(webhooksRpc.updateWebhook, { ...target, enabled: false, types: ['room.*'] });
  expect(disabled.webhook).toMatchObject({ enabled: false, disabledReason: 'operator', types: ['room.*'] });
  const enabled = await ask(webhooksRpc.updateWebhook, { ...target, enabled: true });
  expect(enabled.webhook).not.toHaveProperty('disabledReason');

  const rotated = await ask(webhooksRpc.rotateWebhookSecret, { ...target, overlapSeconds: 60 });
  shown.push(rotated.secret);
  expect(await sendable()).toMatchObject([{ secrets: [rotated.secret, secret] }]);
  const again = await ask(webhooksRpc.rotateWebhookSecret, { ...target, overlapSeconds: 0 });
  shown.push(again.secret);
  expect(await sendable()).toMatchObject([{ secrets: [again.secret] }]);

  const [{ enabledAtMs }] = (await sendable()) as [SendableWebhook];
  expect(enabledAtMs).toBeGreaterThan(created!.enabledAtMs!);
  // Of a sender that does not know yet that it was enabled again.
  const late = { ...target, failingSinceMs: 1, enabledAtMs: created!.enabledAtMs };
  expect(await client.request(webhooksRpc.disableEndpoint, late)).toEqual({ disabled: false });
  const failing = { ...late, enabledAtMs };
  expect(await client.request(webhooksRpc.disableEndpoint, failing)).toEqual({ disabled: true });
  expect(await client.request(webhooksRpc.disableEndpoint, failing)).toEqual({ disabled: false });
  const { webhooks } = await ask(webhooksRpc.listWebhooks, { appId });
  expect(webhooks).toMatchObject([{ enabled: false, disabledReason: 'failing' }]);

  await ask(webhooksRpc.deleteWebhook, target);
  expect(await sendable()).toEqual([]);
  expect(await client.request(webhooksRpc.disableEndpoint, failing)).toEqual({ disabled: false });
  await expect(ask(webhooksRpc.deleteWebhook, target)).rejects.toMatchObject({ code: 1190901 });
  await expect(ask(webhooksRpc.updateWebhook, target)).rejects.toMatchObject({ code: 1190901 });
  await waitFor(() => changes.length >= 7, { describe: 'the announcements' });
});

test('another format needs its secret, and ends the former one', async () => {
  const { webhook, secret } = await create();
  const target = { appId, endpointId: webhook.endpointId };
  const change = (settings: object) => ask(webhooksRpc.updateWebhook, { ...target, ...settings });
  const callbackSecret = 'another-callback-secret';
  const own = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
  shown.push(callbackSecret, own);
  const refused = { code: 1000017, details: { path: 'secret' } };
  await expect(change({ format: 'zego' })).rejects.toMatchObject(refused);
  await expect(change({ secret: own })).rejects.toMatchObject(refused);
  await expect(change({ format: 'standard', secret: own })).rejects.toMatchObject(refused);
  expect(await sendable()).toMatchObject([{ format: 'standard', secrets: [secret] }]);
  await change({ format: 'zego', secret: callbackSecret });
  expect(await sendable()).toMatchObject([{ format: 'zego', secrets: [callbackSecret] }]);
  await expect(change({ format: 'standard', secret: callbackSecret })).rejects.toMatchObject(refused);
  await change({ format: 'standard', secret: own });
  expect(await sendable()).toMatchObject([{ format: 'standard', secrets: [own] }]);
  await ask(webhooksRpc.deleteWebhook, target);
});

test('senders read the endpoints of a disabled AppID, as not enabled', async () => {
  const { webhook } = await create();
  const { endpointId } = webhook;
  const setEnabled = (enabled: boolean) => ask(authRpc.setAppEnabled, { appId, enabled });
  await setEnabled(false);
  expect(await sendable()).toMatchObject([{ endpointId, enabled: false }]);
  await setEnabled(true);
  expect(await sendable()).toMatchObject([{ endpointId, enabled: true }]);
  await ask(webhooksRpc.deleteWebhook, { appId, endpointId });
});

test('failures from before the AppID was enabled do not disable endpoints, and senders learn each switch', async () => {
  const switched = 3002;
  await ask(authRpc.createApp, { appId: switched, name: 'switched' });
  const [{ webhook }, off] = [
    await create({ appId: switched }),
    await create({ appId: switched, enabled: false }),
  ];
  const { endpointId } = webhook;
  const setEnabled = (enabled: boolean) => ask(authRpc.setAppEnabled, { appId: switched, enabled });
  const enabledAtMs = async (id: string) => {
    const { webhooks } = await client.request(webhooksRpc.readEndpoints, { appId: switched });
    return webhooks.find((each) => each.endpointId === id)!.enabledAtMs!;
  };
  const disableAt = (atMs: number) =>
    client.request(webhooksRpc.disableEndpoint, {
      ...{ appId: switched, endpointId, failingSinceMs: 1, enabledAtMs: atMs },
    });
  const [beforeMs, offMs] = [await enabledAtMs(endpointId), await enabledAtMs(off.webhook.endpointId)];
  await setEnabled(false);
  expect(await disableAt(beforeMs)).toEqual({ disabled: false });
  await setEnabled(true);
  const afterMs = await enabledAtMs(endpointId);
  expect(afterMs).toBeGreaterThan(beforeMs);
  expect(await enabledAtMs(off.webhook.endpointId)).toBe(offMs);
  expect(await disableAt(beforeMs)).toEqual({ disabled: false });
  // No switch.
  await setEnabled(true);
  expect(await enabledAtMs(endpointId)).toBe(afterMs);
  const announced = () => changes.filter((changed) => changed === switched).length;
  await waitFor(() => announced() === 5, { describe: 'two creations and three switches to be announced' });
  expect(await disableAt(afterMs)).toEqual({ disabled: true });
  for (const each of [webhook, off.webhook]) {
    await ask(webhooksRpc.deleteWebhook, { appId: switched, endpointId: each.endpointId });
  }
});

test('senders learn that an AppID is disabled and deleted', async () => {
  const deleted = 3003;
  await ask(authRpc.createApp, { appId: deleted, name: 'deleted' });
  await create({ appId: deleted });
  const { closeApp } = roomAdminRpc;
  const { purgeApp } = messagingRpc;
  const responding = [
    client.respond(closeApp, closeApp.subject, 'room', () =>
      Promise.resolve({ rooms: 0, members: 0, isComplete: true }),
    ),
    client.respond(purgeApp, purgeApp.subject, 'messaging', () => Promise.resolve({})),
  ];
  await ask(authRpc.deleteApp, { appId: deleted, confirm: 'deleted' });
  const announced = () => changes.filter((changed) => changed === deleted).length;
  await waitFor(() => announced() === 3, { describe: 'creation, switch and deletion to be announced' });
  responding.forEach((each) => each.close());
});

test('the limit holds, and a wrong secret, URL or type is named', async () => {
  for (let count = 0; count < webhooksRpc.maxEndpoints; count++) {
    await create({ enabled: false });
  }
  await expect(create()).rejects.toMatchObject({ code: 1190902 });
  for (const [more, path] of [
    [{ secret: 'whsec_short-but-long-enough' }, 'secret'],
    [{ url: 'ftp://app.example/' }, 'url'],
    [{ types: ['room.exploded'] }, 'types.0'],
    [{ types: [] }, 'types'],
  ] as const) {
    await expect(create(more)).rejects.toMatchObject({ code: 1000017, details: { path } });
  }
  const { webhooks } = await ask(webhooksRpc.listWebhooks, { appId });
  await ask(webhooksRpc.deleteWebhook, { appId, endpointId: webhooks[0]!.endpointId });
  const own = await create({ format: 'zego', secret: 'the-callback-secret-of-zego' });
  expect(own.secret).toBe('the-callback-secret-of-zego');
});

test('secrets are encrypted in the database, and again under a new key', async () => {
  const newKey = SecretKeys.generate();
  const keys = SecretKeys.parse(`${newKey},${keyText}`);
  const other = await Database.open({ databaseUrl: postgres.url, secretKeys: keys, logger });
  const before = await sendable();
  expect(await other.webhooks.reEncrypt()).toMatchObject({ changed: before.length, total: before.length });
  expect(await other.webhooks.reEncrypt()).toMatchObject({ changed: 0 });
  const { webhooks } = await other.webhooks.readSendable({ appId });
  expect(webhooks.map(({ secrets }) => secrets)).toEqual(before.map(({ secrets }) => secrets));
  await other.close();
  const withOld = Database.open({ databaseUrl: postgres.url, secretKeys: SecretKeys.parse(keyText), logger });
  await expect(withOld).rejects.toThrow(/POLYROOM_SECRETS_KEY/);
});

// Last, because it reads the audit and the log of all other tests.
test('the audit names each change, and neither it nor the log contains a secret', async () => {
  const { entries } = await ask(auditRpc.listAudit, { appId, limit: 200 });
  const actions = new Set(entries.map(({ action }) => action));
  expect([...actions].filter((action) => action.startsWith('webhook.')).sort()).toEqual([
    'webhook.create',
    'webhook.delete',
    'webhook.disable',
    'webhook.rotateSecret',
    'webhook.update',
  ]);
  expect(entries.find(({ action }) => action === 'webhook.disable')).toMatchObject({
    actor: 'service:webhooks',
  });
  const text = logged.join('') + JSON.stringify(entries);
  shown.forEach((secret) => expect(text).not.toContain(secret));
});

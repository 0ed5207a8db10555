import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type AppEvent, type Delivery, type ReplyOf, webhooksRpc } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { findZegoCallbackProblem } from '@polyroom/tokens';
import { UsedWebhooks } from '../test/use-webhooks.js';
import { WebhooksProcess } from '../test/webhooks-process.js';

const used = new UsedWebhooks();
const { receiver } = used;
const instances: WebhooksProcess[] = [];
/** Short, so that giving up and disabling can be seen. */
const env = { POLYROOM_WEBHOOK_TIMEOUT_MS: '1500' };

beforeAll(async () => {
  await used.start();
  instances.push(...(await Promise.all([start(), start()])));
});
afterAll(async () => {
  await Promise.all(instances.map((instance) => instance.end('SIGKILL')));
  await used.close();
});
afterEach(async () => {
  receiver.behaviour = () => undefined;
  for (const webhook of used.endpoints.values()) {
    await used.put({ ...webhook, enabled: false });
  }
  receiver.clear();
});

const start = (more: Record<string, string> = {}) =>
  WebhooksProcess.start(used.nats.url, { ...env, ...more });

async function whenAccepted(path: string, count: number, timeoutMs = 20_000): Promise<AppEvent[]> {
  await waitFor(() => receiver.accepted(path).length >= count, {
    timeoutMs,
    describe: `${count} events at ${path}`,
  });
  return receiver.accepted(path);
}

function expectInOrder(events: AppEvent[]): void {
  const seqs = new Map<string, number[]>();
  for (const { roomId = '', userId = '', seq } of events) {
    const key = `${roomId}/${userId}`;
    seqs.set(key, [...(seqs.get(key) ?? []), seq]);
  }
  for (const [key, list] of seqs) {
    expect([key, list]).toEqual([key, list.map((_, index) => index + 1)]);
  }
}

async function deliveriesOf(appId: number, endpointId: string): Promise<Delivery[]> {
  return (await used.ask(webhooksRpc.listDeliveries, { appId, endpointId, limit: 500 })).deliveries;
}

test('delivers each event at least once and in order, whatever fails, and replays them', async () => {
  const appId = used.newAppId();
  const path = '/all';
  const webhook = await used.create(appId, path);
  let answers = 0;
  receiver.behaviour = async () => {
    answers += 1;
    if (answers % 50 === 0) {
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    return Math.random() < 0.1 ? 500 : 200;
  };
  const rooms = Array.from({ length: 8 }, (_, index) => ({ appId, roomId: `room-${index}` }));
  const logAll = (count: number) => Promise.all(rooms.map((room) => used.logEvents(room, count)));
  await logAll(15);
  await whenAccepted(path, 40);
  // The sender is killed: the other instance takes over, and does so again from the new one.
  await instances.shift()!.end('SIGKILL');
  instances.push(await start());
  await logAll(10);
  await instances.shift()!.end('SIGKILL');
  instances.push(await start());
  await used.nats.kill('SIGKILL');
  await used.nats.restart();
  await logAll(10);
  await receiver.stop();
  await logAll(5);
  await receiver.start();
  const events = await whenAccepted(path, 320, 60_000);
  expect(events).toHaveLength(320);
  expectInOrder(events);
  expect(receiver.forged).toBe(0);

  receiver.behaviour = () => undefined;
  const half = events.filter(({ seq }) => seq === 20);
  const after = half.sort((a, b) => Number(a.cursor.split('-')[0]) - Number(b.cursor.split('-')[0]))[0]!
    .cursor;
  receiver.clear();
  const read: AppEvent[] = [];
  for (let from: string | undefined = after; ;) {
    const page: ReplyOf<typeof webhooksRpc.readEvents> = await used.ask(webhooksRpc.readEvents, {
      appId,
      after: from,
      limit: 50,
    });
    if (page.events.length === 0) {
      expect(page).not.toHaveProperty('next');
      break;
    }
    read.push(...page.events);
    from = page.next;
  }
  await used.ask(webhooksRpc.replayWebhook, { appId, endpointId: webhook.endpointId, after });
  const again = await whenAccepted(path, read.length);
  const byCursor = (list: AppEvent[]) => list.map(({ id }) => id).sort();
  expect(byCursor(again)).toEqual(byCursor(read));
  expect(again.map((event) => JSON.stringify(event)).sort()).toEqual(
    read.map((event) => JSON.stringify(event)).sort(),
  );
});

test('a room whose event is refused waits, and the others continue', async () => {
  const appId = used.newAppId();
  const { endpointId } = await used.create(appId, '/poison');
  receiver.behaviour = (_path, { roomId, seq }) => (roomId === 'bad' && seq === 2 ? 500 : 200);
  await used.logEvents({ appId, roomId: 'bad' }, 4);
  await used.logEvents({ appId, roomId: 'good' }, 4);
  const isGood = ({ roomId }: AppEvent) => roomId === 'good';
  await waitFor(() => receiver.accepted('/poison').filter(isGood).length === 4, {
    describe: 'the good room',
  });
  expect(
    receiver
      .accepted('/poison')
      .filter((event) => !isGood(event))
      .map(({ seq }) => seq),
  ).toEqual([1]);
  const { state } = await used.ask(webhooksRpc.listDeliveries, { appId, endpointId });
  expect(state).toMatchObject({ waiting: 1 });
  receiver.behaviour = () => undefined;
  expectInOrder(await whenAccepted('/poison', 8));
  await waitFor(async () => (await deliveriesOf(appId, endpointId)).length >= 9, { describe: 'the list' });
  const outcomes = (await deliveriesOf(appId, endpointId)).map(({ outcome }) => outcome);
  expect(outcomes).toContain('failed');
  expect(outcomes.filter((outcome) => outcome === 'delivered')).toHaveLength(8);
});

test('sends only what an endpoint names, signed with both secrets after a rotation', async () => {
  const appId = used.newAppId();
  const webhook = await used.create(appId, '/some', { types: ['room.*', 'user.left'], roomIds: ['a'] });
  await used.put({
    ...webhook,
    secrets: [`whsec_${Buffer.alloc(32, 7).toString('base64')}`, webhook.secrets[0]!],
  });
  for (const [roomId, type] of [
    ['a', 'room.opened'],
    ['b', 'room.opened'],
    ['a', 'user.joined'],
    ['a', 'user.left'],
  ] as const) {
    await used.logEvents({ appId, roomId }, 1, type);
  }
  await used.logEvents({ appId, userId: 'ada' }, 1, 'session.started');
  const events = await whenAccepted('/some', 2);
  expect(events.map(({ type }) => type)).toEqual(['room.opened', 'user.left']);
  expect(receiver.forged).toBe(0);
  const { headers } = receiver.bodies.find(({ path }) => path === '/some')!;
  expect(String(headers['webhook-signature']).split(' ')).toHaveLength(2);
});

test('an instance that has not read an endpoint yet keeps the state that its owner uses', async () => {
  const appId = used.newAppId();
  await used.logEvents({ appId, roomId: 'a' }, 3);
  const { endpointId } = used.createSilently(appId, '/silent');
  // The instance that serves this reads the endpoint; the other one finds a state without one.
  await used.ask(webhooksRpc.replayWebhook, { appId, endpointId, fromMs: 0 });
  await whenAccepted('/silent', 3);
  const reads = () => used.appReads.filter((each) => each === appId);
  await waitFor(() => reads().length >= 2, { describe: 'the other instance to ask for the endpoint' });
  await used.logEvents({ appId, roomId: 'a' }, 1);
  await whenAccepted('/silent', 4);
  expect(receiver.received.filter(({ path }) => path === '/silent')).toHaveLength(4);
});

test('sends ZEGO callbacks with their signature', async () => {
  const appId = used.newAppId();
  const callbackSecret = 'a-callback-secret-of-zego';
  const zego = { format: 'zego' as const, secrets: [callbackSecret] };
  await used.create(appId, '/zego', zego);
  receiver.behaviour = () => 200;
  await used.logEvents({ appId, roomId: 'a' }, 1, 'room.opened');
  await used.logEvents({ appId, roomId: 'a' }, 1, 'stream.muted');
  await used.logEvents({ appId, roomId: 'a' }, 1, 'user.joined');
  const bodies = () =>
    receiver.bodies
      .filter(({ path }) => path === '/zego')
      .map(({ body }) => JSON.parse(body) as Record<string, string>);
  await waitFor(() => bodies().length >= 2, { describe: 'two callbacks' });
  expect(bodies()).toMatchObject([
    { event: 'room_create', appid: String(appId), room_id: 'a', room_session_id: '1' },
    { event: 'room_login', user_nickname: 'name', relogin: 0 },
  ]);
  for (const { signature, timestamp, nonce } of bodies()) {
    const callback = { signature: signature!, timestamp: timestamp!, nonce: nonce!, callbackSecret };
    expect(findZegoCallbackProblem({ ...callback, toleranceSeconds: 60, nowMs: Date.now() })).toBeUndefined();
  }
});

describe('a request', () => {
  async function testAt(url: string): Promise<Delivery> {
    const appId = used.newAppId();
    const { endpointId } = await used.create(appId, '/test', { url, types: ['webhook.*'] });
    return (await used.ask(webhooksRpc.testWebhook, { appId, endpointId })).delivery;
  }

  test('of the test is answered with its outcome', async () => {
    expect(await testAt(receiver.urlOf('/test'))).toMatchObject({
      outcome: 'delivered',
      status: 200,
      manual: true,
    });
    expect(receiver.accepted('/test')).toMatchObject([{ type: 'webhook.test' }]);
  });

  test('follows no redirect, and ends with its time', async () => {
    receiver.behaviour = () => 302;
    expect(await testAt(receiver.urlOf('/test'))).toMatchObject({
      outcome: 'failed',
      status: 302,
      error: 'redirects are not followed',
    });
    expect(receiver.bodies.map(({ path }) => path)).not.toContain('/elsewhere');
    receiver.behaviour = () => new Promise((resolve) => setTimeout(() => resolve(200), 4000));
    expect(await testAt(receiver.urlOf('/test'))).toMatchObject({
      outcome: 'failed',
      error: 'no answer in time',
    });
  });

  test('that cannot be signed is a failed delivery', async () => {
    const appId = used.newAppId();
    const secrets = ['a secret of the other format!'];
    const { endpointId } = await used.create(appId, '/unsigned', { secrets });
    await used.logEvents({ appId, roomId: 'a' }, 1);
    await waitFor(async () => (await deliveriesOf(appId, endpointId)).length > 0, {
      describe: 'the delivery',
    });
    expect((await deliveriesOf(appId, endpointId))[0]).toMatchObject({
      outcome: 'failed',
      error: expect.stringMatching(/cannot be signed/),
    });
  });

  test('to a private address is refused, by name and by number', async () => {
    for (const url of [
      'http://10.0.0.1/',
      'http://169.254.169.254/latest/meta-data',
      'http://[::1]/',
      'http://0.0.0.0/',
      'http://[::ffff:10.0.0.1]/',
    ]) {
      const delivery = await testAt(url);
      expect([url, delivery.outcome, delivery.error]).toEqual([
        url,
        'failed',
        expect.stringMatching(/not allowed/),
      ]);
    }
  });
});

test('asks the application about a login, signed, within the deadline', async () => {
  const appId = used.newAppId();
  const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
  receiver.secrets.set('/login', secret);
  const url = receiver.urlOf('/login');
  used.loginHooks.set(appId, { url, secret, deadlineMs: 2000, onFailure: 'deny' });
  const request = { appId, roomId: 'a', userId: 'ada', act: 'login' as const, clientAddress: '192.0.2.1' };
  const decide = () => used.bus.request(webhooksRpc.decideLogin, request);
  receiver.answer = '{"action": "allow"}';
  expect(await decide()).toEqual({});
  expect(receiver.bodies.map(({ body }) => JSON.parse(body) as object)).toMatchObject([
    { type: 'login.decide', data: request },
  ]);
  expect(receiver.forged).toBe(0);
  receiver.answer = '{"action": "allow", "rights": ["login"], "streams": ["s"], "more": 1}';
  expect(await decide()).toEqual({ rights: ['login'], streams: ['s'] });
  receiver.answer = '{"action": "deny", "reason": "unpaid"}';
  await expect(decide()).rejects.toMatchObject({ code: 1190904, details: { reason: 'unpaid' } });
  for (const answer of [
    '{"action": "allow", "rights": ["everything"]}',
    'no JSON',
    '{"action": "perhaps"}',
  ]) {
    receiver.answer = answer;
    await expect(decide()).rejects.toMatchObject({ code: 1190905 });
  }
  receiver.answer = '{"action": "allow"}';
  let answerLate!: () => void;
  receiver.behaviour = () => new Promise((resolve) => (answerLate = () => resolve(200)));
  await expect(decide()).rejects.toMatchObject({ code: 1190905, details: { reason: 'no answer in time' } });
  answerLate();
  const other = { ...request, appId: used.newAppId() };
  expect(await used.bus.request(webhooksRpc.decideLogin, other)).toEqual({});
});

describe('an endpoint that fails for long', () => {
  let impatient: WebhooksProcess[];
  beforeAll(async () => {
    await Promise.all(instances.splice(0).map((instance) => instance.end('SIGTERM')));
    const short = { POLYROOM_WEBHOOK_RETRY_FOR_MS: '1500', POLYROOM_WEBHOOK_DISABLE_AFTER_MS: '6000' };
    impatient = [await start({ ...short, POLYROOM_WEBHOOK_ALLOWED_NETWORKS: '127.0.0.1' })];
  });
  afterAll(() => Promise.all(impatient.map((instance) => instance.end('SIGKILL'))));

  test('loses an event after the time of its retries, is disabled with a notice, and can be enabled', async () => {
    const appId = used.newAppId();
    const { endpointId, url } = await used.create(appId, '/down');
    // Its disabling is refused: an operator has changed it meanwhile.
    const other = await used.create(used.newAppId(), '/kept');
    used.kept.add(other.endpointId);
    const failingSinceMs = async () =>
      (await used.ask(webhooksRpc.listDeliveries, { appId, endpointId })).state.failingSinceMs;
    receiver.behaviour = () => 503;
    await used.logEvents({ appId: other.appId, roomId: 'a' }, 1);
    await used.logEvents({ appId, roomId: 'a' }, 2);
    const sinceMs = await waitFor(failingSinceMs, { describe: 'the first failure' });
    const read = (series: string) => impatient[0]!.readMetric(`polyroom_webhooks_${series}`);
    expect(await read('longest_failure_seconds')).toBeGreaterThan(0);
    expect(await read('endpoints{condition="failing"}')).toBeGreaterThan(0);
    expect(await read('endpoints{condition="unowned"}')).toBe(0);
    expect(await read('deliveries_total{outcome="failed"}')).toBeGreaterThan(0);
    await waitFor(() => Date.now() > sinceMs + 6000, { timeoutMs: 10_000, describe: 'the limit to pass' });
    // The notice is not lost if it cannot be logged at first.
    used.failingLogs = 1;
    await used.logEvents({ appId: other.appId, roomId: 'b' }, 1);
    await used.logEvents({ appId, roomId: 'b' }, 1);
    const disablings = (id: string) => used.disabled.filter((request) => request.endpointId === id);
    await waitFor(() => disablings(endpointId).length === 1 && disablings(other.endpointId).length > 0, {
      timeoutMs: 30_000,
      describe: 'the endpoints to be disabled',
    });
    await used.put({ ...other, enabled: false, disabledReason: 'operator' });
    await waitFor(() => used.logged.length === 1, { describe: 'the notice' });
    expect(used.logged).toMatchObject([{ appId, type: 'webhook.disabled', data: { endpointId, url } }]);
    expect(used.acts).toEqual([
      { act: 'disabled', endpointId },
      { act: 'logged', endpointId },
    ]);
    expect((await deliveriesOf(appId, endpointId)).map(({ outcome }) => outcome)).toContain('expired');
    expect(await read('endpoints{condition="disabledByFailures"}')).toBe(1);
    expect(await read('deliveries_total{outcome="expired"}')).toBeGreaterThan(0);
    const sent = () => receiver.bodies.filter(({ path }) => path === '/down').length;
    const length = sent();
    await used.logEvents({ appId, roomId: 'a' }, 1);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(sent()).toBe(length);

    await waitFor(async () => (await failingSinceMs()) === undefined, {
      describe: 'the failures to be reset',
    });
    await used.put({ ...used.endpoints.get(endpointId)!, enabled: true });
    await waitFor(() => sent() > length + 1, { describe: 'attempts after it is enabled' });
    receiver.behaviour = () => undefined;
    await whenAccepted('/down', 1);
    expect(disablings(endpointId)).toHaveLength(1);
    expect(used.logged).toHaveLength(1);
  });

  test('begins without failures when it is enabled again, also if the sender never saw it disabled', async () => {
    const appId = used.newAppId();
    const webhook = await used.create(appId, '/quick', { enabledAtMs: 1 });
    const target = { appId, endpointId: webhook.endpointId };
    const failingSinceMs = async () =>
      (await used.ask(webhooksRpc.listDeliveries, target)).state.failingSinceMs;
    receiver.behaviour = () => 503;
    await used.logEvents({ appId, roomId: 'a' }, 1);
    const sinceMs = await waitFor(failingSinceMs, { describe: 'the first failure' });
    await used.put({ ...webhook, enabledAtMs: 2 });
    await waitFor(async () => (await failingSinceMs()) !== sinceMs, { describe: 'the failures to be reset' });
  });

  test('one event is sent again by hand, and no position behind the log is taken', async () => {
    const appId = used.newAppId();
    const { endpointId } = await used.create(appId, '/manual');
    await used.logEvents({ appId, roomId: 'a' }, 1);
    const [event] = await whenAccepted('/manual', 1);
    const { delivery } = await used.ask(webhooksRpc.retryDelivery, {
      appId,
      endpointId,
      cursor: event!.cursor,
    });
    expect(delivery).toMatchObject({ outcome: 'delivered', eventId: event!.id, manual: true });
    expect(receiver.bodies.filter(({ path }) => path === '/manual')).toHaveLength(2);
    const missing = used.ask(webhooksRpc.retryDelivery, { appId, endpointId, cursor: '999-0' });
    await expect(missing).rejects.toMatchObject({ code: 1190903 });
    const behind = used.ask(webhooksRpc.replayWebhook, { appId, endpointId, after: '999-0' });
    await expect(behind).rejects.toMatchObject({ code: 1000017, details: { path: 'after' } });
    const unknown = used.ask(webhooksRpc.testWebhook, { appId: appId + 1, endpointId });
    await expect(unknown).rejects.toMatchObject({ code: 1190901 });
  });
});

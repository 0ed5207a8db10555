import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AppEvent } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { Webhook } from 'standardwebhooks';
import { SharedCluster } from './support/shared-cluster.js';
import { loginParams, type TestApp } from './support/test-cluster.js';

let cluster: SharedCluster;
let server: Server;
let app: TestApp;
let key: string;
let secret: string | undefined;
const events: AppEvent[] = [];
let loginAnswer = '{"action": "allow"}';

beforeAll(async () => {
  cluster = await SharedCluster.attach();
  app = await cluster.createApp({ multiRoom: true });
  key = await cluster.cluster.admin.createApiKey(app.appId, [
    'webhooks:read',
    'webhooks:write',
    'events:read',
  ]);
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const headers = request.headers as Record<string, string>;
      if (request.url === '/login') {
        response.end(loginAnswer);
        return;
      }
      const { data } = new Webhook(secret!).verify(body, headers) as { data: AppEvent };
      events.push(data);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server?.close();
  await cluster?.close();
});

async function ask(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${cluster.cluster.gateways[0]!.httpUrl}/v1/apps/${app.appId}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  expect([path, response.status, response.ok ? '' : answer]).toEqual([path, response.status, '']);
  return answer;
}

test('what happens in a room reaches the endpoint of the AppID, signed, and the log', async () => {
  const { port } = server.address() as AddressInfo;
  const created = await ask('POST', '/webhooks', { url: `http://127.0.0.1:${port}/hook` });
  secret = created['secret'] as string;
  const { endpointId } = created['webhook'] as { endpointId: string };
  const test = await ask('POST', `/webhooks/${endpointId}/test`, {});
  expect(test['delivery']).toMatchObject({ outcome: 'delivered' });
  expect(events.splice(0)).toMatchObject([{ type: 'webhook.test' }]);

  const client = await cluster.connect(0);
  await client.call('room.login', loginParams(app, 'lesson', 'ada'));
  await client.call('room.login', loginParams(app, 'lounge', 'ada'));
  await client.call('room.logout', { roomId: 'lesson' });
  const ofLesson = () => events.filter(({ roomId }) => roomId === 'lesson');
  await waitFor(() => ofLesson().length >= 4, { timeoutMs: 20_000, describe: 'the events of the room' });
  expect(ofLesson().map(({ type, seq }) => [type, seq])).toEqual([
    ['room.opened', 1],
    ['user.joined', 2],
    ['user.left', 3],
    ['room.closed', 4],
  ]);
  expect(await ask('GET', '/events?room=lesson')).toMatchObject({ events: ofLesson(), gone: false });
  // Another service than that of the room reports the session.
  const pulled = await waitFor(
    async () => {
      const pulling = (await ask('GET', '/events?user=ada'))['events'] as AppEvent[];
      return pulling.length > 0 && pulling;
    },
    { timeoutMs: 20_000, describe: 'the event of the session' },
  );
  expect(pulled.map(({ type }) => type)).toEqual(['session.started']);

  const [{ cursor }] = ofLesson() as [AppEvent];
  await ask('POST', `/webhooks/${endpointId}/deliveries/${cursor}/retry`, {});
  events.length = 0;
  await ask('POST', `/webhooks/${endpointId}/replay`, { fromMs: 0 });
  await waitFor(() => ofLesson().length >= 4, { timeoutMs: 20_000, describe: 'the replay' });
  const list = await ask('GET', `/webhooks/${endpointId}/deliveries`);
  expect((list['deliveries'] as unknown[]).length).toBeGreaterThan(8);

  const audited = async () => (await cluster.cluster.admin.listAudit(app.appId)).map(({ action }) => action);
  await waitFor(async () => (await audited()).includes('webhook.replay'), {
    timeoutMs: 10_000,
    describe: 'the audit',
  });
  expect(await audited()).toContain('webhook.create');
  client.close();
});

test('messages reach an endpoint that names them, once the AppID has switched them on', async () => {
  const { webhooks } = (await ask('GET', '/webhooks')) as { webhooks: { endpointId: string }[] };
  await cluster.cluster.admin.setEntitlement(app.appId, 'messageEvents', true);
  await ask('PATCH', `/webhooks/${webhooks[0]!.endpointId}`, { types: ['message.sent'] });
  const messages = () => events.filter(({ type }) => type === 'message.sent');
  const client = await cluster.connect(0);
  await client.call('room.login', loginParams(app, 'chat', 'ada'));
  let sent = 0;
  await waitFor(
    async () => {
      const message = { roomId: 'chat', content: `hello ${sent}`, clientMessageId: `c${sent++}` };
      expect([0, 1009015]).toContain(await client.codeOf('message.broadcast', message));
      return messages().length > 0;
    },
    { timeoutMs: 20_000, intervalMs: 600, describe: 'the first message' },
  );
  expect(messages()[0]).toMatchObject({
    roomId: 'chat',
    data: { kind: 'broadcast', userId: 'ada', content: expect.stringMatching(/^hello/) },
  });
  client.close();
});

test('a login hook allows, refuses and narrows logins, and decides nothing once it is removed', async () => {
  const { port } = server.address() as AddressInfo;
  const hook = { url: `http://127.0.0.1:${port}/login`, onFailure: 'deny' };
  expect(await ask('PUT', '/login-hook', hook)).toMatchObject({ secret: expect.stringMatching(/^whsec_/) });
  expect(await ask('PUT', '/login-hook', hook)).not.toHaveProperty('secret');
  expect(await ask('GET', '/login-hook')).toEqual({ loginHook: { ...hook, deadlineMs: 1000 } });
  let users = 0;
  const login = async () => {
    const client = await cluster.connect(1);
    const code = await client.codeOf('room.login', loginParams(app, 'decided', `user-${users++}`));
    client.close();
    return code;
  };
  const becomes = (code: number) =>
    waitFor(async () => (await login()) === code, { timeoutMs: 10_000, describe: `logins to get ${code}` });
  loginAnswer = '{"action": "deny", "reason": "unpaid"}';
  await becomes(1190904);
  loginAnswer = 'nothing that can be read';
  expect(await login()).toBe(1190905);
  loginAnswer = '{"action": "allow", "rights": ["login", "subscribe"]}';
  const client = await cluster.connect(0);
  await client.call('room.login', loginParams(app, 'decided', 'listener'));
  const message = { roomId: 'decided', content: 'hello', clientMessageId: 'm1' };
  expect(await client.codeOf('message.broadcast', message)).toBe(1000039);
  client.close();
  loginAnswer = '{"action": "deny"}';
  await ask('DELETE', '/login-hook');
  await becomes(0);
});

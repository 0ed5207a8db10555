import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type ArgumentError } from '../argument-error.js';
import { pages, PolyroomServer, type PolyroomServerOptions } from './polyroom-server.js';
import { RestConnectionError, RestError } from './rest-error.js';

/** A server that fails on purpose: each request is answered by the next one of `answers`. */
type Answer = (response: ServerResponse) => void;
interface Seen {
  request: string;
  key: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}
let server: Server;
let url: string;
let answers: Answer[];
let seen: Seen[];

beforeEach(async () => {
  answers = [];
  seen = [];
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const { headers, method, url: path } = request;
      const key = headers['idempotency-key'] as string | undefined;
      seen.push({ request: `${method} ${path}`, key, headers, body });
      answers.shift()!(response);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const connect = (options: Partial<PolyroomServerOptions> = {}) =>
  new PolyroomServer({ url, apiKey: 'pr_live_key', appId: 7, ...options });

const json =
  (body: object, { headers = {}, status = 200, type = 'application/json' } = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(body));
const problem = (status: number, code: number, retryable: boolean, headers = {}): Answer =>
  json(
    { code, name: 'SOME_NAME', detail: 'It failed.', retryable, details: { path: 'x' } },
    {
      status,
      type: 'application/problem+json; charset=utf-8',
      headers: { 'x-request-id': 'rq_1', ...headers },
    },
  );
const cut: Answer = (response) => response.destroy();
const requests = () => seen.map(({ request }) => request);

test('puts arguments into the path, the query and the body, and the key into a header', async () => {
  answers = [json({ rooms: [] }), json({ roomIds: ['a/b'] }), json({ app: {} })];
  const polyroom = connect({ url: `${url}/polyroom/` });
  expect(await polyroom.rooms.list({ prefix: 'a&b', limit: 2 })).toEqual({ rooms: [] });
  await polyroom.members.kick({ roomId: 'a/b', userId: 'u?', body: { reason: 'spam' } });
  await polyroom.apps.get({ appId: 8 });
  expect(requests()).toEqual([
    'GET /polyroom/v1/apps/7/rooms?prefix=a%26b&limit=2',
    'DELETE /polyroom/v1/apps/7/rooms/a%2Fb/members/u%3F',
    'GET /polyroom/v1/apps/8',
  ]);
  expect(seen[1]).toMatchObject({
    body: '{"reason":"spam"}',
    headers: { 'content-type': 'application/json' },
  });
  expect(seen.every(({ headers }) => headers.authorization === 'Bearer pr_live_key')).toBe(true);
});

test('repeats a POST that got no answer, with the same Idempotency-Key', async () => {
  answers = [cut, problem(503, 1, true, { 'retry-after': '0' }), json({ messageId: 5 }, { status: 201 })];
  const message = { roomId: 'r', body: { kind: 'broadcast', content: 'hello' } } as const;
  const polyroom = connect();
  expect(await polyroom.messages.send(message)).toEqual({ messageId: 5 });
  expect(requests()).toEqual(Array(3).fill('POST /v1/apps/7/rooms/r/messages'));
  const keys = new Set(seen.map(({ key }) => key));
  expect([...keys]).toEqual([expect.stringMatching(/^[\da-f-]{36}$/)]);
  answers = [json({ messageId: 6 }), json({ messageId: 6 })];
  await polyroom.messages.send(message);
  await polyroom.messages.send(message, { idempotencyKey: 'order-1' });
  expect(keys.has(seen[3]!.key)).toBe(false);
  expect(seen[4]!.key).toBe('order-1');
});

test('waits as long as Retry-After says, but not for more than 30 s', async () => {
  answers = [problem(429, 1190116, true, { 'retry-after': '1' }), json({ rooms: [] })];
  const polyroom = connect();
  const startedAtMs = performance.now();
  await polyroom.rooms.list();
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(990);
  answers = [problem(429, 1190116, true, { 'retry-after': '31' })];
  await expect(polyroom.rooms.list()).rejects.toMatchObject({ status: 429 });
});

test('throws what the API answers, and does not repeat what cannot succeed', async () => {
  answers = [problem(404, 1002002, false)];
  const error = (await connect()
    .rooms.get({ roomId: 'r' })
    .catch((failure: unknown) => failure)) as RestError;
  expect(error).toBeInstanceOf(RestError);
  expect(error).toMatchObject({
    ...{ message: 'It failed.', status: 404, code: 1002002, errorName: 'SOME_NAME' },
    ...{ retryable: false, details: { path: 'x' }, requestId: 'rq_1' },
  });
  expect(seen).toHaveLength(1);
});

test('does not repeat a failure that is stored under the Idempotency-Key', async () => {
  answers = [problem(504, 1190202, true), problem(504, 1190202, true, { 'idempotency-replayed': 'true' })];
  const created = connect().apiKeys.create({ body: { name: 'bot', permissions: ['rooms:read'] } });
  await expect(created).rejects.toMatchObject({ status: 504, code: 1190202 });
  expect(seen).toHaveLength(2);
});

test('reports that it got no answer, after the last attempt', async () => {
  answers = [cut, cut];
  const error = (await connect({ attempts: 2 })
    .rooms.list()
    .catch((failure: unknown) => failure)) as RestConnectionError;
  expect(error).toBeInstanceOf(RestConnectionError);
  expect(error).toMatchObject({ attempts: 2 });
  expect(error.message).not.toContain('pr_live_key');
  answers = [() => undefined];
  await expect(connect({ attempts: 1, timeoutMs: 50 }).rooms.list()).rejects.toThrow('timeout');
});

test('does not repeat a change under If-Match without an answer, and gives the new ETag', async () => {
  const entitlement = { name: 'multiRoom', body: { value: true } } as const;
  answers = [cut, json({ entitlement: {}, version: 2 }, { headers: { etag: '"2"' } })];
  const polyroom = connect();
  const change = () => polyroom.send('entitlements_set', entitlement, { ifMatch: '"1"' });
  await expect(change()).rejects.toBeInstanceOf(RestConnectionError);
  expect(await change()).toMatchObject({ etag: '"2"', status: 200 });
  expect(seen.map(({ headers }) => headers['if-match'])).toEqual(['"1"', '"1"']);
});

test('ends with its signal, also between two attempts', async () => {
  const controller = new AbortController();
  const reason = new Error('no longer needed');
  answers = [
    (response) => {
      problem(503, 1, true, { 'retry-after': '30' })(response);
      response.on('close', () => controller.abort(reason));
    },
  ];
  await expect(connect().rooms.list({}, { signal: controller.signal })).rejects.toBe(reason);
});

test('reads a list page by page, and an export line by line', async () => {
  answers = [
    json({ rooms: [{ roomId: 'a' }], next: 'a' }),
    json({ rooms: [{ roomId: 'b' }] }),
    (response) =>
      response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end('{"id":"1"}\n{"id":"2"}\n'),
  ];
  const polyroom = connect();
  const roomIds: string[] = [];
  for await (const { rooms } of pages((position) => polyroom.rooms.list({ limit: 1, ...position }))) {
    roomIds.push(...rooms.map(({ roomId }) => roomId));
  }
  expect(roomIds).toEqual(['a', 'b']);
  expect((await polyroom.audit.exportOfApp()).map(({ id }) => id)).toEqual(['1', '2']);
  expect(requests().slice(0, 2)).toEqual([
    'GET /v1/apps/7/rooms?limit=1',
    'GET /v1/apps/7/rooms?limit=1&cursor=a',
  ]);
});

test('names a wrong argument before it sends anything', async () => {
  const refused = (options: object) => {
    try {
      new PolyroomServer({ url, apiKey: 'key', ...options });
      return undefined;
    } catch (error) {
      return (error as ArgumentError).argument;
    }
  };
  expect(
    [{ url: 'example.com' }, { url: 'http://h/?a' }, { apiKey: '' }, { apiKey: 'ä' }, { appId: 0 }].map(
      refused,
    ),
  ).toEqual(['url', 'url', 'apiKey', 'apiKey', 'appId']);
  expect([{ timeoutMs: 0 }, { attempts: 0 }, { retries: 2 }].map(refused)).toEqual([
    ...['timeoutMs', 'attempts', 'retries'],
  ]);
  const polyroom = new PolyroomServer({ url, apiKey: 'key' });
  await expect(polyroom.rooms.list()).rejects.toMatchObject({ argument: 'appId' });
  const room = { appId: 7, roomId: 'r' };
  await expect(polyroom.rooms.get(room, { ifMatch: '"1"' })).rejects.toMatchObject({ argument: 'ifMatch' });
  await expect(polyroom.rooms.get(room, { idempotencyKey: 'k' })).rejects.toMatchObject({
    argument: 'idempotencyKey',
  });
  await expect(polyroom.rooms.get({ appId: 7, roomId: '..' })).rejects.toMatchObject({ argument: 'roomId' });
  expect(seen).toEqual([]);
});

test('explains a web server that is not a gateway', async () => {
  answers = [json({}, { type: 'text/html' })];
  await expect(connect().rooms.list()).rejects.toThrow('url: is not that of a gateway');
});

import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Body, Controller, ForbiddenException, Get, Module, Post } from '@nestjs/common';
import { AppError, defineEvent, defineNodeRpc, defineRpc, roomIdSchema } from '@polyroom/contracts';
import {
  HealthModule,
  NodeRpcHandler,
  OnEvent,
  RpcHandler,
  runService,
  type RunningService,
} from '../index.js';
import { type Logger } from '@polyroom/observability';
import { type RunningServer, startNats, waitFor } from '@polyroom/testing';
import { pino } from 'pino';
import { z } from 'zod';
import { Bus, LocalResponders } from '@polyroom/bus';

const options = {
  request: z.strictObject({ roomId: roomIdSchema, how: z.string() }),
  reply: z.strictObject({ answer: z.string() }),
  errors: [],
  timeoutMs: 1000,
};
const ask = defineRpc('oracle', 'ask', options);
const askNow = defineRpc('oracle', 'askNow', options);
const askNode = defineNodeRpc('oracle', 'askNode', options);
const unheard = defineRpc('nobody', 'ask', options);
const happened = defineEvent('test.happened', {
  tokens: ['appId', 'roomId'],
  payload: z.strictObject({ n: z.number() }),
});

const calls: string[] = [];
const lines: Array<Record<string, unknown>> = [];
const delivered: number[] = [];
let asleep = 0;

@Controller()
class Oracle {
  @RpcHandler(ask)
  async ask({ how }: { how: string }): Promise<unknown> {
    calls.push(how);
    switch (how) {
      case 'refuse':
        throw new AppError('ROOM_EXCEED_MAXIMUM_MEMBER', { details: { limit: 3 } });
      case 'forged':
        throw new AppError('ROOM_AUTHENTICATION_FAILED', { cause: new Error('no live secret') });
      case 'not ours':
        throw new AppError('IM_SEND_FAILED', { fault: 'client' });
      case 'away':
        throw new AppError('STORE_UNAVAILABLE', { cause: new Error('ECONNREFUSED') });
      case 'break':
        throw new Error('secret of the house');
      case 'downstream':
        throw new AppError('ROOM_INNER_ERROR', { correlationId: 'co_elsewhere' });
      case 'throw text':
        // oxlint-disable-next-line typescript/only-throw-error -- as a library may
        throw 'only text';
      case 'too much':
        return { answer: 'x'.repeat(1_100_000) };
      case 'lie':
        return { answer: 5 };
      case 'sleep':
        await new Promise((resolve) => setTimeout(resolve, 400));
        return { answer: 'slept' };
      default:
        return { answer: how };
    }
  }

  /** Not async: throws synchronously instead of returning a rejected promise. */
  @RpcHandler(askNow)
  askNow({ how }: { how: string }): { answer: string } {
    throw how === 'refuse' ? new AppError('ROOM_EXCEED_MAXIMUM_MEMBER') : new Error('secret of the house');
  }

  @NodeRpcHandler(askNode)
  async askNode({ how }: { how: string }): Promise<{ answer: string }> {
    if (how === 'sleep') {
      asleep++;
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    return { answer: `node ${how}` };
  }

  @OnEvent(happened)
  happened({ n }: { n: number }): void {
    delivered.push(n);
    if (n < 0) {
      throw new Error('a handler that fails');
    }
  }
}

@Controller('http')
class Web {
  @Get('refuse')
  refuse(): void {
    throw new AppError('ROOM_EXCEED_MAXIMUM_MEMBER', { details: { limit: 3 } });
  }

  @Get('refuse/:appId/:userId')
  refuseUser(): void {
    throw new AppError('IM_SEND_FAILED', { fault: 'client' });
  }

  @Get('forbid')
  forbid(): void {
    throw new ForbiddenException('secret of the house');
  }

  @Get('break')
  break(): void {
    throw new Error('secret of the house');
  }

  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return body;
  }
}

@Module({
  imports: [HealthModule.register({ checks: {} })],
  controllers: [Oracle, Web],
})
class OracleModule {}

let nats: RunningServer;
let client: Bus;
/** In the process of the services. */
let neighbour: Bus;
const local = new LocalResponders();
let services: RunningService[];

const keptLog: Logger = pino(
  { level: 'debug' },
  { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
);

async function startService(nodeId: string): Promise<RunningService> {
  const bus = await Bus.connect({ url: nats.url, name: nodeId, logger: keptLog, local });
  return runService({
    name: 'oracle',
    module: OracleModule,
    bus,
    logger: keptLog,
    httpHost: '127.0.0.1',
    httpPort: 0,
    nodeId,
  });
}

beforeAll(async () => {
  nats = await startNats();
  client = await Bus.connect({ url: nats.url, name: 'client' });
  neighbour = await Bus.connect({ url: nats.url, name: 'neighbour', local });
  services = [await startService('nd_1'), await startService('nd_2')];
});
afterAll(async () => {
  await client.close();
  await neighbour.close();
  await Promise.all(services.map((service) => service.close()));
  await nats.close();
});
afterEach(() => {
  calls.length = 0;
  lines.length = 0;
  delivered.length = 0;
});

/** A client that disconnects in the middle of its request body. */
async function abortedBody(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const head = [
    'POST /http/echo HTTP/1.1',
    'host: x',
    'content-type: application/json',
    'content-length: 99',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n{"a":`);
  socket.end();
  socket.resume();
  await once(socket, 'close');
}

const codeOf = (promise: Promise<unknown>): Promise<number> =>
  promise.then(
    () => 0,
    (error: AppError) => error.code,
  );

/** Request counts of `/metrics` by outcome, minus those of `before`. */
async function readOutcomes(
  of: 'bus' | 'http',
  before: Record<string, number> = {},
): Promise<Record<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${services[0]!.port}/metrics`)).text();
  const counts: Record<string, number> = {};
  const pattern = new RegExp(`^polyroom_${of}_requests_total\\{.*outcome="(\\w+)".*\\} (\\d+)$`, 'gm');
  for (const [, outcome, count] of text.matchAll(pattern)) {
    counts[outcome!] = (counts[outcome!] ?? 0) + Number(count);
  }
  return Object.fromEntries(
    Object.entries(counts)
      .map(([outcome, count]) => [outcome, count - (before[outcome] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
}

describe.each(['over NATS', 'in one process'] as const)('requests %s', (way) => {
  const caller = (): Bus => (way === 'over NATS' ? client : neighbour);

  test('an error keeps its code, name and details over the wire', async () => {
    await expect(caller().request(ask, { roomId: 'r', how: 'refuse' })).rejects.toMatchObject({
      errorName: 'ROOM_EXCEED_MAXIMUM_MEMBER',
      code: 1002034,
      details: { limit: 3 },
    });
  });

  test.each([
    [ask, 'break'],
    [ask, 'throw text'],
    [ask, 'lie'],
    [askNow, 'break'],
  ] as const)(
    'a handler that fails (%#: $method) always answers, without its stack',
    async (contract, how) => {
      const error = await caller()
        .request(contract, { roomId: 'r', how })
        .catch((failure: AppError) => failure);
      expect(error).toMatchObject({ code: 1002099, correlationId: expect.stringMatching(/^co_/) });
      const { correlationId } = error as AppError;
      expect(JSON.stringify((error as AppError).toWire())).not.toMatch(/secret|only text|\.ts/);
      expect(lines.filter((line) => line['correlationId'] === correlationId)).toEqual([
        expect.objectContaining({ msg: 'request failed', method: contract.method, err: expect.anything() }),
      ]);
    },
  );

  test('an error that a handler throws synchronously keeps its code too', async () => {
    expect(await codeOf(caller().request(askNow, { roomId: 'r', how: 'refuse' }))).toBe(1002034);
  });

  test('a forwarded inner error keeps its correlation ID and is not logged again', async () => {
    await expect(caller().request(ask, { roomId: 'r', how: 'downstream' })).rejects.toMatchObject({
      code: 1002099,
      correlationId: 'co_elsewhere',
    });
    expect(lines).toEqual([]);
  });

  test('a client fault is logged at debug without a stack and counted as client', async () => {
    const before = await readOutcomes('bus');
    for (const how of ['forged', 'not ours']) {
      await codeOf(caller().request(ask, { roomId: 'r', how }));
    }
    await codeOf(caller().request(ask, { roomId: '', how: 'x' }));
    expect(lines).toEqual([
      expect.objectContaining({ level: 20, msg: 'request refused', code: 1002033, reason: 'no live secret' }),
      expect.objectContaining({ level: 20, msg: 'request refused', code: 1009010 }),
      expect.objectContaining({ level: 20, msg: 'request refused', code: 1002011, path: 'roomId' }),
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/stack/);
    expect(await readOutcomes('bus', before)).toEqual({ client_error: 3 });
  });

  test('a server fault is logged with its cause and counted as server', async () => {
    const before = await readOutcomes('bus');
    await codeOf(caller().request(ask, { roomId: 'r', how: 'away' }));
    await codeOf(caller().request(ask, { roomId: 'r', how: 'break' }));
    await codeOf(caller().request(ask, { roomId: 'r', how: 'fine' }));
    expect(lines).toEqual([
      expect.objectContaining({ level: 40, msg: 'request failed', code: 1190203, err: expect.anything() }),
      expect.objectContaining({ level: 50, msg: 'request failed' }),
    ]);
    expect(await readOutcomes('bus', before)).toEqual({ server_error: 2, ok: 1 });
  });

  test('an error keeps its fault over the wire', async () => {
    const error: unknown = await caller()
      .request(ask, { roomId: 'r', how: 'not ours' })
      .catch((e) => e);
    expect(error).toMatchObject({ code: 1009010, category: 'unavailable', fault: 'client' });
    await expect(caller().request(ask, { roomId: 'r', how: 'away' })).rejects.toMatchObject({
      fault: 'server',
    });
  });

  test('refuses an invalid request with its code before the handler runs', async () => {
    expect(await codeOf(caller().request(ask, { roomId: '', how: 'x' }))).toBe(1002011);
    expect(await codeOf(caller().request(ask, { roomId: 'r', how: 'x', more: 1 } as never))).toBe(1000017);
    expect(calls).toEqual([]);
  });

  test('does not retry a request that a service refused', async () => {
    await codeOf(caller().request(ask, { roomId: 'r', how: 'refuse' }));
    await codeOf(caller().request(ask, { roomId: 'r', how: 'break' }));
    expect(calls).toEqual(['refuse', 'break']);
  });

  test('fails with BUS_TIMEOUT after the deadline, and earlier with BUS_UNAVAILABLE if there are no responders', async () => {
    expect(await codeOf(caller().request(ask, { roomId: 'r', how: 'sleep' }, { timeoutMs: 100 }))).toBe(
      1190202,
    );
    const startedAtMs = Date.now();
    expect(await codeOf(caller().request(unheard, { roomId: 'r', how: 'x' }, { timeoutMs: 5000 }))).toBe(
      1190201,
    );
    expect(Date.now() - startedAtMs).toBeLessThan(2500);
  });

  test('does not run a request whose deadline has passed', async () => {
    // A negative timeout sets a deadline in the past, like that of a delayed message.
    expect(await codeOf(caller().request(ask, { roomId: 'r', how: 'late' }, { timeoutMs: -1000 }))).toBe(
      1190202,
    );
    await caller().request(ask, { roomId: 'r', how: 'now' });
    expect(calls).toEqual(['now']);
  });

  test('distributes requests over the instances of a service, and delivers a request to a node only to that node', async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => caller().request(ask, { roomId: 'r', how: `n${n}` })),
    );
    expect(new Set(calls).size).toBe(50);
    expect(calls).toHaveLength(50);
    expect(await caller().requestNode(askNode, 'nd_2', { roomId: 'r', how: 'x' })).toEqual({
      answer: 'node x',
    });
    expect(await codeOf(caller().requestNode(askNode, 'nd_3', { roomId: 'r', how: 'x' }))).toBe(1190201);
  });

  test('neither side sees what the other one does with its object later', async () => {
    const request = { roomId: 'r', how: 'fine', more: undefined };
    const answer = caller().request(ask, request);
    request.how = 'refuse';
    expect(await answer).toEqual({ answer: 'fine' });
  });
});

describe('requests in one process', () => {
  test('skip NATS', async () => {
    const sent = () => neighbour.natsConnection.stats().outMsgs;
    await neighbour.flush();
    const before = sent();
    expect(await neighbour.request(ask, { roomId: 'r', how: 'near' })).toEqual({ answer: 'near' });
    expect(sent()).toBe(before);
    expect(await neighbour.requestNode(askNode, 'nd_2', { roomId: 'r', how: 'x' })).toEqual({
      answer: 'node x',
    });
    expect(sent()).toBe(before);
  });
});

describe('requests of one event-loop tick', () => {
  test('are sent together, and each resolves as soon as its reply is ready', async () => {
    const other = await Bus.connect({ url: nats.url, name: 'listener' });
    let messages = 0;
    other.natsConnection.subscribe(ask.subject, { callback: () => void (messages += 1) });
    await other.flush();
    const finished: string[] = [];
    const answers = await Promise.allSettled(
      ['sleep', 'refuse', 'lie', ...Array.from({ length: 97 }, (_, n) => `n${n}`)].map((how) =>
        client.request(ask, { roomId: 'r', how }).finally(() => finished.push(how)),
      ),
    );
    await other.flush();
    // A hundred of them fill two messages.
    expect(messages).toBe(2);
    expect(answers.slice(0, 3)).toMatchObject([
      { value: { answer: 'slept' } },
      { reason: { code: 1002034 } },
      { reason: { code: 1002099 } },
    ]);
    expect(answers.slice(3)).toEqual(
      Array.from({ length: 97 }, (_, n) => ({ status: 'fulfilled', value: { answer: `n${n}` } })),
    );
    expect(finished.at(-1)).toBe('sleep');
    await other.close();
  });

  test('are sent apart if they are large, and a reply above the message size is an inner error', async () => {
    const large = 'x'.repeat(200_000);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => client.request(ask, { roomId: 'r', how: large })),
    );
    expect(answers.map(({ answer }) => answer.length)).toEqual(Array(8).fill(large.length));
    expect(await codeOf(client.request(ask, { roomId: 'r', how: 'too much' }))).toBe(1002099);
  });

  test('all fail if there are no responders', async () => {
    const codes = await Promise.all(
      Array.from({ length: 100 }, () => codeOf(client.request(unheard, { roomId: 'r', how: 'x' }))),
    );
    expect(new Set(codes)).toEqual(new Set([1190201]));
  });
});

describe('events', () => {
  test('reach only subscribers of their tokens, with any characters in the tokens', async () => {
    const rooms = ['plain', 'a.b', '*', '>', 'a b', '=612e62', 'ü', '-', '_'];
    const received: string[] = [];
    const subscriptions = rooms.map((roomId) =>
      client.subscribe(happened, { appId: 1, roomId }, ({ n }) => void received.push(`${roomId} ${n}`)),
    );
    await client.flush();
    rooms.forEach((roomId, n) => client.publish(happened, { appId: 1, roomId }, { n }));
    client.publish(happened, { appId: 2, roomId: 'plain' }, { n: 99 });
    await waitFor(() => delivered.filter((n) => n === 99).length === 2, {
      describe: 'both services',
    });
    expect(received.sort()).toEqual(rooms.map((roomId, n) => `${roomId} ${n}`).sort());
    subscriptions.forEach((subscription) => subscription.close());
  });

  test('a failing handler does not end the subscription, and an invalid payload is dropped', async () => {
    client.publish(happened, { appId: 1, roomId: 'r' }, { n: -1 });
    client.publish(happened, { appId: 1, roomId: 'r' }, { n: 'x' as never });
    client.publish(happened, { appId: 1, roomId: 'r' }, { n: 7 });
    await waitFor(() => delivered.filter((n) => n === 7).length === 2, {
      describe: 'the later event',
    });
    expect(delivered.filter((n) => n !== -1 && n !== 7)).toEqual([]);
  });
});

describe('HTTP', () => {
  const ask = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(`http://127.0.0.1:${services[0]!.port}${path}`, init);

  test('replies with the registered error under the status of its category', async () => {
    const response = await ask('/http/refuse');
    expect(response.status).toBe(429);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({
      ...{ type: 'urn:polyroom:error:1002034', status: 429, code: 1002034, details: { limit: 3 } },
      error: { code: 1002034, details: { limit: 3 } },
    });
  });

  test.each([
    ['/http/forbid', {}, 403],
    ['/http/echo', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' }, 400],
    [
      '/http/echo',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify('x'.repeat(300_000)),
      },
      413,
    ],
  ])('keeps the status of refusals by Nest and Fastify: %s %#', async (path, init, status) => {
    const response = await ask(path, init);
    expect(response.status).toBe(status);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ error: { code: 1000017, name: 'COMMON_ILLEGAL_PARAM' } });
    expect(text).not.toMatch(/secret/);
  });

  test.each([
    ['an unknown path', 'GET', '/http/nowhere?token=secret', '/http/nowhere'],
    ['an unknown method of a known path', 'PATCH', '/http/echo', '/http/echo'],
    ['a method that no route has', 'PROPFIND', '/http/echo', '/http/echo'],
  ])('%s is no wrong argument: 404 names the route', async (_what, method, path, url) => {
    const response = await ask(path, { method });
    expect(response.status).toBe(404);
    const { error } = (await response.json()) as { error: unknown };
    expect(error).toEqual({
      code: 1190110,
      name: 'REST_ROUTE_NOT_FOUND',
      message: `There is no route ${method} ${url}.`,
      retryable: false,
      details: { method, url },
    });
  });

  test.each([
    ['body: not valid JSON.', '/http/echo', { body: '{' }],
    ['body: empty.', '/http/echo', {}],
    ['body: larger than 262144 bytes.', '/http/echo', { body: JSON.stringify('x'.repeat(300_000)) }],
    [
      'content-type: not supported by this route.',
      '/http/echo',
      { body: 'x', headers: { 'content-type': 'a/b' } },
    ],
    ['url: not a valid path.', '/http/%zz', {}],
  ])('a request that is refused before its handler says why: %s', async (message, path, init) => {
    const headers = { 'content-type': 'application/json' };
    const response = await ask(path, { method: 'POST', headers, ...init });
    expect(await response.json()).toMatchObject({ error: { code: 1000017, message } });
  });

  test('logs a client fault at debug with the address and counts it as client', async () => {
    // Uses the other service: refusals of the last second at this one affect its log sampling.
    const { port } = services[1]!;
    const ask = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);
    const before = await readOutcomes('http');
    await ask('/http/refuse/12/ann');
    await ask('/http/nowhere');
    await ask('/http/echo', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' });
    await ask('/http/%zz');
    await abortedBody(port);
    await waitFor(() => lines.length >= 4, { describe: 'lines' });
    const refused = { level: 20, msg: 'request refused', address: '127.0.0.1' };
    expect(lines.slice(0, 3)).toEqual([
      expect.objectContaining({ ...refused, code: 1009010, appId: 12, userId: 'ann', method: 'GET' }),
      expect.objectContaining({ ...refused, status: 404 }),
      expect.objectContaining({ ...refused, status: 400, route: '/http/echo' }),
    ]);
    expect(lines.filter(({ level }) => Number(level) > 20)).toEqual([]);
    expect(Object.keys(await readOutcomes('http', before))).toEqual(['client_error']);
  });

  test('does not count health checks and scrapes', async () => {
    const before = await readOutcomes('http');
    expect((await ask('/metrics')).status).toBe(200);
    expect(await readOutcomes('http', before)).toEqual({});
  });

  test('turns any other error into an inner error with the ID of its log line', async () => {
    const response = await ask('/http/break');
    expect(response.status).toBe(500);
    const { error } = (await response.json()) as { error: { code: number; correlationId: string } };
    expect(error.code).toBe(1002099);
    expect(JSON.stringify(error)).not.toMatch(/secret|\.ts/);
    expect(lines).toEqual([expect.objectContaining({ correlationId: error.correlationId })]);
  });
});

describe.each(['over NATS', 'in one process'] as const)('instances that stop, %s', (way) => {
  const caller = (): Bus => (way === 'over NATS' ? client : neighbour);

  test('close waits for running requests, and is idempotent', async () => {
    const extra = await startService('nd_3');
    const before = asleep;
    const slow = Promise.all(
      Array.from({ length: 6 }, () => caller().requestNode(askNode, 'nd_3', { roomId: 'r', how: 'sleep' })),
    );
    await waitFor(() => asleep === before + 6, { describe: 'the calls' });
    await Promise.all([extra.close(), extra.close()]);
    expect(await slow).toHaveLength(6);
    expect(await codeOf(caller().requestNode(askNode, 'nd_3', { roomId: 'r', how: 'x' }))).toBe(1190201);
  });

  test('loses no request while instances start and stop under load', async () => {
    const codes: Array<Promise<number>> = [];
    let going = true;
    const asking = (async () => {
      while (going) {
        codes.push(codeOf(caller().request(ask, { roomId: 'r', how: 'x' })));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    for (let round = 0; round < 3; round++) {
      const extra = await startService('nd_4');
      const enough = codes.length + 20;
      await waitFor(() => codes.length >= enough, { describe: 'requests while there are two instances' });
      await extra.close();
    }
    going = false;
    await asking;
    expect(codes.length).toBeGreaterThan(30);
    expect((await Promise.all(codes)).filter((code) => code !== 0)).toEqual([]);
  });
});

describe('lifetimes', () => {
  test('close waits for an event handler that sends a request', async () => {
    const bus = await Bus.connect({ url: nats.url, name: 'listener' });
    let answer: unknown;
    let isRunning = false;
    let goOn = (): void => {};
    const closing = new Promise<void>((resolve) => (goOn = resolve));
    bus.subscribe(happened, { appId: 1, roomId: 'slow' }, async () => {
      isRunning = true;
      await closing;
      answer = await bus.request(ask, { roomId: 'r', how: 'asked while closing' });
    });
    await bus.flush();
    client.publish(happened, { appId: 1, roomId: 'slow' }, { n: 1 });
    await waitFor(() => isRunning, { describe: 'the handler to run' });
    const closed = bus.close();
    goOn();
    await closed;
    await bus.close();
    expect(answer).toEqual({ answer: 'asked while closing' });
    await expect(bus.ping()).rejects.toThrow(/closed/);
  });

  test('reconnects after the server is restarted', async () => {
    await nats.kill('SIGKILL');
    await nats.restart();
    await waitFor(async () => (await codeOf(client.request(ask, { roomId: 'r', how: 'back' }))) === 0, {
      timeoutMs: 10_000,
      describe: 'an answer after the restart',
    });
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { AppError, defineEvent, defineNodeRpc, defineRpc, roomIdSchema } from '@polyroom/contracts';
import { createLogger } from '@polyroom/observability';
import { type RunningServer, startNats, waitFor } from '@polyroom/testing';
import { z } from 'zod';
import { Bus, NodeRpcHandler, OnEvent, RpcHandler, runService, type RunningService } from './index.js';

const options = {
  request: z.strictObject({ roomId: roomIdSchema, how: z.string() }),
  reply: z.strictObject({ answer: z.string() }),
  errors: [],
  timeoutMs: 1000,
};
const ask = defineRpc('oracle', 'ask', options);
const askNode = defineNodeRpc('oracle', 'askNode', options);
const unheard = defineRpc('nobody', 'ask', options);
const happened = defineEvent('test.happened', {
  tokens: ['appId', 'roomId'],
  payload: z.strictObject({ n: z.number() }),
});

const calls: string[] = [];
const heard: number[] = [];

@Controller()
class Oracle {
  @RpcHandler(ask)
  async ask({ how }: { how: string }): Promise<unknown> {
    calls.push(how);
    switch (how) {
      case 'refuse':
        throw new AppError('ROOM_EXCEED_MAXIMUM_MEMBER', { details: { limit: 3 } });
      case 'break':
        throw new Error('secret of the house');
      case 'throw text':
        throw 'only text';
      case 'lie':
        return { answer: 5 };
      case 'sleep':
        await new Promise((resolve) => setTimeout(resolve, 400));
        return { answer: 'slept' };
      default:
        return { answer: how };
    }
  }

  @NodeRpcHandler(askNode)
  askNode({ how }: { how: string }): { answer: string } {
    return { answer: `node ${how}` };
  }

  @OnEvent(happened)
  happened({ n }: { n: number }): void {
    heard.push(n);
    if (n < 0) {
      throw new Error('a handler that fails');
    }
  }
}

@Module({ controllers: [Oracle] })
class OracleModule {}

let nats: RunningServer;
let client: Bus;
let services: RunningService[];

async function startService(nodeId: string): Promise<RunningService> {
  const bus = await Bus.connect({ url: nats.url, name: nodeId, logger: createLogger('test', 'silent') });
  return runService({
    name: 'oracle',
    module: OracleModule,
    bus,
    logger: createLogger('test', 'silent'),
    httpHost: '127.0.0.1',
    httpPort: 0,
    nodeId,
  });
}

beforeAll(async () => {
  nats = await startNats();
  client = await Bus.connect({ url: nats.url, name: 'client' });
  services = [await startService('nd_1'), await startService('nd_2')];
});
afterAll(async () => {
  await client.close();
  await Promise.all(services.map((service) => service.close()));
  await nats.close();
});
afterEach(() => {
  calls.length = 0;
  heard.length = 0;
});

const codeOf = (promise: Promise<unknown>): Promise<number> =>
  promise.then(
    () => 0,
    (error: AppError) => error.code,
  );

describe('requests', () => {
  test('an error keeps its code, name and details over the wire', async () => {
    await expect(client.request(ask, { roomId: 'r', how: 'refuse' })).rejects.toMatchObject({
      errorName: 'ROOM_EXCEED_MAXIMUM_MEMBER',
      code: 1002034,
      details: { limit: 3 },
    });
  });

  test.each(['break', 'throw text'])(
    'a handler that fails (%s) always answers, without its stack',
    async (how) => {
      const error = await client.request(ask, { roomId: 'r', how }).catch((failure: AppError) => failure);
      expect(error).toMatchObject({ code: 1002099, correlationId: expect.stringMatching(/^co_/) });
      expect(JSON.stringify((error as AppError).toWire())).not.toMatch(/secret|only text|\.ts/);
    },
  );

  test('a reply that breaks the contract is an error and not a surprise', async () => {
    expect(await codeOf(client.request(ask, { roomId: 'r', how: 'lie' }))).toBe(1002099);
  });

  test('an invalid request is refused at the edge with its code, and the handler does not see it', async () => {
    expect(await codeOf(client.request(ask, { roomId: '', how: 'x' }))).toBe(1002011);
    expect(await codeOf(client.request(ask, { roomId: 'r', how: 'x', more: 1 } as never))).toBe(1000017);
    expect(calls).toEqual([]);
  });

  test("a service's own error is not asked for twice", async () => {
    await codeOf(client.request(ask, { roomId: 'r', how: 'refuse' }));
    await codeOf(client.request(ask, { roomId: 'r', how: 'break' }));
    expect(calls).toEqual(['refuse', 'break']);
  });

  test('a deadline that passes answers BUS_TIMEOUT, nobody there BUS_UNAVAILABLE long before it', async () => {
    expect(await codeOf(client.request(ask, { roomId: 'r', how: 'sleep' }, { timeoutMs: 100 }))).toBe(
      1190202,
    );
    const startedAtMs = Date.now();
    expect(await codeOf(client.request(unheard, { roomId: 'r', how: 'x' }, { timeoutMs: 5000 }))).toBe(
      1190201,
    );
    expect(Date.now() - startedAtMs).toBeLessThan(2500);
  });

  test('a request whose deadline has passed is not carried out', async () => {
    // A negative time leaves a deadline in the past, as a message has that was held up on its way.
    expect(await codeOf(client.request(ask, { roomId: 'r', how: 'late' }, { timeoutMs: -1000 }))).toBe(
      1190202,
    );
    await client.request(ask, { roomId: 'r', how: 'now' });
    expect(calls).toEqual(['now']);
  });

  test('instances of a service share its requests; a request to a node reaches that node alone', async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => client.request(ask, { roomId: 'r', how: `n${n}` })),
    );
    expect(new Set(calls).size).toBe(50);
    expect(calls).toHaveLength(50);
    expect(await client.requestNode(askNode, 'nd_2', { roomId: 'r', how: 'x' })).toEqual({
      answer: 'node x',
    });
    expect(await codeOf(client.requestNode(askNode, 'nd_3', { roomId: 'r', how: 'x' }))).toBe(1190201);
  });
});

describe('events', () => {
  test('reach every subscriber of their tokens and no other, whatever the tokens hold', async () => {
    const rooms = ['plain', 'a.b', '*', '>', 'a b', '=612e62', 'ü', '-', '_'];
    const received: string[] = [];
    const subscriptions = rooms.map((roomId) =>
      client.subscribe(happened, { appId: 1, roomId }, ({ n }) => void received.push(`${roomId} ${n}`)),
    );
    await client.flush();
    rooms.forEach((roomId, n) => client.publish(happened, { appId: 1, roomId }, { n }));
    client.publish(happened, { appId: 2, roomId: 'plain' }, { n: 99 });
    await waitFor(() => heard.filter((n) => n === 99).length === 2, {
      timeoutMs: 2000,
      describe: 'both services',
    });
    expect(received.sort()).toEqual(rooms.map((roomId, n) => `${roomId} ${n}`).sort());
    subscriptions.forEach((subscription) => subscription.close());
  });

  test('a handler that fails does not end the subscription, and a broken payload is dropped', async () => {
    client.publish(happened, { appId: 1, roomId: 'r' }, { n: -1 });
    client.publish(happened, { appId: 1, roomId: 'r' }, { n: 'x' as never });
    client.publish(happened, { appId: 1, roomId: 'r' }, { n: 7 });
    await waitFor(() => heard.filter((n) => n === 7).length === 2, {
      timeoutMs: 2000,
      describe: 'the later event',
    });
    expect(heard.filter((n) => n !== -1 && n !== 7)).toEqual([]);
  });
});

describe('lifetimes', () => {
  test('close lets a running request finish, and closes once', async () => {
    const extra = await startService('nd_3');
    const answer = client.requestNode(askNode, 'nd_3', { roomId: 'r', how: 'x' });
    await answer;
    const slow = Promise.all(
      Array.from({ length: 6 }, () => client.request(ask, { roomId: 'r', how: 'sleep' })),
    );
    await waitFor(() => calls.filter((how) => how === 'sleep').length === 6, {
      timeoutMs: 2000,
      describe: 'the calls',
    });
    await Promise.all([extra.close(), extra.close()]);
    expect(await slow).toHaveLength(6);
    expect(await codeOf(client.requestNode(askNode, 'nd_3', { roomId: 'r', how: 'x' }))).toBe(1190201);
  });

  test('the bus comes back by itself after the server was restarted', async () => {
    await nats.kill('SIGKILL');
    await nats.restart();
    await waitFor(async () => (await codeOf(client.request(ask, { roomId: 'r', how: 'back' }))) === 0, {
      timeoutMs: 10_000,
      describe: 'an answer after the restart',
    });
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningServer, startRedis } from '@polyroom/testing';
import { Redis } from 'ioredis';
import { FastIo } from './fast-io.js';

let server: RunningServer;
let redis: Redis;
/** Writes to the stream itself. */
let writes: unknown[][];

beforeAll(async () => {
  server = await startRedis();
});
afterAll(async () => {
  await server.close();
});
afterEach(() => redis.disconnect());

async function connect(isOn: boolean): Promise<void> {
  redis = new Redis(server.url, { lazyConnect: true });
  redis.on('connect', () => {
    const { stream } = redis;
    const write = stream.write.bind(stream) as (...values: unknown[]) => boolean;
    stream.write = ((...values: unknown[]) => {
      writes.push(values);
      return write(...values);
    }) as typeof stream.write;
    new FastIo(isOn).combineRedisWrites(stream);
  });
  writes = [];
  await redis.connect();
  writes = [];
}

test('ioredis writes a command as one string without a callback, which is what can be combined', async () => {
  await connect(false);
  await redis.set('shape', '1');
  expect(writes.map((values) => values.map((value) => typeof value))).toEqual([['string']]);
});

test('sends the commands of one event-loop tick in one write', async () => {
  await connect(true);
  await Promise.all(Array.from({ length: 50 }, (_, index) => redis.set(`one-${index}`, index)));
  expect(writes).toHaveLength(1);
});

describe.each([
  ['on', true],
  ['off', false],
])('with fast I/O %s', (_name, isOn) => {
  test('runs commands in call order, with text, bytes and pipelines mixed', async () => {
    await connect(isOn);
    const key = `order-${isOn}`;
    const expected: string[] = [];
    const running: Promise<unknown>[] = [];
    const push = (value: string): string => {
      expected.push(value);
      return value;
    };
    for (let round = 0; round < 20; round++) {
      running.push(redis.rpush(key, push(`text ${round}`)));
      running.push(redis.rpush(key, Buffer.from(push(`bytes ${round}`))));
      running.push(
        redis
          .pipeline()
          .rpush(key, push(`first ${round}`))
          .rpush(key, push(`second ${round}`))
          .exec(),
      );
    }
    await Promise.all(running);
    expect(await redis.lrange(key, 0, -1)).toEqual(expected);
  });

  test('transmits a command larger than the socket buffer completely', async () => {
    await connect(isOn);
    const value = 'x'.repeat(5_000_000);
    const [, , length] = await Promise.all([redis.set('large', value), redis.ping(), redis.strlen('large')]);
    expect(length).toBe(value.length);
  });
});

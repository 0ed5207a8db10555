import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { describeConfig, loadConfig, port } from './index.js';

const schema = z.object({ PORT: port.default(80), SECRET: z.string().min(8) });

test('parses types, applies defaults and treats an empty value as unset', () => {
  expect(loadConfig(schema, { PORT: '8080', SECRET: 'long enough', OTHER: 'x' })).toEqual({
    PORT: 8080,
    SECRET: 'long enough',
  });
  expect(loadConfig(schema, { PORT: '', SECRET: 'long enough' }).PORT).toBe(80);
});

test('refuses an invalid value by the name of its variable, without the value', () => {
  expect(() => loadConfig(schema, { PORT: 'x', SECRET: 'hidden' })).toThrow(/PORT[^]*SECRET/);
  expect(() => loadConfig(schema, { PORT: 'x', SECRET: 'hidden' })).not.toThrow(/hidden/);
});

test('names an invalid value inside JSON by its path and does not quote an invalid key', () => {
  const hooks = z.string().transform((text) => JSON.parse(text) as unknown);
  const nested = z.object({
    HOOKS: hooks.pipe(z.record(z.string().max(3), z.strictObject({ a: z.number() }))),
  });
  const messageOf = (HOOKS: string): string => {
    try {
      loadConfig(nested, { HOOKS });
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(messageOf('{"one":{"a":"hidden"}}')).toMatch(/HOOKS\.one\.a: /);
  expect(messageOf('{"hidden":{"a":1}}')).toBe('invalid configuration: HOOKS: has an invalid key');
  expect(messageOf('{"one":{"a":1,"hidden":2}}')).toBe(
    'invalid configuration: HOOKS.one: has an unknown field',
  );
});

test('describes values for the log without secrets or credentials', () => {
  expect(
    describeConfig({
      POLYROOM_NATS_URL: 'nats://room:hidden@nats:4222',
      POLYROOM_REDIS_URL: 'redis://:hidden@a,:hidden@b',
      DATABASE_URL: 'postgresql://u:p%40hidden@db/x',
      POLYROOM_ADMIN_TOKENS: 'alice:hidden',
      POLYROOM_HTTP_PORT: 80,
    }),
  ).toEqual({
    POLYROOM_NATS_URL: 'nats://[redacted]@nats:4222',
    POLYROOM_REDIS_URL: 'redis://[redacted]@b',
    DATABASE_URL: 'postgresql://[redacted]@db/x',
    POLYROOM_ADMIN_TOKENS: '[redacted]',
    POLYROOM_HTTP_PORT: 80,
  });
});

import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { describeConfig, loadConfig, port } from './index.js';

const schema = z.object({ PORT: port.default(80), SECRET: z.string().min(8) });

test('values are typed, defaults hold, and nothing counts as not set', () => {
  expect(loadConfig(schema, { PORT: '8080', SECRET: 'long enough', OTHER: 'x' })).toEqual({
    PORT: 8080,
    SECRET: 'long enough',
  });
  expect(loadConfig(schema, { PORT: '', SECRET: 'long enough' }).PORT).toBe(80);
});

test('a wrong value is refused with the name of the variable and without the value', () => {
  expect(() => loadConfig(schema, { PORT: 'x', SECRET: 'hidden' })).toThrow(/PORT[^]*SECRET/);
  expect(() => loadConfig(schema, { PORT: 'x', SECRET: 'hidden' })).not.toThrow(/hidden/);
});

test('a description for the log shows values, but no secret and no credentials', () => {
  expect(
    describeConfig({
      POLYROOM_NATS_URL: 'nats://room:hidden@nats:4222',
      DATABASE_URL: 'postgresql://u:p%40hidden@db/x',
      POLYROOM_ADMIN_TOKENS: 'alice:hidden',
      POLYROOM_HTTP_PORT: 80,
    }),
  ).toEqual({
    POLYROOM_NATS_URL: 'nats://[redacted]@nats:4222',
    DATABASE_URL: 'postgresql://[redacted]@db/x',
    POLYROOM_ADMIN_TOKENS: '[redacted]',
    POLYROOM_HTTP_PORT: 80,
  });
});

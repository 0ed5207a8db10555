import { expect, test } from '@jest/globals';
import { createRedactor, withoutCredentials } from './redact.js';

const redact = createRedactor({
  POLYROOM_NATS_URL: 'nats://room:first%40pass@a,second:second,pass@b',
  POLYROOM_REDIS_URL: 'redis://:half/open#pass@c',
  DATABASE_URL: 'postgresql://polyroom:pg-pass@d/polyroom',
  POLYROOM_ADMIN_TOKENS: 'alice:token-of-alice,bob:token-of-bob',
  POLYROOM_SIGNED_MESSAGE_HOOKS: '{"7":{"secret":"hook-secret","moderation":{"url":"https://hooks"}}}',
  POLYROOM_TURN_SECRET: 'quote"d-turn',
  POLYROOM_SECRETS_KEY: 'first-key-of-secrets,second-key-of-secrets',
  POLYROOM_SECRETS_KEY_FILE: '/etc/keys/secrets',
  OTEL_EXPORTER_OTLP_HEADERS: 'x-team=collector-key,authorization=Bearer%20collector-token',
  OTHER_TOKEN: 'not-of-polyroom',
});

test.each([
  'first%40pass',
  'first@pass',
  'second,pass',
  'half/open#pass',
  'half%2Fopen%23pass',
  'pg-pass',
  'token-of-alice',
  'token-of-bob',
  'hook-secret',
  'quote"d-turn',
  'first-key-of-secrets',
  'second-key-of-secrets',
  'collector-key',
  'collector-token',
])('takes %s out of a text and of a JSON line', (secret) => {
  expect(redact(`refused: ${secret}.`)).toBe('refused: [redacted].');
  expect(redact(JSON.stringify({ input: secret }))).toBe('{"input":"[redacted]"}');
});

test('redacts credentials in every URL, even one that is not configured', () => {
  expect(redact('cannot reach nats://u:p@a:4222,v:q@b or redis://:p@c')).toBe(
    'cannot reach nats://[redacted]@b or redis://[redacted]@c',
  );
});

test('leaves all other text unchanged', () => {
  const text =
    'polyroom: file:///srv/node_modules/@nats-io/core.js, mail@host, https://hooks, not-of-polyroom, /etc/keys/secrets';
  expect(redact(text)).toBe(text);
});

test.each([
  ['nats://u:p@a:4222,v:q@b', 'nats://a:4222,b'],
  ['postgresql://u:p@db/x?sslpassword=hidden', 'postgresql://db/x'],
  ['redis://127.0.0.1:6379', 'redis://127.0.0.1:6379'],
])('removes the credentials from an address: %s', (text, expected) => {
  expect(withoutCredentials(text)).toBe(expected);
});

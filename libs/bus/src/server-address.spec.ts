import { expect, test } from '@jest/globals';
import { toServerAddress } from './server-address.js';

test('credentials in the URL are handed over apart from the address', () => {
  expect(toServerAddress('nats://room:p%40ss@nats:4222')).toEqual({
    servers: 'nats://nats:4222',
    user: 'room',
    pass: 'p@ss',
  });
});

test('a URL without credentials stays as it is', () => {
  expect(toServerAddress('nats://127.0.0.1:4222')).toEqual({ servers: 'nats://127.0.0.1:4222' });
});

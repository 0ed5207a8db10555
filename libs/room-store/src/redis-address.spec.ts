import { expect, test } from '@jest/globals';
import { parseRedisAddress } from './redis-address.js';

test('one URL is a single server', () => {
  expect(parseRedisAddress('redis://room:p%40ss@redis/3')).toEqual({
    cluster: false,
    nodes: [{ host: 'redis', port: 6379 }],
    username: 'room',
    password: 'p@ss',
    tls: false,
    database: 3,
  });
  expect(parseRedisAddress('rediss://:secret@redis:80')).toMatchObject({
    nodes: [{ host: 'redis', port: 80 }],
    username: undefined,
    password: 'secret',
    tls: true,
  });
});

test.each([
  ['redis://a:1,redis://b:2'],
  ['redis://a:1, b:2'],
  ['redis+cluster://a:1,b:2'],
  ['redis+cluster://a:1,redis://b:2'],
])('%s is a Cluster', (text) => {
  expect(parseRedisAddress(text)).toMatchObject({
    cluster: true,
    tls: false,
    nodes: [
      { host: 'a', port: 1 },
      { host: 'b', port: 2 },
    ],
  });
});

test('one node and a password are enough for a Cluster', () => {
  expect(parseRedisAddress('rediss+cluster://:pw@a')).toEqual({
    cluster: true,
    nodes: [{ host: 'a', port: 6379 }],
    username: undefined,
    password: 'pw',
    tls: true,
    database: 0,
  });
});

test.each([
  '',
  'localhost:6379',
  'http://a',
  'redis://',
  'redis://a:port',
  'redis+cluster://a/1',
  'redis://a/x',
])('"%s" is refused', (text) => {
  expect(() => parseRedisAddress(text)).toThrow();
});

test.each(['redis://a,redis://u:pw@b', 'redis://u:pw@a,b', 'redis://u:pw@a,u:pw@b'])(
  '%s: any of the entries has the credentials',
  (text) => {
    expect(parseRedisAddress(text)).toMatchObject({ username: 'u', password: 'pw', cluster: true });
  },
);

test.each([
  'redis://:geheim@a:port',
  'redis://:gehe/im@a',
  'redis://u:12#geheim@a',
  'redis://u:geheim@a,u:geheim2@b',
  'http://u:geheim@a',
])('%s is refused without its password', (text) => {
  expect(() => parseRedisAddress(text)).toThrow(
    expect.objectContaining({ message: expect.not.stringMatching(/geheim|gehe/) }),
  );
});

import { expect, test } from '@jest/globals';
import { parseRedisAddress } from './redis-address.js';

test('reads one URL as a single server', () => {
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
])('reads %s as a Cluster', (text) => {
  expect(parseRedisAddress(text)).toMatchObject({
    cluster: true,
    tls: false,
    nodes: [
      { host: 'a', port: 1 },
      { host: 'b', port: 2 },
    ],
  });
});

test('reads a Cluster from one node and a password', () => {
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
])('refuses "%s"', (text) => {
  expect(() => parseRedisAddress(text)).toThrow();
});

test.each(['redis://a,redis://u:pw@b', 'redis://u:pw@a,b', 'redis://u:pw@a,u:pw@b'])(
  'reads the credentials from any entry of %s',
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
])('refuses %s without printing its password', (text) => {
  expect(() => parseRedisAddress(text)).toThrow(
    expect.objectContaining({ message: expect.not.stringMatching(/geheim|gehe/) }),
  );
});

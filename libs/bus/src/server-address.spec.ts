import { describe, expect, test } from '@jest/globals';
import { type Server } from '@nats-io/transport-node';
import { toServerOptions } from './server-address.js';

test('separates the credentials from the address', () => {
  expect(toServerOptions('nats://room:p%40ss@nats:4222')).toEqual({
    servers: ['nats:4222'],
    user: 'room',
    pass: 'p@ss',
    inboxPrefix: '_INBOX.room',
  });
});

test('reads an address without credentials, with 4222 as the default port', () => {
  expect(toServerOptions('nats://127.0.0.1:4333')).toEqual({ servers: ['127.0.0.1:4333'] });
  expect(toServerOptions('nats://[::1]')).toEqual({ servers: ['[::1]:4222'] });
  expect(toServerOptions('nats')).toEqual({ servers: ['nats:4222'] });
});

test('gives each user its own inbox prefix, encoded if the name is not a safe token', () => {
  expect(toServerOptions('nats://room_2:p@a').inboxPrefix).toBe('_INBOX.room_2');
  expect(toServerOptions('nats://a.*:p@a').inboxPrefix).toBe('_INBOX.=612e2a');
  expect(toServerOptions('nats://u:p@a,v:q@b').inboxPrefix).toBe('_INBOX.u');
});

describe('an address list', () => {
  test.each([
    'nats://u:p@a,b:4333',
    'nats://a,nats://u:p@b:4333',
    'nats://u:p@a, nats://u:p@b:4333',
    'nats://u:p@a,u:p@b:4333',
  ])('%s yields both servers, with the credentials of any entry', (text) => {
    expect(toServerOptions(text)).toMatchObject({ servers: ['a:4222', 'b:4333'], user: 'u', pass: 'p' });
  });

  test('keeps the credentials of each entry', () => {
    const { servers, authenticator, reconnectToServer, user } = toServerOptions('nats://u:p@a,v:q@b,c');
    expect(servers).toEqual(['a:4222', 'b:4222', 'c:4222']);
    expect(user).toBeUndefined();
    const credentialsAt = (listen: string): unknown => {
      expect(reconnectToServer!([{ listen } as Server], null)).toBeNull();
      return (authenticator as (nonce?: string) => unknown)();
    };
    expect(credentialsAt('b:4222')).toEqual({ user: 'v', pass: 'q' });
    expect(credentialsAt('a:4222')).toEqual({ user: 'u', pass: 'p' });
    expect(credentialsAt('c:4222')).toEqual({ user: 'u', pass: 'p' });
    expect(credentialsAt('named-by-nats:4222')).toEqual({ user: 'u', pass: 'p' });
  });

  test.each(['tls://a', 'tls://a,b', 'nats://a,tls://b'])('%s requires TLS', (text) => {
    expect(toServerOptions(text)).toMatchObject({ tls: {} });
  });
});

test.each([
  'http://geheim@a',
  'nats://u:geheim@a:port,b',
  'nats://u:gehe/im@a',
  'nats://u:12#geheim@a',
  'nats://u:%zzgeheim@a',
  'nats://u:geheim@a,',
])('refuses %s without printing its password', (text) => {
  expect(() => toServerOptions(text)).toThrow(
    expect.objectContaining({ name: 'AddressError', message: expect.not.stringMatching(/geheim|gehe/) }),
  );
});

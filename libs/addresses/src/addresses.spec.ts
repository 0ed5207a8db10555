import { type IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import {
  AddressRange,
  findClientAddress,
  normalizeAddress,
  toClientNetwork,
  TrustedProxies,
} from './index.js';

describe('an address', () => {
  test.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['::FFFF:CB00:7109', '203.0.113.9'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('%s is spelled %s', (text, spelled) => {
    expect(normalizeAddress(text)).toBe(spelled);
  });

  test.each([
    '',
    'unknown',
    '203.0.113',
    '0x7f.1',
    '010.0.0.1',
    '203.0.113.9:80',
    '[::1]',
    ' ::1',
    undefined,
  ])('%j is none', (text) => {
    expect(normalizeAddress(text)).toBeUndefined();
  });
});

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
])('counts the client %s by %s', (address, network) => {
  expect(toClientNetwork(address)).toBe(network);
});

describe('a range', () => {
  test.each([
    ['203.0.113.9', '203.0.113.9', true],
    ['203.0.113.9', '203.0.113.10', false],
    ['203.0.113.77/26', '203.0.113.65', true],
    ['203.0.113.77/26', '203.0.113.63', false],
    ['::ffff:203.0.113.0/120', '203.0.113.255', true],
    ['2001:db8:1::/48', '2001:db8:1:ffff::1', true],
    ['2001:db8:1::/48', '2001:db8:2::1', false],
    ['0.0.0.0/0', '255.1.2.3', true],
    ['0.0.0.0/0', '2001:db8::1', false],
  ])('%s has %s: %s', (range, address, has) => {
    expect(AddressRange.parse(range)?.has(address)).toBe(has);
  });

  test.each([
    ['203.0.113.77/26', '203.0.113.64/26'],
    ['203.0.113.9/32', '203.0.113.9'],
    ['::ffff:203.0.113.0/120', '203.0.113.0/24'],
    ['2001:DB8:1:2::/48', '2001:db8:1::/48'],
  ])('%s is spelled %s', (text, spelled) => {
    expect(AddressRange.parse(text)?.toString()).toBe(spelled);
  });

  test.each([
    '',
    'proxy',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '::/129',
    '::ffff:0:0/95',
  ])('%j is none', (text) => {
    expect(AddressRange.parse(text)).toBeUndefined();
  });
});

describe('trusted proxies', () => {
  test('refuses an invalid entry, and one that trusts every address, by its number', () => {
    expect(() => TrustedProxies.parse('10.0.0.1, proxy.example')).toThrow(/^entry 2 is neither/);
    expect(() => TrustedProxies.parse('10.0.0.0/33')).toThrow(/^entry 1 is neither/);
    expect(() => TrustedProxies.parse('::/0')).toThrow(/^entry 1 trusts every address/);
    expect(TrustedProxies.parse(' , ').has('10.0.0.1')).toBe(false);
  });

  const proxies = TrustedProxies.parse('10.0.0.0/8, 2001:db8::1');
  const find = (remoteAddress: string, forwardedFor?: string) =>
    findClientAddress(
      {
        socket: { remoteAddress },
        headers: { 'x-forwarded-for': forwardedFor },
      } as unknown as IncomingMessage,
      proxies,
    );

  test.each([
    [
      'an untrusted peer is the client, regardless of the header',
      '203.0.113.9',
      '198.51.100.1',
      '203.0.113.9',
    ],
    ['a trusted peer names the client', '10.1.1.1', '198.51.100.1', '198.51.100.1'],
    ['a trusted peer may have an IPv4-mapped address', '::ffff:10.1.1.1', '198.51.100.1', '198.51.100.1'],
    [
      'entries from the client’s own header are further left',
      '10.1.1.1',
      '1.1.1.1, 198.51.100.1',
      '198.51.100.1',
    ],
    [
      'consecutive trusted proxies are skipped',
      '10.1.1.1',
      '198.51.100.1, 2001:DB8::1,10.2.2.2',
      '198.51.100.1',
    ],
    ['a client inside the trusted networks is the left-most', '10.1.1.1', '10.3.3.3, 10.2.2.2', '10.3.3.3'],
    ['an invalid entry leaves the peer’s address', '10.1.1.1', 'unknown', '10.1.1.1'],
    ['a trusted peer without the header is the client', '10.1.1.1', undefined, '10.1.1.1'],
  ])('%s', (_name, peer, forwardedFor, client) => {
    expect(find(peer, forwardedFor)).toBe(client);
  });
});

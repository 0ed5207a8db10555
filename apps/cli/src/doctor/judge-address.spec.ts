import { expect, test } from '@jest/globals';
import { findAddressProblem, scopeOf } from './judge-address.js';

test.each([
  ['127.0.0.2', 'loopback'],
  ['::1', 'loopback'],
  ['10.1.2.3', 'private'],
  ['172.31.255.255', 'private'],
  ['172.32.0.1', 'public'],
  ['192.168.1.1', 'private'],
  ['100.64.0.1', 'private'],
  ['fd00::1', 'private'],
  ['0.0.0.0', 'unusable'],
  ['169.254.1.1', 'unusable'],
  ['192.0.2.1', 'unusable'],
  ['fe80::1', 'unusable'],
  ['8.8.8.8', 'public'],
  ['2606:4700::1111', 'public'],
])('%s is %s', (address, scope) => {
  expect(scopeOf(address)).toBe(scope);
});

test.each([
  ['127.0.0.1', ['8.8.8.8'], 'only clients on the machine of the media node reach it'],
  ['127.0.0.1', ['10.0.0.1'], 'only clients on the machine of the media node reach it'],
  ['10.0.0.5', ['8.8.8.8'], 'is a private address, but the server has a public one'],
  ['0.0.0.0', ['127.0.0.1'], 'no host on the Internet has'],
])('a node that announces %s behind a server at %j is unreachable', (announced, server, problem) => {
  expect(findAddressProblem(announced, server)).toContain(problem);
});

test.each([
  ['127.0.0.1', ['127.0.0.1']],
  ['10.0.0.5', ['10.0.0.1']],
  ['10.0.0.5', ['8.8.8.8', '10.0.0.1']],
  ['8.8.4.4', ['8.8.8.8']],
  ['8.8.4.4', ['10.0.0.1']],
])('a node that announces %s behind a server at %j may be reachable', (announced, server) => {
  expect(findAddressProblem(announced, server)).toBeUndefined();
});

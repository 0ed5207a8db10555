import { expect, test } from '@jest/globals';
import { loadGatewayConfig } from './gateway.config.js';
import { iceServersFor } from '@polyroom/session';

const session = { appId: 7, userId: 'ann', sessionId: 'ss_1' };
const turn = 'turn:turn.example.com:3478?transport=udp';

test('issues TURN REST credentials: expiry and user, signed with the shared secret', () => {
  const config = { urls: [turn, 'stun:stun.example.com'], secret: 'north', ttlSeconds: 600 };
  const servers = iceServersFor(session, config, 1_700_000_000_500);
  expect(servers).toEqual([
    { urls: ['stun:stun.example.com'] },
    {
      urls: [turn],
      username: '1700000600:7-ann',
      // printf 1700000600:7-ann | openssl dgst -sha1 -hmac north -binary | base64
      credential: 'nmALhhKKhjlOHOtnInQbreSYEFc=',
    },
  ]);
});

test('announces no TURN server without addresses', () => {
  expect(iceServersFor(session, { urls: [], secret: 'north', ttlSeconds: 600 }, 0)).toBeUndefined();
});

test.each([
  ['no TURN address', { POLYROOM_TURN_URLS: 'https://turn.example.com' }],
  ['a relay without a secret', { POLYROOM_TURN_URLS: turn }],
])('refuses %s with the name of the variable', (_name, env) => {
  expect(() => loadGatewayConfig(env)).toThrow(/POLYROOM_TURN_/);
});

test('accepts several addresses, separated by commas', () => {
  const { turn: config } = loadGatewayConfig({
    POLYROOM_TURN_URLS: `${turn}, turns:turn.example.com:5349`,
    POLYROOM_TURN_SECRET: 'a secret of some length',
  });
  expect(config).toEqual({
    urls: [turn, 'turns:turn.example.com:5349'],
    secret: 'a secret of some length',
    ttlSeconds: 86_400,
  });
});

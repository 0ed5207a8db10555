import { get } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '@polyroom/config';
import { clientCloseCodes, clientSocketPath } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { type RawClient } from '../test/raw-client.js';
import { type UsedGateway, useGateway } from '../test/use-gateway.js';
import { loadGatewayConfig } from './gateway.config.js';

async function readMetrics({ gateway }: UsedGateway): Promise<string> {
  return (await fetch(`http://127.0.0.1:${gateway.monitorPort}/metrics`)).text();
}

/** The status and Retry-After of a refused upgrade. */
function upgrade({ gateway }: UsedGateway, headers: Record<string, string> = {}): Promise<[number, unknown]> {
  const request = get({
    port: gateway.port,
    path: clientSocketPath,
    headers: {
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
      ...headers,
    },
  });
  return new Promise((resolve, reject) => {
    request.once('response', ({ statusCode = 0, headers }) => resolve([statusCode, headers['retry-after']]));
    request.once('upgrade', (_response, socket) => {
      socket.destroy();
      resolve([101, undefined]);
    });
    request.once('error', reject);
  });
}

describe('a socket that does not log in', () => {
  const used = useGateway({
    POLYROOM_LOGIN_TIMEOUT_MS: '1000',
    POLYROOM_MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS: '1000',
  });

  test('is closed with 4003 after the timeout, 600 of them too, and one with a session stays', async () => {
    const member = await used.connectTo('r1', 'member');
    const silent: RawClient[] = [];
    for (let batch = 0; batch < 6; batch++) {
      silent.push(...(await Promise.all(Array.from({ length: 100 }, () => used.connect()))));
    }
    await waitFor(() => silent.every(({ closeCode }) => closeCode !== undefined), {
      timeoutMs: 15_000,
      describe: 'the silent sockets to be closed',
    });
    expect(new Set(silent.map(({ closeCode }) => closeCode))).toEqual(
      new Set([clientCloseCodes.loginTimeout]),
    );
    expect(new Set(silent.map(({ closeReason }) => closeReason))).toEqual(new Set(['login timed out']));
    expect((await member.ask('room.logout', { roomId: 'r1' })).error).toBeUndefined();
    await waitFor(
      async () => {
        const metrics = await readMetrics(used);
        return (
          /polyroom_gateway_unauthenticated_connections 0\b/.test(metrics) &&
          /polyroom_gateway_connections 1\b/.test(metrics) &&
          /polyroom_gateway_login_timeouts_total 600\b/.test(metrics)
        );
      },
      { timeoutMs: 5000, describe: 'the counts' },
    );
  });

  test('is closed while it sends requests that are refused', async () => {
    const client = await used.connect();
    const sending = setInterval(() => client.socket.send('{"id":1,"method":"room.nothing"}'), 50);
    await waitFor(() => client.closeCode === clientCloseCodes.loginTimeout, {
      timeoutMs: 5000,
      describe: 'the close code',
    });
    clearInterval(sending);
  });

  test('keeps its socket if a login in progress succeeds after the timeout', async () => {
    used.cluster.onLogin = () => new Promise((resolve) => setTimeout(resolve, 1300));
    const client = await used.connectTo('r1', 'slow');
    expect((await client.ask('room.logout', { roomId: 'r1' })).error).toBeUndefined();
  });
});

describe('limits on the number of sockets', () => {
  const used = useGateway({
    POLYROOM_TRUSTED_PROXIES: '127.0.0.1',
    POLYROOM_MAX_SOCKETS: '6',
    POLYROOM_MAX_SOCKETS_PER_ADDRESS: '3',
    POLYROOM_MAX_UNAUTHENTICATED_SOCKETS: '4',
    POLYROOM_MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS: '2',
  });
  const from = (host: number) => ({ 'x-forwarded-for': `198.51.100.${host}` });

  test('refuse one client with 429 and all clients with 503, fewer while unauthenticated', async () => {
    const first = [await used.connect(from(1)), await used.connect(from(1))];
    expect(await upgrade(used, from(1))).toEqual([429, '5']);
    const second = [await used.connect(from(2)), await used.connect(from(2))];
    expect(await upgrade(used, from(3))).toEqual([503, '5']);
    for (const [index, client] of [...first, ...second].entries()) {
      expect((await client.login('r1', `u${index}`)).error).toBeUndefined();
    }
    await used.connect(from(1));
    expect(await upgrade(used, from(1))).toEqual([429, '5']);
    await used.connect(from(2));
    expect(await upgrade(used, from(3))).toEqual([503, '5']);
    await first[0]!.close();
    await waitFor(async () => (await upgrade(used, from(3)))[0] === 101, {
      timeoutMs: 5000,
      describe: 'the place of a closed socket',
    });
    const metrics = await readMetrics(used);
    for (const limit of ['address', 'unauthenticated_address', 'process', 'unauthenticated']) {
      expect(metrics).toMatch(
        new RegExp(`polyroom_gateway_refused_connections_total\\{limit="${limit}"\\} [1-9]`),
      );
    }
  });
});

test.each([
  ['POLYROOM_LOGIN_TIMEOUT_MS', '0'],
  ['POLYROOM_LOGIN_TIMEOUT_MS', 'soon'],
  ['POLYROOM_MAX_SOCKETS', '-1'],
  ['POLYROOM_MAX_SOCKETS_PER_ADDRESS', '1.5'],
  ['POLYROOM_MAX_UNAUTHENTICATED_SOCKETS', '0'],
  ['POLYROOM_MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS', 'all'],
])('refuses to start with %s=%s', (name, value) => {
  const load = () => loadGatewayConfig({ [name]: value });
  expect(load).toThrow(ConfigError);
  expect(load).toThrow(`${name}: `);
});

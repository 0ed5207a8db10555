import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '@polyroom/config';
import { waitFor } from '@polyroom/testing';
import { adminToken } from '../test/fake-cluster.js';
import { type UsedGateway, useGateway } from '../test/use-gateway.js';
import { loadGatewayConfig } from './gateway.config.js';

const peer = '127.0.0.1';
const client = '198.51.100.7';
const forwarded = { 'x-forwarded-for': `203.0.113.1, ${client}` };

/** The client address that each entry point passes to the services behind the gateway. */
async function readAddresses({ cluster, connect, gateway }: UsedGateway): Promise<Record<string, unknown>> {
  const lastOf = (method: string) => cluster.calls.findLast((call) => call.method === method)?.request;
  const socket = await connect(forwarded);
  expect((await socket.login('r1', 'ann', { token: 't' })).error).toBeUndefined();
  for (const token of ['refused', adminToken]) {
    await fetch(`http://127.0.0.1:${gateway.port}/v1/apps`, {
      headers: { ...forwarded, authorization: `Bearer ${token}` },
    });
  }
  return {
    room: lastOf('login')?.['clientAddress'],
    credentials: lastOf('authenticate')?.['clientAddress'],
    rest: lastOf('authorize')?.['clientAddress'],
  };
}

const addressesInLog = ({ lines }: UsedGateway) =>
  new Set(lines.filter(({ msg }) => msg === 'request refused').map(({ address }) => address));

describe('without trusted proxies', () => {
  const used = useGateway();

  test('no client chooses its address with X-Forwarded-For', async () => {
    expect(await readAddresses(used)).toEqual({
      room: peer,
      credentials: peer,
      rest: peer,
    });
    await waitFor(() => addressesInLog(used).size > 0, { describe: 'lines' });
    expect(addressesInLog(used)).toEqual(new Set([peer]));
  });
});

describe('behind a trusted proxy', () => {
  const used = useGateway({ POLYROOM_TRUSTED_PROXIES: `10.0.0.0/8, ${peer}` });

  test('uses the right-most address that is not a proxy’s, for sockets and REST', async () => {
    expect(await readAddresses(used)).toEqual({
      room: client,
      credentials: client,
      rest: client,
    });
    await waitFor(() => addressesInLog(used).size > 0, { describe: 'lines' });
    expect(addressesInLog(used)).toEqual(new Set([client]));
  });

  test('ignores an invalid address', async () => {
    const socket = await used.connect({ 'x-forwarded-for': 'x'.repeat(4000) });
    await socket.login('r1', 'ann');
    const login = used.cluster.calls.find(({ method }) => method === 'login');
    expect(login?.request['clientAddress']).toBe(peer);
  });
});

test.each(['proxy.example', '10.0.0.0/33', '10.0.0.1;10.0.0.2', '0.0.0.0/0'])(
  'refuses to start with POLYROOM_TRUSTED_PROXIES=%s, and names the invalid entry',
  (text) => {
    const load = () => loadGatewayConfig({ POLYROOM_TRUSTED_PROXIES: `192.0.2.1,${text}` });
    expect(load).toThrow(ConfigError);
    expect(load).toThrow('POLYROOM_TRUSTED_PROXIES: entry 2 ');
  },
);

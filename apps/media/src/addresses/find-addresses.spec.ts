import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ConfigError } from '@polyroom/config';
import { parseAddressSources } from './address-source.js';
import { findAddresses } from './find-addresses.js';
import { ownAddresses } from './own-addresses.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'polyroom-addresses-'));
});
afterAll(() => rm(dir, { recursive: true }));

const find = (listen: string, announced = '', pipeAddress?: string) =>
  findAddresses({
    listenIps: listen.split(','),
    announced: announced === '' ? [] : parseAddressSources(announced),
    pipeAddress,
  });

const own = ownAddresses();
const ownIpv4 = own.find((address) => !address.includes(':'));

test('announces the listening addresses, and sends pipes to the first one', async () => {
  expect(await find('127.0.0.1,192.0.2.7')).toEqual({
    listenIp: '127.0.0.1',
    clientAddresses: [{ ip: '127.0.0.1' }, { ip: '192.0.2.7' }],
  });
});

test('announces one address for a wildcard, to other nodes too', async () => {
  expect(await find('0.0.0.0', '203.0.113.7')).toEqual({
    listenIp: '0.0.0.0',
    clientAddresses: [{ ip: '0.0.0.0', announcedAddress: '203.0.113.7' }],
    pipeAddress: '203.0.113.7',
  });
  expect(await find('0.0.0.0', '203.0.113.7', '10.0.0.7')).toMatchObject({ pipeAddress: '10.0.0.7' });
});

test('announces public and private addresses of both families at once', async () => {
  const addresses = await find('10.0.0.7,2001:db8::7', '203.0.113.7,10.0.0.7,2001:db8::7', '10.0.0.7');
  expect(addresses.clientAddresses).toEqual([
    { ip: '10.0.0.7', announcedAddress: '203.0.113.7', announceIp: true },
    { ip: '2001:db8::7' },
  ]);
});

const testWithInterface = ownIpv4 === undefined ? test.skip : test;

testWithInterface(
  'listens on the own address that is announced beside the one outside of the NAT',
  async () => {
    const { clientAddresses } = await find('0.0.0.0', '203.0.113.7,auto');
    expect(clientAddresses).toEqual([{ ip: ownIpv4, announcedAddress: '203.0.113.7', announceIp: true }]);
    const automatic = await find('auto');
    expect(automatic.clientAddresses).toEqual(own.map((ip) => ({ ip })));
  },
);

testWithInterface('keeps pipes in the private network if the public address is found', async () => {
  const path = join(dir, 'public');
  await writeFile(path, '203.0.113.7\n');
  expect(await find('0.0.0.0', `file:${path}`)).toEqual({
    listenIp: '0.0.0.0',
    clientAddresses: [{ ip: '0.0.0.0', announcedAddress: '203.0.113.7' }],
    pipeAddress: ownIpv4,
  });
  expect(await find('127.0.0.1', `file:${path}`)).not.toHaveProperty('pipeAddress');
  expect(await find('0.0.0.0', `file:${path}`, 'announced')).toMatchObject({ pipeAddress: '203.0.113.7' });
});

test('waits for a file that does not exist yet or is not complete', async () => {
  const path = join(dir, 'later');
  const failure = await find('0.0.0.0', `file:${path}`).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'ENOENT' });
  expect(failure).not.toBeInstanceOf(ConfigError);
  await writeFile(path, '');
  await expect(find('0.0.0.0', `file:${path}`)).rejects.toThrow(/must contain IP addresses/);
  await writeFile(path, '203.0.113.7, 203.0.113.8');
  await expect(find('0.0.0.0', `file:${path}`)).rejects.toThrow(ConfigError);
});

test.each([
  ['127.0.0.1,192.0.2.7', '203.0.113.7', /POLYROOM_MEDIA_LISTEN_IP: several addresses/],
  ['192.0.2.7,0.0.0.0', '192.0.2.7', /no wildcard/],
  ['0.0.0.0', '203.0.113.7,203.0.113.8', /one address outside of this machine/],
  ['192.0.2.7', '203.0.113.7,203.0.113.8', /one address outside of this machine/],
  ['0.0.0.0', '203.0.113.7,2001:db8::7', /2001:db8::7 is announced, but no listening address/],
  ['0.0.0.0,::', '203.0.113.7', /no address is announced for ::/],
])('refuses to listen on %s with %s', async (listen, announced, message) => {
  const failure = await find(listen, announced).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConfigError);
  expect((failure as Error).message).toMatch(message);
});

describe('with a STUN server', () => {
  let server: Socket;
  let lost = 1;

  beforeAll(async () => {
    server = createSocket('udp4');
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    server.on('message', (request, { address, port }) => {
      // The first request is lost.
      lost -= 1;
      if (lost < 0) {
        server.send(successResponse(request, '203.0.113.7'), port, address);
      }
    });
  });
  afterAll(() => void server.close());

  test('announces the address that it sees', async () => {
    const source = `stun:127.0.0.1:${server.address().port}`;
    const { clientAddresses } = await find('127.0.0.1', source);
    expect(clientAddresses).toEqual([{ ip: '127.0.0.1', announcedAddress: '203.0.113.7' }]);
  });
});

/** A response with the attribute XOR-MAPPED-ADDRESS. */
function successResponse(request: Buffer, address: string): Buffer {
  const response = Buffer.concat([request.subarray(0, 20), Buffer.from([0, 0x20, 0, 8, 0, 1, 0, 0])]);
  response.writeUInt16BE(0x0101, 0);
  response.writeUInt16BE(12, 2);
  const masked = address.split('.').map((byte, index) => Number(byte) ^ request[4 + index]!);
  return Buffer.concat([response, Buffer.from(masked)]);
}

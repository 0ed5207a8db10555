import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import { readCloudAddress } from './cloud-metadata.js';

type Answer = (headers: Record<string, unknown>) => string | undefined;

let server: Server | undefined;
afterEach(() => void server?.close());

/** Answers `METHOD path`; everything else is 404, as in another cloud. */
async function startMetadata(answers: Record<string, Answer>): Promise<string> {
  server = createServer((request, response) => {
    const answer = answers[`${request.method} ${request.url?.split('?')[0]}`]?.(request.headers);
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const aws: Record<string, Answer> = {
  'PUT /latest/api/token': (headers) =>
    headers['x-aws-ec2-metadata-token-ttl-seconds'] === undefined ? undefined : 'a token',
  'GET /latest/meta-data/public-ipv4': (headers) =>
    headers['x-aws-ec2-metadata-token'] === 'a token' ? '203.0.113.1' : undefined,
};
const gcp: Record<string, Answer> = {
  'GET /computeMetadata/v1/instance/network-interfaces/0/access-configs/0/external-ip': (headers) =>
    headers['metadata-flavor'] === 'Google' ? '203.0.113.2\n' : undefined,
};
const azure: Record<string, Answer> = {
  'GET /metadata/instance/network/interface/0/ipv4/ipAddress/0/publicIpAddress': (headers) =>
    headers['metadata'] === 'true' ? '203.0.113.3' : undefined,
};

test.each([
  ['aws', aws, '203.0.113.1'],
  ['gcp', gcp, '203.0.113.2'],
  ['azure', azure, '203.0.113.3'],
] as const)('reads the address from the metadata of %s, named or not', async (cloud, answers, address) => {
  const origin = await startMetadata(answers);
  expect(await readCloudAddress(cloud, origin)).toBe(address);
  expect(await readCloudAddress(undefined, origin)).toBe(address);
});

test('fails if the machine has no public address', async () => {
  const origin = await startMetadata({ ...azure, [Object.keys(azure)[0]!]: () => '' });
  await expect(readCloudAddress('azure', origin)).rejects.toThrow('azure names no public address');
  await expect(readCloudAddress(undefined, origin)).rejects.toThrow('no cloud names a public address');
});

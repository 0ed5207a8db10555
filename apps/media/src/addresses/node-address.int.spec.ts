import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeNodeAddress } from './node-address.js';

let dir: string;
let server: Server;
let node: object;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'polyroom-node-'));
  const [key, cert] = [join(dir, 'key'), join(dir, 'ca.crt')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '1',
    ].concat([
      ...['-subj', '/CN=api', '-addext', 'subjectAltName=IP:127.0.0.1'],
      ...['-keyout', key, '-out', cert],
    ]),
    { stdio: 'ignore' },
  );
  await writeFile(join(dir, 'token'), 'a token\n');
  server = createServer({ key: await readFile(key), cert: await readFile(cert) }, (request, response) => {
    const isAllowed = request.headers.authorization === 'Bearer a token';
    const isFound = request.url === '/api/v1/nodes/machine-1';
    response.writeHead(!isAllowed ? 403 : isFound ? 200 : 404).end(JSON.stringify(node));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.close();
  await rm(dir, { recursive: true });
});

async function write(name = 'machine-1'): Promise<string> {
  const path = join(dir, 'address');
  const env = {
    NODE_NAME: name,
    KUBERNETES_SERVICE_HOST: '127.0.0.1',
    KUBERNETES_SERVICE_PORT: String((server.address() as AddressInfo).port),
  };
  await writeNodeAddress(path, env, dir);
  return readFile(path, 'utf8');
}

const addresses = [
  { type: 'InternalIP', address: '10.0.0.7' },
  { type: 'ExternalIP', address: '203.0.113.7' },
];

test('writes the annotation of the machine, or its label, or its external addresses', async () => {
  const annotations = { 'polyroom.io/public-address': '203.0.113.9, 2001:db8::9' };
  const labels = { 'polyroom.io/public-address': '203.0.113.8' };
  node = { metadata: { labels, annotations }, status: { addresses } };
  expect(await write()).toBe('203.0.113.9,2001:db8::9\n');
  node = { metadata: { labels }, status: { addresses } };
  expect(await write()).toBe('203.0.113.8\n');
  node = { metadata: {}, status: { addresses } };
  expect(await write()).toBe('203.0.113.7\n');
});

test('fails if the machine has no public address, or is not found', async () => {
  node = { metadata: {}, status: { addresses: addresses.slice(0, 1) } };
  await expect(write()).rejects.toThrow(/machine-1 has neither an external address nor/);
  await expect(write('machine-2')).rejects.toThrow('/api/v1/nodes/machine-2: HTTP 404');
  await expect(writeNodeAddress(undefined)).rejects.toThrow(/needs the path/);
});

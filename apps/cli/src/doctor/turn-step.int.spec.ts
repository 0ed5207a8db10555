import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort, type RunningServer, startCoturn } from '@polyroom/testing';
import { allocateRelay, parseTurnUrl } from './allocate-relay.js';
import { type Examination } from './examination.js';
import { type Finding } from './finding.js';
import { checkTurn } from './turn-step.js';

const secret = 'shared with the TURN server';
let coturn: RunningServer;
beforeAll(async () => {
  coturn = await startCoturn(secret);
});
afterAll(() => coturn?.close());

/** As the gateway makes them. */
function credentials(expiresInSeconds = 600, under = secret): { username: string; credential: string } {
  const username = `${Math.floor(Date.now() / 1000) + expiresInSeconds}:7-ada`;
  return { username, credential: createHmac('sha1', under).update(username).digest('base64') };
}

function examine(urls: string[], given = credentials(), timeoutMs = 5000): Promise<Finding> {
  const recv = { iceParameters: { usernameFragment: '', password: '' }, iceCandidates: [] };
  const media = { nodeId: 'nd_1', iceServers: [{ urls, ...given }], recv };
  return checkTurn({ media, timeoutMs } as unknown as Examination);
}

test('gets a relayed address over UDP and TCP', async () => {
  const { detail, status } = await examine([coturn.url, `${coturn.url}?transport=tcp`, 'stun:127.0.0.1']);
  expect(status).toBe('ok');
  expect(detail.match(/relays from 127\.0\.0\.1:\d{4,5}, after \d+ ms/g)).toHaveLength(2);
});

test('gets a relayed address over TLS from a server whose certificate is trusted, and names one whose is not', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'polyroom-turn-'));
  const [certFile, keyFile] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', keyFile, '-out', certFile],
  ]);
  const overTls = await startCoturn(secret, { host: 'localhost', certFile, keyFile, caFile: certFile });
  const authorities = getCACertificates();
  try {
    expect(await examine([overTls.url])).toMatchObject({
      ...{ status: 'failed', problem: 'unreachable TURN' },
      detail: expect.stringContaining('self-signed certificate'),
      cure: expect.stringContaining('its certificate'),
    });
    setDefaultCACertificates([...authorities, await readFile(certFile, 'utf8')]);
    expect(await examine([overTls.url])).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/^turns:localhost:\d+ relays from 127\.0\.0\.1:\d+, after \d+ ms$/),
    });
  } finally {
    setDefaultCACertificates(authorities);
    await overTls.close();
    await rm(dir, { recursive: true });
  }
});

test('gives the relayed address back: many examinations exhaust nothing', async () => {
  const server = parseTurnUrl(coturn.url)!;
  for (let round = 0; round < 20; round++) {
    expect(await allocateRelay(server, credentials(), 5000)).toMatchObject({ outcome: 'allocated' });
  }
});

test('names wrong credentials', async () => {
  expect(await examine([coturn.url], credentials(600, 'another secret'))).toMatchObject({
    ...{ status: 'failed', problem: 'wrong TURN credentials' },
    detail: expect.stringContaining('401'),
    cure: expect.stringContaining('POLYROOM_TURN_SECRET'),
  });
});

test('names expired credentials', async () => {
  expect(await examine([coturn.url], credentials(-60))).toMatchObject({
    ...{ status: 'failed', problem: 'expired TURN credentials' },
    detail: expect.stringContaining('have expired at 20'),
    cure: expect.stringContaining('POLYROOM_TURN_TTL_SECONDS'),
  });
});

test('names a server that does not answer, also if another one does', async () => {
  const closed = await freePort();
  for (const url of [
    `turn:127.0.0.1:${closed}`,
    `turn:127.0.0.1:${closed}?transport=tcp`,
    `turns:127.0.0.1:${closed}`,
  ]) {
    const { detail, problem, status } = await examine([coturn.url, url]);
    expect({ problem, status }).toEqual({ problem: 'unreachable TURN', status: 'failed' });
    expect(detail).toContain(`${coturn.url} relays`);
    expect(detail.split('; ')[1]).toMatch(/ does not answer: .*ECONNREFUSED/);
  }
});

test('gives up on a server that accepts and says nothing', async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  try {
    const url = `turn:127.0.0.1:${(silent.address() as AddressInfo).port}?transport=tcp`;
    expect((await examine([url], credentials(), 500)).detail).toBe(`${url} does not answer: no answer`);
  } finally {
    silent.close();
  }
});

test('skips clusters without a TURN server, and transports that it does not speak', async () => {
  expect(await examine(['stun:127.0.0.1'])).toMatchObject({
    status: 'skipped',
    detail: expect.stringContaining('POLYROOM_TURN_URLS'),
  });
  expect(await examine(['turns:127.0.0.1?transport=udp'])).toMatchObject({ status: 'skipped' });
});

test.each([
  ['turn:turn.example.com', { host: 'turn.example.com', port: 3478, transport: 'udp' }],
  ['turns:turn.example.com:443?transport=tcp', { host: 'turn.example.com', port: 443, transport: 'tls' }],
  ['turn:[2001:db8::1]:3479?transport=tcp', { host: '2001:db8::1', port: 3479, transport: 'tcp' }],
  ['turns:turn.example.com', { host: 'turn.example.com', port: 5349, transport: 'tls' }],
  ['https://turn.example.com', undefined],
])('reads the address %s', (url, server) => {
  expect(parseTurnUrl(url)).toEqual(server);
});

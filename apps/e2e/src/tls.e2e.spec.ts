import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningServer, startNats, startRedis, waitFor } from '@polyroom/testing';
import { ServiceRun } from './support/service-run.js';
import { loginParams, TestCluster } from './support/test-cluster.js';

const execute = promisify(execFile);
const rootDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const password = 'geheim-wort';

let dir: string;
let nats: RunningServer;
let redis: RunningServer;
let mutualNats: RunningServer;
let mutualRedis: RunningServer;
let runs: ServiceRun[] = [];
/** The bus waits 20 s for each: they run from the start. */
let refused: ServiceRun[] = [];

/** Certificates of an authority of its own, as deploy/tls makes them. */
function makeCertificates(name: string, authority: string): Promise<unknown> {
  return execute(join(rootDir, 'deploy/tls/make-certificates.sh'), [join(dir, name)], {
    env: { ...process.env, CA_NAME: authority },
  });
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'polyroom-tls-'));
  await Promise.all([makeCertificates('ours', 'Ours'), makeCertificates('theirs', 'Theirs')]);
  const tlsOf = (server: 'nats' | 'redis', verifyClients = false) => ({
    host: 'localhost',
    certFile: join(dir, 'ours', `${server}.crt`),
    keyFile: join(dir, 'ours', `${server}.key`),
    caFile: join(dir, 'ours', 'ca.crt'),
    verifyClients,
  });
  nats = await startNats({ jetStream: true, password, tls: tlsOf('nats') });
  redis = await startRedis({ password, tls: tlsOf('redis') });
  mutualNats = await startNats({ jetStream: true, password, tls: tlsOf('nats', true) });
  mutualRedis = await startRedis({ password, tls: tlsOf('redis', true) });
  const url = { POLYROOM_NATS_URL: mutualNats.url };
  refused = [
    run('gateway', { ...url, ...filesOf('NATS', 'ours') }),
    run('gateway', {
      ...url,
      ...filesOf('NATS', 'theirs', true),
      POLYROOM_NATS_CA_FILE: join(dir, 'ours', 'ca.crt'),
    }),
  ];
});
afterEach(async () => {
  await Promise.all(runs.map((each) => each.close()));
  runs = [];
});
afterAll(async () => {
  await Promise.all(refused.map((each) => each.close()));
  await Promise.all([nats, redis, mutualNats, mutualRedis].map((server) => server?.close()));
  await rm(dir, { recursive: true, force: true });
});

/** The settings of a client of one server. */
function filesOf(
  server: 'NATS' | 'REDIS',
  authority: string,
  hasCertificate = false,
): Record<string, string> {
  const file = (name: string) => join(dir, authority, name);
  return {
    [`POLYROOM_${server}_CA_FILE`]: file('ca.crt'),
    ...(hasCertificate
      ? {
          [`POLYROOM_${server}_CERT_FILE`]: file('client.crt'),
          [`POLYROOM_${server}_KEY_FILE`]: file('client.key'),
        }
      : {}),
  };
}

function run(app: string, env: Record<string, string>): ServiceRun {
  return new ServiceRun(app, {
    POLYROOM_HTTP_HOST: '127.0.0.1',
    POLYROOM_NATS_URL: nats.url,
    ...(app === 'room' ? { POLYROOM_REDIS_URL: redis.url } : {}),
    ...env,
  });
}

function start(app: string, env: Record<string, string>): ServiceRun {
  const started = run(app, env);
  runs.push(started);
  return started;
}

/** The reason in the only `fatal` line of a service that cannot start. */
async function failureOf(service: ServiceRun): Promise<string> {
  expect(await service.ended).toEqual({ code: 1, signal: null });
  const fatal = service.lines.filter(({ level }) => level === 60);
  expect(fatal).toEqual([expect.objectContaining({ msg: 'cannot start', reason: expect.any(String) })]);
  expect(service.output).not.toContain(password);
  return String(fatal[0]!['reason']);
}

test('a cluster whose NATS and Redis have TLS and demand certificates carries logins and messages', async () => {
  const testCluster = await TestCluster.withInterop(1, {
    natsUrl: mutualNats.url,
    redisUrl: mutualRedis.url,
    env: { ...filesOf('NATS', 'ours', true), ...filesOf('REDIS', 'ours', true) },
  });
  try {
    const app = await testCluster.createApp({ multiRoom: true });
    const [ada, bob] = [await testCluster.connect(0), await testCluster.connect(1)];
    expect((await ada.call('room.login', loginParams(app, 'r1', 'ada'))).code).toBe(0);
    expect((await bob.call('room.login', loginParams(app, 'r1', 'bob'))).code).toBe(0);
    const message = { roomId: 'r1', content: 'by TLS', clientMessageId: 'm1' };
    expect(await ada.codeOf('message.broadcast', message)).toBe(0);
    await waitFor(() => JSON.stringify(bob.events).includes('by TLS'), { describe: 'the message' });

    const metrics = await (await fetch(`${testCluster.cluster.monitorUrlOf('room-1')}/metrics`)).text();
    const expiries = metrics.matchAll(/^polyroom_certificate_expiry_timestamp_seconds{(.*)} (\S+)$/gm);
    const shown = [...expiries].map(([, labels, seconds]) => [labels, Number(seconds) * 1000 > Date.now()]);
    expect(shown.sort()).toEqual(
      ['nats', 'redis'].flatMap((server) =>
        ['ca', 'cert'].map((file) => [`server="${server}",file="${file}"`, true]),
      ),
    );
  } finally {
    await testCluster.close();
  }
}, 180_000);

describe('with TLS without client certificates', () => {
  test('services start with the authority of the servers', async () => {
    const room = start('room', { ...filesOf('NATS', 'ours'), ...filesOf('REDIS', 'ours') });
    await waitFor(() => room.output.includes('"ready"'), { timeoutMs: 60_000, describe: 'room to be ready' });
  });

  test.each(['gateway', 'room'])(
    '%s ends if another authority has signed the certificate of NATS',
    async (app) => {
      const reason = await failureOf(
        start(app, { ...filesOf('NATS', 'theirs'), ...(app === 'room' ? filesOf('REDIS', 'ours') : {}) }),
      );
      expect(reason).toMatch(
        /^NATS at tls:\/\/localhost:\d+ cannot be used: a certificate is refused, POLYROOM_NATS_CA_FILE names the authorities to trust: .*certificate/,
      );
    },
  );

  test('room ends if another authority has signed the certificate of Redis', async () => {
    const reason = await failureOf(
      start('room', { ...filesOf('NATS', 'ours'), ...filesOf('REDIS', 'theirs') }),
    );
    expect(reason).toMatch(
      /^Redis at rediss:\/\/localhost:\d+ cannot be used: a certificate is refused, POLYROOM_REDIS_CA_FILE names the authorities to trust: .*certificate/,
    );
  });

  test('a service without a CA file ends: the authorities of the system have not signed the certificates', async () => {
    expect(await failureOf(start('gateway', {}))).toContain('a certificate is refused');
    // The server demands TLS, whatever the address says.
    const plain = { POLYROOM_NATS_URL: nats.url.replace('tls://', 'nats://') };
    expect(await failureOf(start('gateway', plain))).toContain('a certificate is refused');
  });

  test('a service ends if the certificate is for another host', async () => {
    const room = start('room', {
      ...filesOf('NATS', 'ours'),
      ...filesOf('REDIS', 'ours'),
      POLYROOM_REDIS_URL: redis.url.replace('localhost', '127.0.0.1'),
    });
    expect(await failureOf(room)).toMatch(
      /certificate is refused.*IP: 127\.0\.0\.1 is not in the cert's list/,
    );
  });
});

describe('a server that demands certificates of clients', () => {
  test('of NATS, is not used by a service without one and by one of another authority', async () => {
    for (const service of refused) {
      await waitFor(() => service.output.includes('no answer by TLS'), {
        timeoutMs: 40_000,
        describe: 'the reason',
      });
      expect(service.output).toContain('POLYROOM_NATS_CERT_FILE');
      expect(service.output).not.toContain('"ready"');
    }
  });

  test('of Redis, refuses room without one', async () => {
    const room = start('room', {
      ...filesOf('NATS', 'ours'),
      ...filesOf('REDIS', 'ours'),
      POLYROOM_REDIS_URL: mutualRedis.url,
    });
    expect(await failureOf(room)).toContain('a certificate is refused');
  });
});

describe('a service refuses settings', () => {
  test.each<[string, string, () => Record<string, string>, string]>([
    [
      'room',
      'a CA file without TLS',
      () => ({ POLYROOM_NATS_URL: 'nats://127.0.0.1', ...filesOf('NATS', 'ours') }),
      'POLYROOM_NATS_CA_FILE needs an address with tls:// in POLYROOM_NATS_URL',
    ],
    [
      'room',
      'a CA file of Redis without TLS',
      () => ({
        ...filesOf('NATS', 'ours'),
        ...filesOf('REDIS', 'ours'),
        POLYROOM_REDIS_URL: 'redis://127.0.0.1',
      }),
      'POLYROOM_REDIS_CA_FILE needs an address with rediss:// in POLYROOM_REDIS_URL',
    ],
    [
      'gateway',
      'a certificate without its key',
      () => ({ ...filesOf('NATS', 'ours', true), POLYROOM_NATS_KEY_FILE: '' }),
      'POLYROOM_NATS_CERT_FILE and POLYROOM_NATS_KEY_FILE must be set together',
    ],
    [
      'gateway',
      'a file that is missing',
      () => ({ POLYROOM_NATS_CA_FILE: '/missing/ca.crt' }),
      'POLYROOM_NATS_CA_FILE: cannot be read (ENOENT)',
    ],
    [
      'gateway',
      'a key as authority',
      () => ({ POLYROOM_NATS_CA_FILE: join(dir, 'ours', 'ca.key') }),
      'POLYROOM_NATS_CA_FILE: is not a certificate in PEM',
    ],
    [
      'gateway',
      'the key of another certificate',
      () => ({ ...filesOf('NATS', 'ours', true), POLYROOM_NATS_KEY_FILE: join(dir, 'theirs', 'client.key') }),
      'POLYROOM_NATS_KEY_FILE: is not the key, in PEM and without a passphrase, of POLYROOM_NATS_CERT_FILE',
    ],
    [
      'gateway',
      'an IP address',
      () => ({ POLYROOM_NATS_URL: 'tls://127.0.0.1:4222' }),
      'POLYROOM_NATS_URL: entry 1 must have a host name',
    ],
  ])('%s: %s', async (app, _name, env, reason) => {
    expect(await failureOf(start(app, env()))).toContain(reason);
  });

  test('and prints no content of a file', async () => {
    const file = join(dir, 'secret');
    await writeFile(file, password);
    const service = start('gateway', { ...filesOf('NATS', 'ours', true), POLYROOM_NATS_KEY_FILE: file });
    expect(await failureOf(service)).toContain('POLYROOM_NATS_KEY_FILE: is not the key');
  });
});

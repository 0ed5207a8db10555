import { afterEach, beforeAll, afterAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type RunningServer, startNats, startRedis, waitFor } from '@polyroom/testing';
import { ServiceRun } from './support/service-run.js';

const password = 'geheim-wort';
const wrongPassword = 'falsch-wort';
/** Sufficient for each service to start; a service reads the variables that it needs. */
const common = {
  POLYROOM_HTTP_HOST: '127.0.0.1',
  POLYROOM_PGLITE_DIR: 'memory://',
  POLYROOM_SECRETS_KEY: randomBytes(32).toString('base64'),
  POLYROOM_MEDIA_LISTEN_IP: '127.0.0.1',
  POLYROOM_MEDIA_WORKERS: '1',
};
const apps = ['auth', 'gateway', 'interop', 'media', 'messaging', 'recorder', 'room'];

let nats: RunningServer;
let redis: RunningServer;
let runs: ServiceRun[] = [];

beforeAll(async () => {
  nats = await startNats({ password, jetStream: true });
  redis = await startRedis({ password });
});
afterAll(async () => {
  await nats?.close();
  await redis?.close();
});
afterEach(async () => {
  await Promise.all(runs.map((run) => run.close()));
  runs = [];
});

function start(app: string, env: Record<string, string>): ServiceRun {
  const run = new ServiceRun(app, { ...common, POLYROOM_NATS_URL: nats.url, ...env });
  runs.push(run);
  return run;
}

/** The only output line of a service that cannot start. */
async function failureOf(run: ServiceRun): Promise<string> {
  expect(await run.ended).toEqual({ code: 1, signal: null });
  const fatal = run.lines.filter(({ level }) => level === 60);
  expect(fatal).toEqual([expect.objectContaining({ msg: 'cannot start', reason: expect.any(String) })]);
  expect(run.output).not.toContain('    at ');
  return String(fatal[0]!['reason']);
}

describe('a service that cannot start logs one line, without a password', () => {
  test.each(apps)('%s: an invalid NATS address', async (app) => {
    const run = start(app, { POLYROOM_NATS_URL: `nats://u:${password}@a:port,b:4222` });
    expect(await failureOf(run)).toMatch(/POLYROOM_NATS_URL: entry 1 is not an address/);
    expect(run.lines).toHaveLength(1);
    expect(run.output).not.toContain(password);
  });

  test.each([
    ['room', 'POLYROOM_REDIS_URL', `redis://:${password}@a:port`],
    ['auth', 'DATABASE_URL', `postgresql://u:${password}@a:port/x`],
    ['auth', 'DATABASE_URL', `mysql://u:${password}@a/x`],
    ['auth', 'POLYROOM_ADMIN_TOKENS', `${password}:alice`],
    ['auth', 'POLYROOM_SECRETS_KEY', `${common.POLYROOM_SECRETS_KEY},${password}`],
    ['gateway', 'POLYROOM_TURN_URLS', `http://u:${password}@a`],
    ['messaging', 'POLYROOM_SIGNED_MESSAGE_HOOKS', `{"${password}":{}}`],
    ['messaging', 'POLYROOM_SIGNED_MESSAGE_HOOKS', `{"1":{"secret":"a-secret-of-16-chars","${password}":1}}`],
    ['console', 'POLYROOM_DEMO_APPS', `[{"appSign":"${password}"}]`],
  ])('%s: a wrong %s', async (app, name, value) => {
    const run = start(app, { [name]: value });
    expect(await failureOf(run)).toContain(name);
    expect(run.lines).toHaveLength(1);
    expect(run.output).not.toContain(password);
  });

  test('a password refused by NATS', async () => {
    const run = start('gateway', { POLYROOM_NATS_URL: nats.url.replace(password, wrongPassword) });
    expect(await failureOf(run)).toMatch(/authorization/i);
    expect(run.output).not.toContain(wrongPassword);
  });

  test('a password refused by Redis', async () => {
    const run = start('room', { POLYROOM_REDIS_URL: redis.url.replace(password, wrongPassword) });
    expect(await failureOf(run)).toMatch(/^Redis at .* cannot be used: WRONGPASS/);
    expect(run.output).not.toContain(wrongPassword);
  });

  test('a port in use', async () => {
    const run = start('gateway', { POLYROOM_HTTP_PORT: String(redis.port) });
    expect(await failureOf(run)).toContain('EADDRINUSE');
  });
});

describe('auth and the key of its secrets', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'polyroom-key-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test('refuses to start without one, and says how to make it', async () => {
    const run = start('auth', { POLYROOM_SECRETS_KEY: '' });
    expect(await failureOf(run)).toMatch(/^POLYROOM_SECRETS_KEY or .*_FILE must be set: .*openssl rand/);
  });

  test('refuses a file that holds none, without its content', async () => {
    const file = join(dir, 'wrong');
    await writeFile(file, password);
    const run = start('auth', { POLYROOM_SECRETS_KEY: '', POLYROOM_SECRETS_KEY_FILE: file });
    expect(await failureOf(run)).toBe('POLYROOM_SECRETS_KEY_FILE: entry 1 is not the base64 of 32 bytes');
    expect(run.output).not.toContain(password);
    const both = start('auth', { POLYROOM_SECRETS_KEY_FILE: file });
    expect(await failureOf(both)).toContain('not both');
  });

  test('names its commands if it is given another', async () => {
    const unknown = new ServiceRun('auth', common, ['encrypt']);
    runs.push(unknown);
    expect(await failureOf(unknown)).toBe(
      'the commands are migrate, re-encrypt, reset-owner and verify-audit',
    );
  });

  test('re-encrypts without the bus, and ends', async () => {
    const run = new ServiceRun('auth', { ...common, POLYROOM_PGLITE_DIR: join(dir, 'pglite') }, [
      're-encrypt',
    ]);
    runs.push(run);
    expect(await run.ended).toEqual({ code: 0, signal: null });
    expect(run.lines.at(-1)).toMatchObject({ msg: 'secrets encrypted', changed: 0, total: 0 });
    expect(run.output).not.toContain(common.POLYROOM_SECRETS_KEY);
  });
});

test('tries every address of a list, with the credentials of any entry', async () => {
  const httpPort = await freePort();
  const run = start('gateway', {
    POLYROOM_HTTP_PORT: String(httpPort),
    POLYROOM_NATS_URL: `nats://127.0.0.1:${await freePort()},${nats.url.replace('nats://', '')}`,
  });
  await waitFor(() => run.output.includes('"ready"'), {
    timeoutMs: 60_000,
    describe: 'the gateway to be ready',
  });
  expect(run.output).not.toContain(password);
});

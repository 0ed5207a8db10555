import { randomBytes } from 'node:crypto';
import { access, lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  freePort,
  type RunningServer,
  startNats,
  startPostgres,
  startRedis,
  waitFor,
} from '@polyroom/testing';
import { ServiceRun } from './support/service-run.js';

const apps = ['auth', 'gateway', 'interop', 'media', 'messaging', 'recorder', 'room'];
const password = 'geheim-wort';
const patience = { timeoutMs: 60_000 };

let servers: RunningServer[];
let runs: WaitingService[];
let natsPort: number;
let redis: RunningServer;

beforeEach(async () => {
  servers = [];
  runs = [];
  natsPort = await freePort();
  redis = await keep(startRedis());
});
afterEach(async () => {
  await Promise.all(runs.map(({ run }) => run.close()));
  await Promise.all(servers.map((server) => server.close()));
});

async function keep(starting: Promise<RunningServer>): Promise<RunningServer> {
  const server = await starting;
  servers.push(server);
  return server;
}

/** Clients reach their HTTP port: probes have a port of their own. */
const edgeApps = new Set(['gateway', 'interop', 'console']);

class WaitingService {
  constructor(
    readonly run: ServiceRun,
    private readonly port: number,
  ) {}

  static async start(app: string, env: Record<string, string> = {}): Promise<WaitingService> {
    const port = await freePort();
    const run = new ServiceRun(app, {
      POLYROOM_HTTP_HOST: '127.0.0.1',
      [edgeApps.has(app) ? 'POLYROOM_MONITOR_PORT' : 'POLYROOM_HTTP_PORT']: String(port),
      POLYROOM_NATS_URL: `nats://polyroom:${password}@127.0.0.1:${natsPort}`,
      POLYROOM_REDIS_URL: redis.url,
      POLYROOM_PGLITE_DIR: 'memory://',
      POLYROOM_SECRETS_KEY: randomBytes(32).toString('base64'),
      POLYROOM_MEDIA_LISTEN_IP: '127.0.0.1',
      POLYROOM_MEDIA_WORKERS: '1',
      ...env,
    });
    const service = new WaitingService(run, port);
    runs.push(service);
    return service;
  }

  async get(path: string): Promise<{ status: number; body: string }> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`);
    return { status: response.status, body: await response.text() };
  }

  /** Waits until the service is live and reports what it waits for; returns that text. */
  async awaited(check: string, reason: RegExp): Promise<string> {
    return waitFor(
      async () => {
        const { status, body } = await this.get('/readyz');
        const text = (JSON.parse(body) as Record<string, string>)[check] ?? '';
        return status === 503 && reason.test(text) && text;
      },
      { ...patience, describe: `${check} to be awaited with ${reason}` },
    );
  }

  /** Waits until a dependency responds. */
  async reached(check: string): Promise<void> {
    await waitFor(
      async () => (JSON.parse((await this.get('/readyz')).body) as Record<string, string>)[check] === 'ok',
      { ...patience, describe: `${check} to be reached` },
    );
  }

  linesOf(msg: string): Record<string, unknown>[] {
    return this.run.lines.filter((line) => line['msg'] === msg);
  }
}

describe('while NATS is down', () => {
  test('every service is live, reports that it waits for NATS, and exits at once on SIGTERM', async () => {
    const services = await Promise.all(apps.map((app) => WaitingService.start(app)));
    const texts = await Promise.all(services.map((service) => service.awaited('bus', /connection refused/i)));
    for (const [at, service] of services.entries()) {
      expect([apps[at], texts[at]]).toEqual([
        apps[at],
        expect.stringContaining(`waiting for NATS at nats://127.0.0.1:${natsPort}`),
      ]);
      expect(await service.get('/healthz')).toEqual({ status: 200, body: '{"status":"ok"}' });
      await waitFor(() => service.linesOf('waiting for a dependency').length > 0, {
        ...patience,
        describe: `a line in the log of ${apps[at]}`,
      });
      expect(service.run.output).not.toContain(password);

      // A service gives up what it waits for after two seconds; the rest is for a busy machine.
      const askedAtMs = performance.now();
      service.run.kill('SIGTERM');
      expect([apps[at], await service.run.ended]).toEqual([apps[at], { code: 0, signal: null }]);
      expect(performance.now() - askedAtMs).toBeLessThan(15_000);
      expect(service.linesOf('stopping')).toHaveLength(1);
    }
  });

  test('every service becomes ready when NATS starts, on the same port, and shuts down cleanly', async () => {
    const services = await Promise.all(apps.map((app) => WaitingService.start(app)));
    await Promise.all(services.map((service) => service.awaited('bus', /NATS/)));
    await keep(startNats({ port: natsPort, password, jetStream: true }));
    await Promise.all(services.map((service) => service.reached('bus')));
    await Promise.all(
      services.map((service) =>
        waitFor(async () => (await service.get('/readyz')).status === 200, {
          ...patience,
          describe: 'every service to be ready',
        }),
      ),
    );
    services.forEach((service) => expect(service.linesOf('dependency reached')).not.toHaveLength(0));
    services.forEach(({ run }) => run.kill('SIGTERM'));
    for (const { run } of services) {
      expect(await run.ended).toEqual({ code: 0, signal: null });
    }
  });

  test('a gateway answers other requests with a retryable error', async () => {
    const port = await freePort();
    const gateway = await WaitingService.start('gateway', { POLYROOM_HTTP_PORT: String(port) });
    await gateway.awaited('bus', /NATS/);
    const response = await fetch(`http://127.0.0.1:${port}/v1/apps/1/entitlements`);
    expect({ status: response.status, ...((await response.json()) as object) }).toMatchObject({
      status: 503,
      error: { code: 1190201, retryable: true },
    });
    expect((await fetch(`http://127.0.0.1:${port}/ws`)).status).toBe(503);
  });

  test('makes the embedded database private to its user, and closes it on SIGTERM', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'polyroom-waiting-'));
    try {
      const auth = await WaitingService.start('auth', { POLYROOM_PGLITE_DIR: join(dir, 'pglite') });
      await auth.awaited('bus', /NATS/);
      await waitFor(() => auth.linesOf('database open').length > 0, {
        ...patience,
        describe: 'the database to be open',
      });
      const names = await readdir(join(dir, 'pglite'), { recursive: true });
      expect(names.length).toBeGreaterThan(100);
      for (const name of ['../pglite.lock', '.', ...names]) {
        const { mode } = await lstat(join(dir, 'pglite', name));
        expect(`${name} ${(mode & 0o077).toString(8)}`).toBe(`${name} 0`);
      }
      auth.run.kill('SIGTERM');
      expect(await auth.run.ended).toEqual({ code: 0, signal: null });
      await expect(access(join(dir, 'pglite.lock'))).rejects.toThrow('ENOENT');
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});

test('refuses a server without TLS if the address demands TLS', async () => {
  await keep(startNats({ port: natsPort }));
  const gateway = await WaitingService.start('gateway', {
    POLYROOM_NATS_URL: `tls://localhost:${natsPort}`,
  });
  await gateway.awaited('bus', /does not support 'tls'/);
});

test('room waits for Redis, and exits on SIGTERM', async () => {
  await keep(startNats({ port: natsPort, password }));
  const port = await freePort();
  const env = { POLYROOM_REDIS_URL: `redis://:${password}@127.0.0.1:${port}` };
  const [room, other] = [await WaitingService.start('room', env), await WaitingService.start('room', env)];
  const text = await room.awaited('redis', /ECONNREFUSED/);
  expect(text).toContain(`waiting for Redis at redis://127.0.0.1:${port}`);
  await other.awaited('redis', /ECONNREFUSED/);
  other.run.kill('SIGTERM');
  expect(await other.run.ended).toEqual({ code: 0, signal: null });

  await keep(startRedis({ port, password }));
  await room.reached('redis');
  expect(room.run.output).not.toContain(password);
});

test('room waits for a Redis Cluster', async () => {
  const port = await freePort();
  const room = await WaitingService.start('room', {
    POLYROOM_REDIS_URL: `redis+cluster://127.0.0.1:${port}`,
  });
  await room.awaited('redis', /waiting for Redis at/);
  await waitFor(() => room.linesOf('waiting for a dependency').length > 0, { describe: 'a line in the log' });
  room.run.kill('SIGTERM');
  expect(await room.run.ended).toEqual({ code: 0, signal: null });
});

test.each(['messaging', 'recorder'])('%s waits for JetStream while NATS lacks it', async (app) => {
  const without = await keep(startNats({ port: natsPort, password }));
  const [waiting, other] = [await WaitingService.start(app), await WaitingService.start(app)];
  await waiting.awaited('jetStream', /waiting for JetStream at .*: .*jetstream/i);
  await other.awaited('jetStream', /JetStream/);
  other.run.kill('SIGTERM');
  expect(await other.run.ended).toEqual({ code: 0, signal: null });

  await without.close();
  await keep(startNats({ port: natsPort, password, jetStream: true }));
  await waiting.reached('bus');
});

test('auth waits for PostgreSQL, and exits on SIGTERM', async () => {
  await keep(startNats({ port: natsPort, password }));
  const postgres = await keep(startPostgres());
  await postgres.kill();
  const env = { DATABASE_URL: postgres.url.replace('@', `:${password}@`) };
  const [auth, other] = [await WaitingService.start('auth', env), await WaitingService.start('auth', env)];
  const text = await auth.awaited('database', /DatabaseNotReachable/);
  expect(text).toContain(`waiting for PostgreSQL at postgresql://127.0.0.1:${postgres.port}/postgres`);
  await other.awaited('database', /PostgreSQL/);
  other.run.kill('SIGTERM');
  expect(await other.run.ended).toEqual({ code: 0, signal: null });

  await postgres.restart();
  await auth.reached('database');
  expect(auth.run.output).not.toContain(password);
});

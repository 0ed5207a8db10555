import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningServer, startRedis, waitFor } from '@polyroom/testing';
import { LauncherRun, type ProcessId, serviceApps, stillRunning } from './support/launcher-run.js';
import { RawClient } from './support/raw-client.js';
import { ServiceRun } from './support/service-run.js';
import { loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

describe('npm start', () => {
  let dataDir: string;
  let run: LauncherRun;
  const runs: LauncherRun[] = [];

  const launch = (...args: string[]): LauncherRun => {
    const started = new LauncherRun(dataDir, args);
    runs.push(started);
    return started;
  };
  const wsUrlOf = ({ output }: LauncherRun): string => /WebSocket (ws:\S+)/.exec(output)![1]!;
  const readDemoApp = async (): Promise<TestApp> =>
    (JSON.parse(await readFile(join(dataDir, 'demo-apps.json'), 'utf8')) as [TestApp])[0];
  /** The processes of services, by the folders of their apps. */
  const servicesOf = async (launcher: LauncherRun): Promise<(ProcessId & { app: string })[]> =>
    (await launcher.descendants()).flatMap((found) => {
      const app = /apps\/([\w-]+)\/dist\/bundle\/main\.js/.exec(found.command)?.[1];
      return app === undefined ? [] : [{ ...found, app }];
    });

  /** Two users in a room exchange a message. */
  async function exchange(launcher: LauncherRun, content: string): Promise<void> {
    const app = await readDemoApp();
    const [ada, bob] = [
      await RawClient.connect(wsUrlOf(launcher)),
      await RawClient.connect(wsUrlOf(launcher)),
    ];
    for (const roomId of ['tea', 'cake']) {
      expect(await ada.codeOf('room.login', loginParams(app, roomId, 'ada'))).toBe(0);
    }
    expect(await bob.codeOf('room.login', loginParams(app, 'tea', 'bob'))).toBe(0);
    const message = { roomId: 'tea', content, clientMessageId: content };
    expect(await ada.codeOf('message.broadcast', message)).toBe(0);
    await waitFor(() => JSON.stringify(bob.events).includes(content), { describe: 'the message' });
    ada.close();
    bob.close();
  }

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'polyroom-all-in-one-'));
    run = launch();
    await run.ready();
  });
  afterAll(async () => {
    runs.forEach((each) => each.kill('SIGKILL'));
    await Promise.all(runs.map((each) => each.ended));
    await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  });

  test('runs all services in one process, which the cluster reports', async () => {
    expect((await servicesOf(run)).map(({ app }) => app)).toEqual(['all-in-one']);
    const [, token, url] = /Bearer (\S+)' (http:\/\/[^/]+)/.exec(run.output)!;
    const headers = { authorization: `Bearer ${token}` };
    const reported = await waitFor(
      async () => {
        const answer = await fetch(`${url}/v1/cluster`, { headers });
        const { instances } = (await answer.json()) as { instances: { service: string }[] };
        const names = [...new Set(instances.map(({ service }) => service))].sort();
        return names.length >= serviceApps.length - 1 && names;
      },
      { timeoutMs: 20_000, describe: 'the services to report' },
    );
    // The console has no connection to NATS.
    expect(reported).toEqual(serviceApps.filter((service) => service !== 'console'));
  });

  test('carries logins and messages, and serves the page and WHIP', async () => {
    await exchange(run, 'through one process');
    expect((await fetch(run.pageUrl)).status).toBe(200);
    expect(await (await fetch(`${run.pageUrl}config.json`)).json()).toMatchObject({
      gateways: [expect.any(String)],
    });
    const [, interop] = /WHIP, WHEP +(http:\/\/[^/]+)/.exec(run.output)!;
    expect((await fetch(`${interop}/openapi.json`)).status).toBe(200);
  });

  test('refuses a second start in the same directory', async () => {
    const second = launch();
    expect(await second.ended).toEqual({ code: 1, signal: null });
    expect(second.output).toContain(`already running: process ${run.pid} uses ${dataDir}`);
  });

  test('starts the process again when it has crashed, with the same data', async () => {
    const [crashed] = await servicesOf(run);
    const workers = (await run.descendants()).filter(({ command }) => command.includes('mediasoup-worker'));
    expect(workers).toHaveLength(2);
    process.kill(crashed!.pid, 'SIGKILL');
    await waitFor(() => run.output.includes('all-in-one was restarted'), {
      timeoutMs: 10_000,
      describe: 'the restart',
    });
    await waitFor(
      async () =>
        exchange(run, 'after the crash').then(
          () => true,
          () => false,
        ),
      {
        timeoutMs: 30_000,
        intervalMs: 500,
        describe: 'logins after the crash',
      },
    );
    expect(await stillRunning([crashed!, ...workers])).toEqual([]);
  });

  test('closes everything in order on SIGTERM, and the same data serve a cluster of processes', async () => {
    const own = await run.descendants();
    run.kill('SIGTERM');
    expect(await run.ended).toEqual({ code: 0, signal: null });
    // Auth is there until the other services have reported what they counted.
    expect(run.output).not.toMatch(/usage lost|stopping failed/);
    await waitFor(async () => (await stillRunning(own)).length === 0, { describe: 'all processes to end' });

    const cluster = launch('--cluster');
    await cluster.ready();
    expect(new Set((await servicesOf(cluster)).map(({ app }) => app))).toEqual(new Set(serviceApps));
    expect(cluster.output).not.toContain('app created');
    await exchange(cluster, 'through many processes');
  }, 180_000);
});

describe('the process of all services', () => {
  let redis: RunningServer;
  let cluster: TestCluster;

  beforeAll(async () => {
    redis = await startRedis();
    cluster = await TestCluster.withConsole({ allInOne: true, redisUrl: redis.url });
  });
  afterAll(async () => {
    await cluster?.close();
    await redis?.close();
  });

  const get = async (path: string): Promise<{ status: number; text: string }> => {
    const answer = await fetch(`${cluster.cluster.monitorUrlOf('all-in-one')}${path}`);
    return { status: answer.status, text: await answer.text() };
  };

  test('has one port for the probes and metrics of every service', async () => {
    const { status, text } = await get('/readyz');
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      'auth.database': 'ok',
      'gateway.bus': 'ok',
      'room.redis': 'ok',
      'messaging.jetStream': 'ok',
    });
    const app = await cluster.createApp({ multiRoom: true });
    const client = await cluster.connect(0);
    expect(await client.codeOf('room.login', loginParams(app, 'tea', 'ada'))).toBe(0);
    const metrics = (await get('/metrics')).text;
    const built = [...metrics.matchAll(/^polyroom_build_info{service="([\w-]+)"/gm)].map(([, name]) => name!);
    expect(built.sort()).toEqual(serviceApps);
    expect(metrics).toMatch(/^polyroom_gateway_sessions 1$/m);
    expect(metrics).toMatch(/^polyroom_bus_requests_total{service="room",method="login",outcome="ok"} 1$/m);
    client.close();
  });

  test('is not ready while one service is not, and names the service', async () => {
    await redis.kill();
    const failing = await waitFor(
      async () => {
        const { status, text } = await get('/readyz');
        return status === 503 && (JSON.parse(text) as Record<string, string>);
      },
      { timeoutMs: 20_000, describe: 'readiness to fail' },
    );
    const names = Object.keys(failing as Record<string, string>);
    expect(names.filter((name) => (failing as Record<string, string>)[name] !== 'ok')).toEqual([
      'room.redis',
    ]);
    expect((await get('/metrics')).text).toMatch(/^polyroom_dependency_up{dependency="redis"} 0$/m);
    expect((await get('/healthz')).status).toBe(200);
    await redis.restart();
    await waitFor(async () => (await get('/readyz')).status === 200, {
      timeoutMs: 20_000,
      describe: 'readiness to return',
    });
  });
});

test('one service that cannot start ends the process, with one line in its name', async () => {
  const run = new ServiceRun('all-in-one', {
    POLYROOM_HTTP_HOST: '127.0.0.1',
    POLYROOM_GATEWAY_PORT: '0',
    POLYROOM_INTEROP_PORT: '0',
    POLYROOM_CONSOLE_PORT: '0',
    POLYROOM_PGLITE_DIR: 'memory://',
    POLYROOM_SECRETS_KEY: randomBytes(32).toString('base64'),
    POLYROOM_MEDIA_LISTEN_IP: '127.0.0.1',
    POLYROOM_MEDIA_WORKERS: '1',
    POLYROOM_WEBHOOK_ALLOWED_NETWORKS: 'nonsense',
  });
  try {
    expect(await run.ended).toEqual({ code: 1, signal: null });
    expect(run.lines.filter(({ level }) => level === 60)).toEqual([
      expect.objectContaining({
        service: 'webhooks',
        msg: 'cannot start',
        reason: expect.stringContaining('POLYROOM_WEBHOOK_ALLOWED_NETWORKS'),
      }),
    ]);
  } finally {
    await run.close();
  }
});

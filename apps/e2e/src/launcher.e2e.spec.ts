import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { askRedis, waitFor } from '@polyroom/testing';
import { LauncherRun, serviceApps, stillRunning } from './support/launcher-run.js';
import { RawClient } from './support/raw-client.js';
import { loginParams, type TestApp } from './support/test-cluster.js';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;

let parentDir: string;
let dataDir: string;
let first: LauncherRun;
const runs: LauncherRun[] = [];

function launch(...args: string[]): LauncherRun {
  const run = new LauncherRun(dataDir, args);
  runs.push(run);
  return run;
}

beforeAll(async () => {
  parentDir = await mkdtemp(join(tmpdir(), 'polyroom-launcher-'));
  await chmod(parentDir, 0o755);
  dataDir = join(parentDir, 'data');
  // Left by an earlier version.
  await mkdir(join(dataDir, 'redis'), { recursive: true });
  await writeFile(join(dataDir, 'redis', 'old'), 'old');
  await Promise.all(
    [dataDir, join(dataDir, 'redis'), join(dataDir, 'redis', 'old')].map((path) => chmod(path, 0o777)),
  );
  first = launch('--cluster', '--observe');
  await first.ready();
});
afterAll(async () => {
  runs.forEach((run) => run.kill('SIGKILL'));
  await Promise.all(runs.map((run) => run.ended));
  await rm(parentDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
});

test('refuses a second start in the same directory, and names the first start’s process and page', async () => {
  const second = launch();
  expect(await second.ended).toEqual({ code: 1, signal: null });
  expect(second.output.trim()).toBe(
    `== already running: process ${first.pid} uses ${dataDir}, and its page is ${first.pageUrl}`,
  );
  expect((await fetch(first.pageUrl)).status).toBe(200);
  expect(first.output).toContain(`Console     ${first.pageUrl}admin.html`);
  expect(first.output).toMatch(/Sign in at http\S+admin\.html\n +E-mail: +\S+\n +Temporary password: \S+/);
  expect((await fetch(`${first.pageUrl}admin.html`)).status).toBe(200);
  expect(first.output).toContain(`Docs        ${first.pageUrl}docs/`);
  expect(await (await fetch(`${first.pageUrl}docs/start.html`)).text()).toContain('Five-minute start');
});

test('scrapes every process with Prometheus, and gives it the rules', async () => {
  const url = /Prometheus +(http:\S+)\/alerts/.exec(first.output)![1]!;
  const query = async (
    expression: string,
  ): Promise<{ metric: Record<string, string>; value: [number, string] }[]> => {
    const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expression })}`);
    return ((await answer.json()) as { data: { result: never[] } }).data.result;
  };
  await waitFor(async () => (await query('sum by (app) (up == 1)')).length === serviceApps.length, {
    timeoutMs: 20_000,
    describe: 'every target to be scraped',
  });
  expect((await query('sum by (app) (up)')).map(({ metric }) => metric['app']).sort()).toEqual(serviceApps);
  expect(await query('up == 0')).toEqual([]);
  const rules = (await (await fetch(`${url}/api/v1/rules?type=alert`)).json()) as {
    data: { groups: { rules: { name: string; health: string }[] }[] };
  };
  const names = rules.data.groups.flatMap((group) => group.rules.map(({ name }) => name));
  expect(names).toContain('PolyroomErrorBudgetBurnsFast');
  expect(first.output).toMatch(/Grafana +http:\S+\/dashboards|Grafana is not installed: /);
});

test('refuses an option that does not exist', async () => {
  const run = launch('--obsreve');
  expect(await run.ended).toEqual({ code: 1, signal: null });
  expect(run.output).toContain("cannot start: Unknown option '--obsreve'");
});

/** The data directory and everything in it. */
async function storedPaths(): Promise<string[]> {
  const names = await readdir(dataDir, { recursive: true });
  return [dataDir, ...names.map((name) => join(dataDir, name))];
}

test('gives other users no rights on stored data', async () => {
  const paths = await storedPaths();
  for (const name of ['demo-apps.json', 'lock', 'running.json', 'redis/old', 'pglite/PG_VERSION']) {
    expect(paths).toContain(join(dataDir, name));
  }
  for (const part of ['redis/appendonlydir', 'nats/jetstream', 'pglite/base']) {
    expect(paths.filter((path) => path.startsWith(join(dataDir, part)))).not.toEqual([]);
  }
  const wide = await Promise.all(
    paths.map(async (path) => {
      const found = await lstat(path).catch(() => undefined);
      return found !== undefined && (found.mode & 0o077) !== 0 ? path : undefined;
    }),
  );
  expect(wide.filter((path) => path !== undefined)).toEqual([]);
});

// Only root can become another user; for other users the test above has to suffice.
(isRoot ? test : test.skip)('denies another user to list, read or write stored data', async () => {
  const script = `while read -r path; do
    if ls "$path" || cat "$path" || (: >>"$path") || touch "$path/x"; then echo "$path"; fi
  done 2>/dev/null`;
  const unprivileged = ['--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups'];
  const asking = run('setpriv', [...unprivileged, 'sh', '-c', script], { cwd: '/' });
  asking.child.stdin!.end((await storedPaths()).map((path) => `${path}\n`).join(''));
  expect((await asking).stdout).toBe('');
});

async function environmentOf(pid: number): Promise<Record<string, string>> {
  const entries = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0').filter(Boolean);
  return Object.fromEntries(entries.map((entry) => entry.split(/=(.*)/s, 2) as [string, string]));
}

test('requires passwords for Redis and NATS, and shows them on no command line', async () => {
  const processes = await first.descendants();
  const room = processes.find(({ command }) => command.includes('apps/room/dist'))!;
  const environment = await environmentOf(room.pid);
  const redis = new URL(environment['POLYROOM_REDIS_URL']!);
  const nats = new URL(environment['POLYROOM_NATS_URL']!);
  expect(redis.password).toHaveLength(32);
  expect(nats.password).toHaveLength(32);
  expect(nats.password).not.toBe(redis.password);
  for (const { command } of processes) {
    expect(command).not.toContain(redis.password);
    expect(command).not.toContain(nats.password);
  }
  expect(first.output).not.toContain(redis.password);
  expect(first.output).not.toContain(nats.password);

  await expect(askRedis(Number(redis.port), ['PING'])).rejects.toThrow('NOAUTH');
  await expect(Bus.connect({ url: `nats://${nats.host}`, name: 'guest' })).rejects.toThrow(/authorization/i);
  const bus = await Bus.connect({ url: nats.href, name: 'guest' });
  await bus.close();
});

/** The address of NATS with the credentials of a service. */
async function natsUrlOf(service: string): Promise<URL> {
  const processes = await first.descendants();
  const { pid } = processes.find(({ command }) => command.includes(`apps/${service}/dist`))!;
  return new URL((await environmentOf(pid))['POLYROOM_NATS_URL']!);
}

/** What NATS answers to a user that subscribes to a subject. */
async function subscribe({ hostname, port, username, password }: URL, subject: string): Promise<string> {
  const socket = createConnection(Number(port), hostname);
  let output = '';
  socket.on('data', (data) => (output += String(data)));
  await once(socket, 'connect');
  const options = JSON.stringify({ user: username, pass: password, verbose: false, protocol: 1 });
  socket.write(`CONNECT ${options}\r\nSUB ${subject} 1\r\nPING\r\n`);
  await waitFor(() => output.includes('PONG'), { describe: 'the answer of NATS' });
  socket.destroy();
  return /-ERR '([^']*)/.exec(output)?.[1] ?? 'accepted';
}

test('gives each service a user of NATS that cannot read the replies to another service', async () => {
  const services = ['auth', 'room', 'messaging', 'recorder', 'media', 'gateway', 'interop'];
  const urls = await Promise.all(services.map(natsUrlOf));
  expect(urls.map(({ username }) => username)).toEqual(services);
  expect(new Set(urls.map(({ password }) => password)).size).toBe(services.length);
  for (const url of urls) {
    expect(await subscribe(url, `_INBOX.${url.username}.>`)).toBe('accepted');
    for (const subject of ['>', '_INBOX.>', `_INBOX.${url.username === 'auth' ? 'room' : 'auth'}.>`]) {
      expect([url.username, subject, await subscribe(url, subject)]).toEqual([
        ...[url.username, subject],
        expect.stringContaining('Permissions Violation for Subscription'),
      ]);
    }
  }
});

async function readDemoApp(): Promise<TestApp> {
  const [app] = JSON.parse(await readFile(join(dataDir, 'demo-apps.json'), 'utf8')) as [TestApp];
  return app;
}

const wsUrlsOf = ({ output }: LauncherRun): string[] =>
  [...output.matchAll(/WebSocket (ws:\S+)/g)].map((match) => match[1]!);

test('carries logins and messages with these users', async () => {
  const app = await readDemoApp();
  const wsUrls = wsUrlsOf(first);
  expect(wsUrls).toHaveLength(2);
  const [ada, bob] = await Promise.all(wsUrls.map((url) => RawClient.connect(url)));
  for (const roomId of ['tea', 'cake']) {
    expect(await ada!.codeOf('room.login', loginParams(app, roomId, 'ada'))).toBe(0);
  }
  expect(await bob!.codeOf('room.login', loginParams(app, 'tea', 'bob'))).toBe(0);
  const message = { roomId: 'tea', content: 'by the users of NATS', clientMessageId: 'm1' };
  expect(await ada!.codeOf('message.broadcast', message)).toBe(0);
  await waitFor(() => JSON.stringify(bob!.events).includes(message.content), { describe: 'the message' });
  ada!.close();
  bob!.close();
});

test('makes the key of the secrets with the first start, for its user alone, and shows it nowhere', async () => {
  const path = join(dataDir, 'secrets.key');
  const key = (await readFile(path, 'utf8')).trim();
  expect(Buffer.from(key, 'base64')).toHaveLength(32);
  expect(((await lstat(path)).mode & 0o777).toString(8)).toBe('600');
  expect(first.output).not.toContain(key);
  for (const { pid, command } of await first.descendants()) {
    expect(command).not.toContain(key);
    expect(Object.values(await environmentOf(pid)).join()).not.toContain(key);
  }
});

test('ends all processes of a killed launcher, and the next start has the same data', async () => {
  const processes = await first.descendants();
  for (const program of [
    'redis-server',
    'nats-server',
    'auth',
    'gateway',
    'mediasoup-worker',
    'prometheus',
  ]) {
    expect(processes.map(({ command }) => command)).toContainEqual(expect.stringContaining(program));
  }
  const [demoApps, key] = await Promise.all(
    ['demo-apps.json', 'secrets.key'].map((name) => readFile(join(dataDir, name), 'utf8')),
  );

  first.kill('SIGKILL');
  // At once, while the processes of the first are still exiting.
  const next = launch('--cluster');
  await next.ready();
  expect(await stillRunning(processes)).toEqual([]);
  expect(await readFile(join(dataDir, 'demo-apps.json'), 'utf8')).toBe(demoApps);
  expect(await readFile(join(dataDir, 'secrets.key'), 'utf8')).toBe(key);
  expect(next.output).not.toContain('app created');

  const client = await RawClient.connect(wsUrlsOf(next)[0]!);
  const app = await readDemoApp();
  expect(await client.codeOf('room.login', loginParams(app, 'tea', 'ada'))).toBe(0);
  const message = { roomId: 'tea', content: 'the last one', clientMessageId: 'm1' };
  expect(await client.codeOf('message.broadcast', message)).toBe(0);
  const own = await next.descendants();
  next.kill('SIGTERM');
  expect(await next.ended).toEqual({ code: 0, signal: null });
  // Auth is there until the other services have reported what they counted.
  expect(next.output).not.toContain('usage lost');
  await waitFor(async () => (await stillRunning(own)).length === 0, { describe: 'all processes to end' });
});

import { createSocket } from 'node:dgram';
import { createConnection, createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createToken } from '@polyroom/server-sdk';
import { freePort, type RunningServer, startCoturn } from '@polyroom/testing';
import { Cli } from './support/cli-run.js';
import { type TestApp, TestCluster } from './support/test-cluster.js';

/** What the media node announces; it listens on 127.0.0.1, so that nothing answers there. */
const announced = '127.0.0.2';

interface Step {
  step: string;
  status: string;
  problem?: string;
  detail: string;
  meaning?: string;
  cure?: string;
  code?: number;
}

let testCluster: TestCluster;
let app: TestApp;
let cli: Cli;
let mediaPort: number;
let coturn: RunningServer;
const turnSecret = 'shared with the TURN server';

beforeAll(async () => {
  mediaPort = await freePort();
  coturn = await startCoturn(turnSecret);
  testCluster = await TestCluster.start({
    gatewayPorts: [await freePort()],
    mediaWorkers: 1,
    gatewayEnv: { POLYROOM_TURN_URLS: coturn.url, POLYROOM_TURN_SECRET: turnSecret },
    mediaEnv: { POLYROOM_MEDIA_ANNOUNCED_ADDRESS: announced, POLYROOM_MEDIA_PORT_BASE: String(mediaPort) },
  });
  app = await testCluster.createApp({ multiRoom: true });
  cli = await Cli.open({
    POLYROOM_URL: testCluster.cluster.gateways[0]!.httpUrl,
    POLYROOM_APP_ID: String(app.appId),
    POLYROOM_SERVER_SECRET: app.serverSecret,
  });
}, 180_000);
afterAll(async () => {
  await cli?.close();
  await testCluster?.close();
  await coturn?.close();
});

async function examine(
  env: Record<string, string> = {},
): Promise<{ code: number | null; steps: Step[]; stderr: string }> {
  const { code, stderr, stdout } = await cli.run(['doctor', '--json', '--timeout', '2s'], { env });
  return { code, stderr, ...(JSON.parse(stdout) as { steps: Step[] }) };
}

function found(steps: Step[], name: string): Step {
  return steps.find(({ step }) => step === name)!;
}

const problemsOf = (steps: Step[]) =>
  steps.filter(({ status }) => status === 'failed').map(({ problem, step }) => `${step}: ${problem}`);

test('names a wrong announced address', async () => {
  const { code, stderr, steps } = await examine();
  expect(code).toBe(1);
  expect(problemsOf(steps)).toEqual(['announced address: wrong announced address']);
  const { cure, detail, meaning } = found(steps, 'announced address');
  expect(detail).toContain(`nothing answers at ${announced}`);
  expect(meaning).toContain('nothing plays');
  expect(cure).toContain('POLYROOM_MEDIA_ANNOUNCED_ADDRESS');
  expect(stderr).toContain('one step failed: wrong announced address');
  expect(found(steps, 'UDP').status).toBe('skipped');
});

test('names blocked UDP where TCP works', async () => {
  // A firewall that lets TCP through and drops UDP.
  const firewall = createServer((client) => {
    const node = createConnection({ host: '127.0.0.1', port: mediaPort });
    client.on('error', () => node.destroy()).on('close', () => node.destroy());
    node.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.pipe(node).pipe(client);
  });
  const dropped = createSocket('udp4');
  let packets = 0;
  dropped.on('message', () => (packets += 1));
  await new Promise<void>((resolve) => firewall.listen(mediaPort, announced, resolve));
  await new Promise<void>((resolve) => dropped.bind(mediaPort, announced, resolve));
  try {
    const { code, steps } = await examine();
    expect(code).toBe(1);
    expect(problemsOf(steps)).toEqual(['UDP: blocked UDP']);
    expect(found(steps, 'UDP').detail).toContain(`${announced}:${mediaPort} (no answer)`);
    expect(found(steps, 'UDP').cure).toContain('firewalls');
    expect(found(steps, 'TCP')).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining(`${announced}:${mediaPort}`),
    });
    expect(packets).toBeGreaterThan(2);
  } finally {
    dropped.close();
    await new Promise((resolve) => firewall.close(resolve));
  }
});

test('examines the TURN server with the credentials of the session, and names one that does not answer', async () => {
  const { steps } = await examine();
  expect(found(steps, 'TURN').status).toBe('ok');
  expect(found(steps, 'TURN').detail).toMatch(`${coturn.url} relays from 127.0.0.1:`);
  await coturn.kill();
  try {
    const without = await examine();
    expect(problemsOf(without.steps)).toContain('TURN: unreachable TURN');
    expect(without.stderr).toContain('unreachable TURN');
  } finally {
    await coturn.restart();
  }
});

test('names clock skew, and examines the rest by the clock of the server', async () => {
  const ahead = 'data:text/javascript,const now = Date.now; Date.now = () => now() + 600_000;';
  const { steps } = await examine({ NODE_OPTIONS: `--import="${ahead}"` });
  expect(problemsOf(steps)).toContain('clock: clock skew');
  expect(found(steps, 'clock').detail).toMatch(
    /^this clock is (59\d|60\d) s ahead of the clock of the server$/,
  );
  expect(found(steps, 'clock').meaning).toContain('1002078');
  expect(found(steps, 'login').status).toBe('ok');
});

test.each<[string, () => Promise<Record<string, string>>, string, number, RegExp]>([
  [
    'an expired token',
    async () => ({ POLYROOM_TOKEN: await token({ nowMs: Date.now() - 3_600_000 }) }),
    ...(['token', 1002078, /expired at/] as const),
  ],
  [
    'a token that is not valid yet',
    async () => ({ POLYROOM_TOKEN: await token({ nowMs: Date.now() + 3_600_000 }) }),
    ...(['token', 1002078, /not valid before/] as const),
  ],
  [
    'a token of another AppID',
    async () => ({ POLYROOM_TOKEN: await token({ appId: 1 }) }),
    ...(['token', 1002076, /for the AppID 1, not/] as const),
  ],
  [
    'a token of another ServerSecret',
    async () => ({ POLYROOM_TOKEN: await token({ secret: 'x'.repeat(32) }) }),
    ...(['token', 1002033, /not made with the ServerSecret/] as const),
  ],
  [
    'a wrong ServerSecret, by the refusal of the login',
    async () => ({ POLYROOM_SERVER_SECRET: 'x'.repeat(32) }),
    ...(['login', 1002033, /ROOM_AUTHENTICATION_FAILED/] as const),
  ],
])('names a wrong token: %s', async (_what, env, step, code, detail) => {
  const { steps } = await examine(await env());
  expect(found(steps, step)).toMatchObject({ status: 'failed', problem: 'wrong token', code });
  expect(found(steps, step).detail).toMatch(detail);
  expect(found(steps, step).cure).not.toBe('');
  // The servers agree.
  expect(found(steps, 'login')).toMatchObject({ status: 'failed', problem: 'wrong token' });
});

test('names an address without a server, one that is no gateway, and skips what depends on it', async () => {
  const closed = await examine({ POLYROOM_URL: `http://127.0.0.1:${await freePort()}` });
  expect(problemsOf(closed.steps)).toEqual(['HTTP and TLS: no server']);
  expect(found(closed.steps, 'login').detail).toBe('not examined: HTTP and TLS failed');
  const other = await examine({ POLYROOM_URL: testCluster.cluster.monitorUrlOf('gateway-1') });
  expect(problemsOf(other.steps)).toEqual(['HTTP and TLS: not a gateway']);
  // A label of a name has at most 63 characters: no name server is asked.
  const unknown = await examine({ POLYROOM_URL: `http://${'x'.repeat(64)}.invalid` });
  expect(problemsOf(unknown.steps)).toEqual(['address: unknown address']);
});

function token(changes: { appId?: number; nowMs?: number; secret?: string }): Promise<string> {
  return createToken({
    ...{ appId: app.appId, userId: 'ada', secret: app.serverSecret, effectiveTimeSeconds: 600, rooms: 'any' },
    ...changes,
  });
}

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { clientFrameMaxBytes } from '@polyroom/contracts';
import { defaultEntitlements } from '@polyroom/entitlements';
import { generateToken04, issueNativeToken } from '@polyroom/tokens';
import { freePort, waitFor } from '@polyroom/testing';
import { allServices, loginParams, type TestApp, TestCluster } from './support/test-cluster.js';

/** Client errors on a real cluster, with every log line checked. */
interface Line {
  process: string;
  level: number;
  msg: string;
  [field: string]: unknown;
}

const processes = ['auth', 'room-1', 'messaging', 'recorder-1', 'media-1', 'gateway-1', 'interop-1'];
const address = '127.0.0.1';
/** What services log of an answer that is late on a busy machine, and comes after all. */
const ofBusyMachine = new Set([
  'database unavailable: logins use the rules that were read last',
  'usage not reported yet',
  'audit not reached',
  'instance report failed',
  'heartbeat failed',
]);
const wrongSecret = 'x'.repeat(32);
const offer = [
  'v=0',
  'o=- 1 1 IN IP4 0.0.0.0',
  's=-',
  't=0 0',
  `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`,
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=mid:0',
  'a=sendonly',
  'a=rtpmap:96 VP8/90000',
  '',
].join('\r\n');
const lines: Line[] = [];
let testCluster: TestCluster;
let app: TestApp;
let started: number;
let failuresBefore: string[];

/** The failure counters of every process. */
async function readFailures(): Promise<string[]> {
  const texts = await Promise.all(
    processes.map(async (name) => (await fetch(`${testCluster.cluster.monitorUrlOf(name)}/metrics`)).text()),
  );
  return texts.flatMap((text) => text.match(/^.*outcome="server_error".*$/gm) ?? []);
}

beforeAll(async () => {
  testCluster = await TestCluster.start({
    ...allServices,
    interopPorts: [await freePort()],
    logLevel: 'debug',
    onLog: ({ process, text }) =>
      lines.push({ process, ...(JSON.parse(text) as Omit<Line, 'process'>) } as Line),
  });
  app = await testCluster.createApp({ multiRoom: true, maxRoomsPerUser: 1 });
  started = lines.length;
  failuresBefore = await readFailures();
});
afterAll(async () => {
  try {
    await expectQuietLogs();
  } finally {
    await testCluster?.close();
  }
});

test('no service logs an error while it starts, such as a subject that NATS does not permit', () => {
  expect(lines.slice(0, started).filter(({ level }) => level >= 50)).toEqual([]);
});

/** Whatever the clients did, nothing is logged above info, and no server failure is counted. */
async function expectQuietLogs(): Promise<void> {
  const loud = lines.slice(started).filter(({ level, msg }) => level > 30 && !ofBusyMachine.has(msg));
  expect(loud).toEqual([]);
  expect(
    lines.filter(({ msg, stack, err }) => msg === 'request refused' && (stack ?? err) !== undefined),
  ).toEqual([]);
  expect(await readFailures()).toEqual(failuresBefore);
}

const refusals = (process: string, fields: Record<string, unknown>) =>
  lines.filter(
    (line) =>
      line.process === process &&
      line.msg === 'request refused' &&
      Object.entries(fields).every(([name, value]) => line[name] === value),
  );

async function whip(query: { appId?: number; token: string; body: string; type?: string }): Promise<number> {
  const path = `/v1/interop/apps/${query.appId ?? app.appId}/rooms/r1/streams/s1/whip`;
  const response = await fetch(`${testCluster.cluster.interopUrls[0]}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${query.token}`, 'content-type': query.type ?? 'application/sdp' },
    body: query.body,
  });
  return response.status;
}

test('logs forged credentials at the gateway and, with the reason, at auth', async () => {
  const forged = [
    await issueNativeToken({
      appId: app.appId,
      userId: 'mallory',
      secret: wrongSecret,
      effectiveTimeSeconds: 60,
    }),
    generateToken04({ appId: app.appId, userId: 'mallory', secret: wrongSecret, effectiveTimeSeconds: 60 }),
    '04garbage',
    'eyJhbGciOiJub25lIn0.e30.',
    'x'.repeat(8192),
  ];
  const client = await testCluster.connect(0);
  for (const token of forged) {
    expect(await client.codeOf('room.login', loginParams(app, 'r1', 'mallory', { token }))).toBe(1002033);
  }
  const who = { level: 20, code: 1002033, appId: app.appId, userId: 'mallory', address };
  const isLogged = () =>
    refusals('auth', who).length === forged.length &&
    refusals('gateway-1', { ...who, method: 'room.login' }).length === forged.length;
  await waitFor(isLogged, { describe: 'the lines of both' });
  expect(refusals('auth', { ...who, reason: 'no live secret opens the token04' })).toHaveLength(1);
  client.close();
});

test('refuses a flood of attribute changes, logs samples of it, and counts it as the client’s', async () => {
  const chunk = 73;
  const flood = 12 * chunk;
  const client = await testCluster.connect(0);
  const roomId = 'flooded';
  expect(await client.codeOf('room.login', loginParams(app, roomId, 'flooder'))).toBe(0);
  const watcher = await testCluster.connect(1);
  expect(await watcher.codeOf('room.login', loginParams(app, roomId, 'watcher'))).toBe(0);
  const codes: number[] = [];
  const startedAtMs = performance.now();
  for (let sent = 0; sent < flood; sent += chunk) {
    const changes = Array.from({ length: chunk }, (_, index) => [{ key: 'k', value: `v${sent + index}` }]);
    const sending = changes.map((each) => client.codeOf('room.setAttributes', { roomId, changes: each }));
    codes.push(...(await Promise.all(sending)));
  }
  const seconds = (performance.now() - startedAtMs) / 1000;
  const accepted = codes.filter((code) => code === 0).length;
  expect(codes).toHaveLength(876);
  expect(new Set(codes)).toEqual(new Set([0, 1009015]));
  // The budget of one second, and what is earned meanwhile.
  expect(accepted).toBeLessThanOrEqual(defaultEntitlements.updatesPerUserPerSecond * (1 + seconds) + 1);
  await waitFor(() => watcher.eventsOf('room.attributesUpdate').length >= accepted, {
    describe: 'the accepted changes',
  });
  expect(watcher.eventsOf('room.attributesUpdate')).toHaveLength(accepted);
  const who = { level: 20, code: 1009015, appId: app.appId, userId: 'flooder', address };
  await waitFor(() => refusals('gateway-1', who).length > 0, { describe: 'the lines' });
  // Five lines a second for each reason.
  expect(refusals('gateway-1', who).length).toBeLessThanOrEqual(5 * (Math.ceil(seconds) + 1));
  const metrics = await (await fetch(`${testCluster.cluster.monitorUrlOf('gateway-1')}/metrics`)).text();
  expect(metrics).toContain(
    `polyroom_gateway_requests_total{method="room.setAttributes",outcome="client_error"} ${flood - accepted}`,
  );
  client.close();
  watcher.close();
});

test('logs what a ban, a block and a revoked token refuse, with the AppID, user and address', async () => {
  const { appId, serverSecret: secret } = app;
  const admin = (method: string, path: string, body: unknown) =>
    testCluster.cluster.admin.send(method, `/v1/apps/${appId}${path}`, body);
  const cases: [userId: string, code: number, act: (userId: string, token: string) => Promise<unknown>][] = [
    ['banned', 1002066, (userId) => admin('POST', '/bans', { userId, forMs: 60_000 })],
    ['blocked', 1002066, (userId) => admin('DELETE', `/rooms/kicks/members/${userId}`, { blockSeconds: 60 })],
    ['revoked', 1190403, (_, token) => admin('POST', '/revocations', { token })],
  ];
  for (const [userId, code, act] of cases) {
    const token = await issueNativeToken({ appId, userId, secret, effectiveTimeSeconds: 600 });
    const params = loginParams(app, 'kicks', userId, { appSign: undefined, token });
    const client = await testCluster.connect(0);
    const entered = await client.call('room.login', params);
    if (!('result' in entered)) {
      throw new Error(`refused with ${entered.code}`);
    }
    await act(userId, token);
    await waitFor(() => client.eventsOf('room.expelled').length > 0, { describe: 'the expulsion' });
    const again = await testCluster.connect(0);
    expect(await again.codeOf('room.login', params)).toBe(code);
    const who = { level: 20, code, appId, userId, address, method: 'room.login' };
    await waitFor(() => refusals('gateway-1', who).length > 0, { describe: `the line of ${userId}` });
    const { sessionId, resumeToken } = entered.result;
    const ticket = { appId, userId, sessionId, resumeToken, rooms: [] };
    expect(await again.codeOf('session.resume', ticket)).not.toBe(0);
    const resuming = { level: 20, appId, userId, address, method: 'session.resume' };
    await waitFor(() => refusals('gateway-1', resuming).length > 0, { describe: `the resume of ${userId}` });
    expect(JSON.stringify(lines)).not.toContain(token);
    client.close();
    again.close();
  }
});

test('treats client errors as refusals in every service', async () => {
  const { appId, serverSecret } = app;
  const client = await testCluster.connect(0);
  const login = (roomId: string, userId: string, more = {}) =>
    client.codeOf('room.login', loginParams(app, roomId, userId, more));
  // Credentials and entitlements.
  expect(await login('r1', 'ann', { appSign: 'f'.repeat(64) })).toBe(1001005);
  expect(await login('r1', 'ann', { appSign: undefined })).toBe(1002067);
  expect(await login('r1', 'ann', { appId: 4_294_967_294 })).toBe(1001004);
  const expired = generateToken04({
    appId,
    userId: 'ann',
    secret: serverSecret,
    effectiveTimeSeconds: 1,
    nowMs: 0,
  });
  expect(await login('r1', 'ann', { token: expired })).toBe(1002078);
  const plain = await testCluster.createApp();
  expect(await client.codeOf('room.login', loginParams(plain, 'r1', 'ann'))).toBe(1002036);
  // Bans and limits.
  await testCluster.cluster.admin.send('POST', `/v1/apps/${appId}/bans`, {
    userId: 'bad',
    forMs: 60_000,
  });
  expect(await login('r1', 'bad')).toBe(1002066);
  expect(await login('r1', 'ann', { config: { maxMemberCount: 1 } })).toBe(0);
  expect(await login('r2', 'ann')).toBe(1002037);
  const other = await testCluster.connect(0);
  expect(await other.codeOf('room.login', loginParams(app, 'r1', 'bob'))).toBe(1002034);
  // Frames and arguments.
  client.sendRaw('{');
  client.sendRaw('x'.repeat(clientFrameMaxBytes + 1));
  expect(await client.codeOf('room.nothing', {})).toBe(1190001);
  expect(await client.codeOf('message.broadcast', { roomId: 'r1', content: '', clientMessageId: 'm' })).toBe(
    1009001,
  );
  const server = { roomId: 'r1', mode: 'server', content: 'aGk=', to: [], clientMessageId: 'm2' };
  expect(await client.codeOf('message.transparent', server)).toBe(1009010);
  // Media parameters that only mediasoup can refuse.
  expect(await client.codeOf('stream.publish', { streamId: 's1', channel: 0, roomId: 'r1' })).toBe(0);
  const rtpParameters = {
    codecs: [{ mimeType: 'audio/none', payloadType: 7, clockRate: 1, parameters: {} }],
    encodings: [{ ssrc: 1 }],
  };
  expect(await client.codeOf('stream.produce', { streamId: 's1', kind: 'audio', rtpParameters })).toBe(
    1190302,
  );
  expect(await client.codeOf('stream.play', { streamId: 'nowhere', roomId: 'r1', rtpCapabilities: {} })).toBe(
    1004002,
  );
  // Text and numbers that only Redis or PostgreSQL reject.
  const change = (key: string, value: string) => ({ roomId: 'r1', changes: [{ key, value }] });
  expect(await client.codeOf('room.setAttributes', change('\ud800', 'x'))).toBe(1000017);
  expect(await client.codeOf('room.setAttributes', change('k', '\ud800'))).toBe(1000017);
  const cursor = '18446744073709551616';
  expect(await client.codeOf('room.listMembers', { roomId: 'r1', cursor })).toBe(1000017);
  // HTTP.
  const nameless = generateToken04({ appId, userId: '', secret: serverSecret, effectiveTimeSeconds: 60 });
  expect(await whip({ token: 'forged', body: offer })).toBe(401);
  expect(await whip({ token: nameless, body: offer })).toBe(400);
  expect(await whip({ token: expired, body: 'no SDP' })).toBe(422);
  expect(await whip({ token: 'x', body: '{}', type: 'application/json' })).toBe(415);
  expect(await whip({ token: 'x', body: 'x'.repeat(70_000) })).toBe(413);
  const rest = (path: string, init: RequestInit = {}) =>
    fetch(`${testCluster.cluster.gateways[0]!.httpUrl}${path}`, init).then(({ status }) => status);
  expect(await rest('/v1/apps', { headers: { authorization: 'Bearer wrong' } })).toBe(401);
  expect(await rest('/v1/nowhere')).toBe(404);
  expect(await rest('/%zz')).toBe(400);
  const admin = testCluster.cluster.admin;
  const newApp = { appId: 77, name: 'a' };
  for (const wrong of [{ name: 'a\u0000b' }, { name: '\ud800' }, { serverSecret: 'ü'.repeat(32) }]) {
    await expect(admin.send('POST', '/v1/apps', { ...newApp, ...wrong })).rejects.toMatchObject({
      code: 1000017,
      details: { path: Object.keys(wrong)[0] },
    });
  }
  await expect(admin.send('GET', `/v1/apps/${appId}/rooms/none`)).rejects.toMatchObject({
    fault: 'client',
  });

  await waitFor(() => refusals('room-1', { code: 1002034, userId: 'bob', address }).length === 1, {
    describe: 'the refusal in the room service',
  });
  const refusedBy = (process: string) => new Set(refusals(process, { level: 20 }).map(({ code }) => code));
  // Each process writes its lines to a pipe of its own.
  await waitFor(() => [1002036, 1002066, 1002037, 1002034].every((code) => refusedBy('room-1').has(code)), {
    describe: 'the refusals in the room service',
  });
  const expected = [1100001, 1190002, 1190001, 1009001, 1009010, 1190101];
  await waitFor(() => expected.every((code) => refusedBy('gateway-1').has(code)), {
    describe: 'the refusals at the gateway',
  });
  await waitFor(() => refusedBy('interop-1').has(1190601), {
    describe: 'the refusal of an SDP',
  });
  await waitFor(() => refusedBy('media-1').has(1190302), { describe: 'the refusal at the media node' });
  client.close();
  other.close();
});

test('samples the log of a flood of refusals', async () => {
  const client = await testCluster.connect(0);
  const methods = Array.from({ length: 500 }, (_, index) => client.codeOf(`flood.${index}`, {}));
  expect(new Set(await Promise.all(methods))).toEqual(new Set([1190001]));
  await client.codeOf('room.logout', {});
  const written = () => refusals('gateway-1', { code: 1190001 }).length;
  await waitFor(() => written() > 0, { describe: 'a line of it' });
  expect(written()).toBeLessThan(100);
  client.close();
});

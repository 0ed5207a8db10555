import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { Cli } from './support/cli-run.js';
import { SharedCluster } from './support/shared-cluster.js';
import { loginParams, type TestApp } from './support/test-cluster.js';

const call = promisify(execFile);

let testCluster: SharedCluster;
let app: TestApp;
let url: string;
/** With the token of an operator. */
let operator: Cli;
/** Without credentials. */
let bare: Cli;

beforeAll(async () => {
  testCluster = await SharedCluster.attach();
  app = await testCluster.createApp({ multiRoom: true, messageEvents: true });
  const { adminToken, gateways } = testCluster.cluster;
  url = gateways[0]!.httpUrl;
  const address = { POLYROOM_URL: url, POLYROOM_APP_ID: String(app.appId) };
  operator = await Cli.open({
    ...address,
    POLYROOM_API_KEY: adminToken,
    POLYROOM_SERVER_SECRET: app.serverSecret,
  });
  bare = await Cli.open();
}, 180_000);
afterAll(async () => {
  await operator?.close();
  await bare?.close();
  await testCluster?.close();
});

describe('login', () => {
  test('verifies an API key, stores it privately, and later commands use it', async () => {
    const key = await testCluster.cluster.admin.createApiKey(app.appId, ['rooms:read']);
    const login = await bare.run(['login', '--url', url, '--app', String(app.appId), '--api-key-file', '-'], {
      input: `${key}\n`,
    });
    expect(login).toEqual({
      code: 0,
      stdout: `Logged in to ${url} with an API key; profile default.\n`,
      stderr: '',
    });
    const file = join(bare.folder, 'polyroom', 'profiles.json');
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600');
    expect(await bare.json(['whoami'])).toMatchObject({
      profile: 'default',
      appId: app.appId,
      credential: 'API key',
    });
    expect(await bare.json(['rooms', 'list'])).toEqual({ rooms: [] });
    const profiles = await bare.run(['profiles', 'list']);
    expect(profiles.stdout).toContain('* ');
    expect(profiles.stdout + login.stdout).not.toContain(key);
    const refused = await bare.run(['rooms', 'kick', 'stage', 'ada']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^polyroom: 1190123 ADMIN_API_KEY_PERMISSION_MISSING: .* Cure: .*\n$/);
    expect(await bare.run(['logout'])).toMatchObject({ code: 0 });
    expect(await readFile(file, 'utf8')).not.toContain(key);
    expect((await bare.run(['rooms', 'list', '--app', '7'])).code).toBe(2);
  });

  test('refuses a wrong key, one of another AppID, and one without its AppID, and stores nothing', async () => {
    const key = await testCluster.cluster.admin.createApiKey(app.appId, ['rooms:read']);
    const attempt = (input: string, ...args: string[]) =>
      bare.run(['login', '--url', url, '--api-key-file', '-', ...args], { input });
    const [wrong, other, without] = [
      await attempt(`pr_live_${'0'.repeat(16)}_${'0'.repeat(64)}`, '--app', String(app.appId)),
      await attempt(key, '--app', '1'),
      await attempt(key),
    ];
    expect([wrong.code, other.code, without.code]).toEqual([1, 1, 2]);
    expect(wrong.stderr).toContain('1190121 ADMIN_API_KEY_INVALID');
    expect(other.stderr).toContain('1190122 ADMIN_API_KEY_APP_MISMATCH');
    expect(without.stderr).toContain('name it with --app');
    expect((await bare.run(['profiles', 'list'])).stdout).toBe('none\n');
  });
});

test('an operator creates an AppID, whose secrets are in a private file only, and disables it', async () => {
  const created = await operator.run([
    'apps',
    'create',
    'Made by a test',
    '--secrets-file',
    'secrets.json',
    '--app',
    '4200001',
  ]);
  expect({ code: created.code, stderr: created.stderr }).toEqual({
    code: 0,
    stderr: 'The secrets are in secrets.json.\n',
  });
  const file = join(operator.folder, 'secrets.json');
  const secrets = JSON.parse(await readFile(file, 'utf8')) as {
    appId: number;
    appSign: string;
    serverSecret: string;
  };
  expect(secrets.appId).toBe(4200001);
  expect(created.stdout).not.toContain(secrets.serverSecret);
  expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600');
  expect(await operator.json(['apps', 'disable', '--app', '4200001'])).toMatchObject({ enabled: false });
  const again = ['apps', 'create', 'x', '--app', '4200001', '--secrets-file'];
  expect(await operator.run([...again, 'secrets.json'])).toMatchObject({ code: 2, stdout: '' });
  const taken = await operator.run([...again, 'other.json']);
  expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining('ADMIN_APP_EXISTS') });
  await expect(stat(join(operator.folder, 'other.json'))).rejects.toThrow('ENOENT');
  expect(await operator.json(['apps', 'enable', '--app', '4200001'])).toMatchObject({ enabled: true });
  expect((await operator.run(['apps', 'list'])).stdout).toMatch(/^4200001 +Made by a test +enabled/m);
});

test('entitlements are set with a note and for a time, for a user too, and cleared', async () => {
  const set = ['entitlements', 'set', 'maxRoomsPerUser'];
  expect(await operator.json([...set, '7', '--note', 'a trial', '--until', '+7d'])).toMatchObject({
    ...{ name: 'maxRoomsPerUser', value: 7 },
    stored: { value: 7, note: 'a trial', untilMs: expect.any(Number) },
  });
  expect((await operator.run(['entitlements', 'get', 'maxRoomsPerUser'])).stdout).toContain('a trial');
  expect(await operator.json([...set, '9', '--user', 'ada'])).toMatchObject({ value: 9 });
  expect((await operator.run(['entitlements', 'list', '--user', 'ada'])).stdout).toMatch(
    /^maxRoomsPerUser +9 /m,
  );
  await operator.json(['entitlements', 'clear', 'maxRoomsPerUser', '--user', 'ada']);
  expect(await operator.json(['entitlements', 'clear', 'maxRoomsPerUser'])).toMatchObject({
    value: 5,
    overridden: false,
  });
  const wrong = await operator.run([...set, 'many']);
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toMatch(/^polyroom: \d{7} /);
  expect((await operator.run(['entitlements', 'quotas'])).stdout).toMatch(/^maxRooms +10000 /m);
});

test('rooms are created, listed, shown and closed, and their members moved, copied and kicked', async () => {
  expect(await operator.json(['rooms', 'create', 'class-1', '--max-members', '5', '--keep', '1m'])).toEqual({
    created: true,
  });
  const ada = await testCluster.connect(1);
  for (const roomId of ['class-1', 'class-2']) {
    expect(await ada.codeOf('room.login', loginParams(app, roomId, 'ada'))).toBe(0);
  }
  expect((await operator.run(['rooms', 'list', '--prefix', 'class-'])).stdout).toMatch(/^class-1 +1 +0 /m);
  expect(await operator.json(['rooms', 'show', 'class-1'])).toMatchObject({
    roomId: 'class-1',
    memberCount: 1,
  });
  expect((await operator.run(['rooms', 'members', 'class-1'])).stdout).toMatch(/^ada +ada name$/m);
  expect(await operator.json(['rooms', 'streams', 'class-1'])).toEqual({ streams: [] });
  expect(await operator.json(['rooms', 'move', 'ada', '--from', 'class-1', '--to', 'class-3'])).toMatchObject(
    {
      roomIds: expect.arrayContaining(['class-2', 'class-3']),
    },
  );
  expect(await operator.json(['rooms', 'copy', 'ada', '--to', 'class-1'])).toMatchObject({
    roomIds: expect.arrayContaining(['class-1', 'class-2', 'class-3']),
  });
  expect(
    await operator.json(['rooms', 'kick', 'class-1', 'ada', '--reason', 'late', '--block', '1m']),
  ).toEqual({
    roomIds: ['class-1'],
  });
  expect(await ada.codeOf('room.login', loginParams(app, 'class-1', 'ada'))).toBe(1002066);
  expect(await operator.json(['rooms', 'close', 'class-3'])).toEqual({ members: 1 });
  const missing = await operator.run(['rooms', 'show', 'none']);
  expect(missing).toMatchObject({ code: 1, stdout: '' });
  expect(missing.stderr).toMatch(
    /^polyroom: 1002002 ROOM_ROOMID_INCORRECT: .* Cure: see polyroom rooms list\.\n$/,
  );
});

test('messages are sent, listed and deleted, and events tailed until Ctrl-C', async () => {
  const ada = await testCluster.connect(1);
  expect(await ada.codeOf('room.login', loginParams(app, 'chat', 'ada'))).toBe(0);
  const tail = operator.start(['events', 'tail', '--room', 'chat', '--from', '2026-01-01', '--json']);
  const sent = await operator.json(['send', 'chat', 'hello']);
  await operator.json(['messages', 'send', 'chat', '-', '--from', 'bob'], { input: 'from a pipe\n' });
  const history = await operator.run(['messages', 'history', 'chat']);
  expect(history.stdout).toMatch(/broadcast +\$system +hello$/m);
  expect(history.stdout).toMatch(/broadcast +bob +from a pipe$/m);
  await operator.json(['messages', 'delete', 'chat', String(sent['messageId'])]);
  expect((await operator.run(['messages', 'history', 'chat'])).stdout).toContain('(deleted)');
  await waitFor(() => tail.printed.stdout.includes('message.deleted'), {
    describe: 'the event of the deletion',
  });
  tail.kill('SIGINT');
  const { code, stdout } = await tail.ended;
  expect(code).toBe(130);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; roomId: string });
  expect(new Set(events.map(({ roomId }) => roomId))).toEqual(new Set(['chat']));
});

test('publishes a test pattern once into two rooms, and plays it into a file with frames and audio', async () => {
  const publisher = operator.start([
    'publish',
    '--room',
    'stage',
    '--room',
    'backstage',
    '--test-pattern',
    '--stream',
    'pattern',
    '--size',
    '320x180',
  ]);
  await waitFor(() => publisher.printed.stderr.includes('Publishing'), {
    timeoutMs: 30_000,
    describe: 'the pattern to be published',
  });
  expect(await operator.json(['rooms', 'streams', 'backstage'])).toMatchObject({
    streams: [{ streamId: 'pattern' }],
  });
  const played = await operator.json([
    'play',
    '--room',
    'backstage',
    '--stream',
    'pattern',
    '--output',
    'played.mp4',
    '--duration',
    '4s',
  ]);
  expect(played).toMatchObject({ streamId: 'pattern', output: 'played.mp4' });
  expect(played['frames']).toBeGreaterThan(10);
  const { stdout } = await call('ffprobe', [
    ...['-v', 'error', '-of', 'json', '-count_frames', '-show_entries', 'stream=codec_type,nb_read_frames'],
    join(operator.folder, 'played.mp4'),
  ]);
  const { streams } = JSON.parse(stdout) as { streams: { codec_type: string; nb_read_frames: string }[] };
  expect(streams.map(({ codec_type: type }) => type)).toEqual(['video', 'audio']);
  streams.forEach(({ nb_read_frames: frames }) => expect(Number(frames)).toBeGreaterThan(10));
  const viewer = operator.start(['play', '--room', 'stage']);
  await waitFor(() => viewer.printed.stderr.includes('Playing'), { timeoutMs: 30_000, describe: 'a viewer' });
  publisher.kill('SIGINT');
  const result = await publisher.ended;
  expect(result).toMatchObject({ code: 130, stdout: expect.stringContaining('Published pattern') });
  // The end of the stream is the end of the command.
  expect(await viewer.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('Played pattern') });
});

test('publishes a file until it ends, and explains a missing FFmpeg', async () => {
  const file = join(operator.folder, 'clip.mp4');
  await call('ffmpeg', [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    'testsrc=size=160x90:rate=10:duration=2',
    '-pix_fmt',
    'yuv420p',
    file,
  ]);
  const published = await operator.json(['publish', '--room', 'cinema', '--file', file]);
  expect(published).toMatchObject({ roomIds: ['cinema'], frames: expect.any(Number) });
  expect(published['frames']).toBeGreaterThan(30);
  const without = await operator.run(['publish', '--room', 'cinema', '--file', file], {
    env: { POLYROOM_FFPROBE_BIN: '/nonexistent/ffprobe' },
  });
  expect(without).toMatchObject({ code: 1, stdout: '' });
  expect(without.stderr).toMatch(/^polyroom: FFmpeg is not installed.* Cure: install it/);
});

test('load drives users over one socket each, and reports logins and messages', async () => {
  const report = await operator.json([
    ...[
      'load',
      '--users',
      '20',
      '--rooms',
      '5',
      '--messages-per-second',
      '20',
      '--duration',
      '3s',
      '--ramp',
      '50',
    ],
  ]);
  expect(report).toMatchObject({
    ...{ interrupted: false, users: 20, sockets: 20, memberships: 100, reconnects: 0, errors: [] },
    logins: { first: { count: 20 }, further: { count: 80 } },
    messages: { lost: 0, duplicated: 0 },
  });
  const { delivered, sent } = report['messages'] as { delivered: number; sent: number };
  expect(sent).toBeGreaterThan(40);
  expect(delivered).toBe(sent * 19);
});

test('load that is interrupted prints what it has measured; one that is refused says why', async () => {
  const run = operator.start(['load', '--users', '5', '--rooms', '2', '--duration', '5m', '--json']);
  await waitFor(() => run.printed.stderr.includes('10 memberships'), {
    timeoutMs: 20_000,
    describe: 'all users',
  });
  run.kill('SIGINT');
  const { code, stdout } = await run.ended;
  expect(code).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({ interrupted: true, users: 5, memberships: 10 });
  const single = await testCluster.createApp();
  const refused = await operator.run(
    ['load', '--users', '5', '--rooms', '2', '--app', String(single.appId)],
    {
      env: { POLYROOM_SERVER_SECRET: single.serverSecret },
    },
  );
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(
    /1002036 ROOM_LOGIN_MULTI_ROOM_NOT_OPEN: .* entitlements set multiRoom true\.\n$/,
  );
});

test('doctor finds nothing wrong with a healthy cluster', async () => {
  const { steps } = (await operator.json(['doctor'])) as {
    steps: { step: string; status: string; detail: string }[];
  };
  expect(steps.map(({ status, step }) => `${step}: ${status}`)).toEqual([
    ...[
      'address: ok',
      'HTTP and TLS: ok',
      'version: ok',
      'clock: ok',
      'token: ok',
      'WebSocket: ok',
      'login: ok',
    ],
    ...['announced address: ok', 'UDP: ok', 'TCP: ok', 'TURN: skipped'],
  ]);
  expect(steps.find(({ step }) => step === 'version')!.detail).toMatch(/processes of version \S+$/);
});

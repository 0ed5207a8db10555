import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command } from 'commander';
import { runProgram } from '../test/fake-surroundings.js';
import { createProgram } from './program.js';

const secret = '0123456789abcdef0123456789abcdef';

describe('the command line', () => {
  test('prints help with examples, and its version', async () => {
    const help = await runProgram(['rooms', '--help']);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('Usage: polyroom rooms');
    expect(help.stdout).toContain('polyroom rooms kick stage mallory --block 10m');
    expect(await runProgram(['--version'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
  });

  test.each([
    [['rooms', 'lst'], /^polyroom: unknown command 'lst'/],
    [['rooms', 'list', '--prefixx', 'a'], /^polyroom: unknown option '--prefixx'/],
    [['token', 'show', '--token=s3cret'], /^polyroom: unknown option '--token'/],
    [
      ['token', 'show', 's3cret'],
      /^polyroom: too many arguments for 'show'. Expected 0 arguments but got 1\.$/m,
    ],
    [['rooms', 'kick', 'stage'], /^polyroom: missing required argument 'user'/],
    [['rooms', 'move', 'ada', '--from', 'a'], /^polyroom: required option '--to <room>' not specified/],
    [
      ['rooms', 'create', 'a', '--keep', '5'],
      /--keep <duration>.*expected a duration such as 90s, 5m, 1h or 2d/,
    ],
    [['--app', '0', 'apps', 'get'], /--app <id>.*expected a whole number from 1 to 4294967295/],
    [['--url', 'ftp://a', 'apps', 'get'], /expected the http or https address of a gateway/],
    [['--url', 'http://me:secret@a', 'apps', 'get'], /must contain no user and no password/],
    [['token', 'create', '--user', 'ada'], /name the rooms with --room, or use --any-room/],
    [['publish', '--room', 'a'], /name either --file or --test-pattern/],
    [
      ['play', '--room', 'a', '--output', 'a.avi'],
      /--output: expected a file that ends with \.mp4, \.mkv, \.webm/,
    ],
    [['load', '--publishers', '2', '--users', '1'], /--publishers must not be more than --users/],
    [['recordings', 'start'], /name either --room or --stream/],
    [['send', 'stage', 'hi', '--kind', 'command'], /--kind command needs --to/],
  ])('%j is a usage error: one line, exit code 2', async (args, message) => {
    const result = await runProgram(args, {
      env: { POLYROOM_URL: 'http://127.0.0.1:1', POLYROOM_APP_ID: '7' },
    });
    expect({ ...result, stderr: '' }).toEqual({ code: 2, stdout: '', stderr: '' });
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toContain('s3cret');
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test.each([[[]], [['rooms']]])('%j prints the help as a usage error', async (args) => {
    const result = await runProgram(args);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('Usage: polyroom');
  });

  test('says how to give what is missing', async () => {
    const missing = async (args: string[], env = {}) => (await runProgram(args, { env })).stderr;
    expect(await missing(['rooms', 'list'])).toBe(
      'polyroom: the AppID is missing. Cure: use --app, or set POLYROOM_APP_ID.\n',
    );
    expect(await missing(['rooms', 'list'], { POLYROOM_APP_ID: '7' })).toContain('set POLYROOM_URL');
    const env = { POLYROOM_APP_ID: '7', POLYROOM_URL: 'http://127.0.0.1:1' };
    expect(await missing(['rooms', 'list'], env)).toContain('set POLYROOM_API_KEY');
    expect(await missing(['rooms', 'list'], { POLYROOM_APP_ID: 'seven' })).toContain(
      'POLYROOM_APP_ID: expected',
    );
  });

  test('takes secrets from no argument', () => {
    const named = (command: Command): string[] => [
      ...command.options
        .filter(({ flags }) => /key|secret|token|password/i.test(flags))
        .map(({ flags }) => flags),
      ...command.commands.flatMap(named),
    ];
    const flags = named(createProgram());
    expect(flags.length).toBeGreaterThan(4);
    expect(flags.filter((flag) => !/^--[a-z-]+-file <file>$/.test(flag))).toEqual([]);
  });

  test('reports a server that does not answer, as JSON too, with exit code 1', async () => {
    const env = { POLYROOM_URL: 'http://127.0.0.1:1', POLYROOM_API_KEY: 'pr_live_0', POLYROOM_APP_ID: '7' };
    const args = ['apps', 'enable'];
    const [text, json] = await Promise.all([
      runProgram(args, { env }),
      runProgram([...args, '--json'], { env }),
    ]);
    expect(text).toMatchObject({ code: 1, stdout: '' });
    expect(text.stderr).toMatch(
      /^polyroom: the server does not answer: .*Cure: check --url, then run polyroom doctor\.\n$/,
    );
    expect(JSON.parse(json.stderr)).toEqual({
      error: expect.objectContaining({ message: expect.stringContaining('does not answer') }),
    });
  });
});

describe('with a server', () => {
  let server: Server;
  let requests: { authorization: string | undefined; url: string }[];
  let homeDir: string;
  let url: string;
  beforeEach(async () => {
    requests = [];
    server = createServer((request, response) => {
      requests.push({ authorization: request.headers.authorization, url: request.url! });
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          rooms: [{ roomId: 'evil\u001b[2Jroom', memberCount: 1, streamCount: 0, createdAtMs: 0 }],
        }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    homeDir = await mkdtemp(join(tmpdir(), 'polyroom-cli-'));
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(homeDir, { recursive: true });
  });

  test('options count before the environment, and the environment before the profile', async () => {
    const keyFile = join(homeDir, 'key.txt');
    await writeFile(keyFile, 'of-the-file\n');
    const env = { POLYROOM_URL: url, POLYROOM_API_KEY: 'of-the-environment', POLYROOM_APP_ID: '7' };
    await runProgram(['rooms', 'list'], { env, homeDir });
    await runProgram(['rooms', 'list', '--app', '8', '--api-key-file', keyFile], { env, homeDir });
    await runProgram(['rooms', 'list', '--api-key-file', '-'], { env, homeDir, input: 'of-the-input\n' });
    expect(requests).toEqual([
      { authorization: 'Bearer of-the-environment', url: '/v1/apps/7/rooms' },
      { authorization: 'Bearer of-the-file', url: '/v1/apps/8/rooms' },
      { authorization: 'Bearer of-the-input', url: '/v1/apps/7/rooms' },
    ]);
  });

  test('control characters in names of other users do not reach the terminal', async () => {
    const env = { POLYROOM_URL: url, POLYROOM_API_KEY: 'key', POLYROOM_APP_ID: '7' };
    const { stdout } = await runProgram(['rooms', 'list'], { env, homeDir });
    expect(stdout).toContain('evil\\u001b[2Jroom');
    expect(stdout).not.toContain('\u001b');
  });

  test('the credentials of a profile go to its own server only', async () => {
    const env = { POLYROOM_API_KEY: 'key-of-the-profile' };
    expect(await runProgram(['login', '--url', url, '--app', '7'], { env, homeDir })).toMatchObject({
      code: 0,
    });
    expect(await runProgram(['rooms', 'list'], { homeDir })).toMatchObject({ code: 0 });
    const sent = requests.length;
    const elsewhere = await runProgram(['rooms', 'list', '--url', url.replace('127.0.0.1', 'localhost')], {
      homeDir,
    });
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.stderr).toContain('the API key is missing');
    expect(requests).toHaveLength(sent);
  });
});

describe('token', () => {
  test('makes a token without a server, and shows it without its signature', async () => {
    const env = { POLYROOM_SERVER_SECRET: secret, POLYROOM_APP_ID: '7' };
    const rooms = ['--room', 'stage', '--room', 'class-*:login,subscribe'];
    const made = await runProgram(['token', 'create', '--user', 'ada', ...rooms, '--valid', '5m'], { env });
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const token = made.stdout.trim();
    const shown = await runProgram(['token', 'show', '--token-file', '-', '--json'], { input: token });
    expect(JSON.parse(shown.stdout)).toMatchObject({
      ...{ kind: 'native', appId: 7, user: 'ada', streams: 'any' },
      rooms: [
        { room: 'stage', rights: ['login', 'subscribe', 'message', 'publish', 'share'] },
        { room: 'class-*', rights: ['login', 'subscribe'] },
      ],
    });
    const text = await runProgram(['token', 'show'], { env: { POLYROOM_TOKEN: token } });
    expect(text.stdout).toContain('(valid)');
    expect(shown.stdout + text.stdout).not.toContain(token.split('.')[2]);
  });

  test('names the wrong argument', async () => {
    const env = { POLYROOM_SERVER_SECRET: 'short', POLYROOM_APP_ID: '7' };
    const result = await runProgram(['token', 'create', '--user', 'ada', '--any-room'], { env });
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/secret: must be the ServerSecret of the AppID, which has 32 bytes/);
  });

  test('refuses what is no token', async () => {
    const result = await runProgram(['token', 'show', '--token-file', '-'], { input: 'hello' });
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain('this is no token');
  });
});

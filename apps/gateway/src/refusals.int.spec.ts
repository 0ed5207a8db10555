import { once } from 'node:events';
import { connect } from 'node:net';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { AppError } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { appId } from '../test/fake-cluster.js';
import { useGateway } from '../test/use-gateway.js';

const used = useGateway();
const address = '127.0.0.1';
let before: Map<string, number>;

beforeEach(async () => {
  before = await readRequests();
});

/** Counters of client requests by method and outcome. */
async function readRequests(): Promise<Map<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${used.gateway.monitorPort}/metrics`)).text();
  const pattern = /^polyroom_gateway_requests_total\{method="(.*)",outcome="(.*)"\} (\d+)$/gm;
  return new Map(
    [...text.matchAll(pattern)].map(([, method, outcome, count]) => [`${method} ${outcome}`, Number(count)]),
  );
}

/** Counted requests since the test began. */
async function readCounted(): Promise<Record<string, number>> {
  const counts = [...(await readRequests())].map(
    ([key, count]) => [key, count - (before.get(key) ?? 0)] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

const refusals = () => used.lines.filter(({ msg }) => msg === 'request refused');

async function waitForRefusals(count: number): Promise<Array<Record<string, unknown>>> {
  await waitFor(() => refusals().length >= count, { describe: 'refusals', intervalMs: 5 });
  return refusals();
}

function expectNothingAboveInfo(): void {
  expect(used.lines.filter(({ level }) => Number(level) > 30)).toEqual([]);
  expect(JSON.stringify(refusals())).not.toMatch(/stack/);
}

/** Writes bytes without a client library. */
async function sendRaw(bytes: string | Buffer): Promise<void> {
  const socket = connect(used.gateway.port, address);
  socket.resume();
  await once(socket, 'connect');
  socket.write(bytes);
  await once(socket, 'close');
}

describe('logs a client error at debug and counts it as the client’s', () => {
  test('a forged token, with the AppID, user and address of its sender', async () => {
    used.cluster.onLogin = () => {
      throw new AppError('ROOM_AUTHENTICATION_FAILED');
    };
    const client = await used.connect();
    await client.login('r1', 'mallory', { token: 'forged' });
    const [refusal] = await waitForRefusals(1);
    expect(refusal).toMatchObject({ level: 20, code: 1002033, appId, userId: 'mallory', address });
    expect(refusal).toMatchObject({ method: 'room.login' });
    expect(JSON.stringify(used.lines)).not.toContain('forged');
    expect(await readCounted()).toEqual({ 'room.login client_error': 1 });
    expectNothingAboveInfo();
  });

  test('bad frames, unknown methods and invalid arguments', async () => {
    const client = await used.connectTo('r1', 'ann');
    client.socket.send('{');
    client.socket.send(Buffer.from([1, 2, 3]));
    await client.ask('room.nothing', {});
    await client.ask('room.login', { roomId: '' });
    const who = { level: 20, appId, userId: 'ann', address };
    expect(await waitForRefusals(4)).toEqual([
      expect.objectContaining({ ...who, code: 1100001, problem: 'json' }),
      expect.objectContaining({ ...who, code: 1100001, problem: 'binary' }),
      expect.objectContaining({ ...who, code: 1190001, asked: 'room.nothing' }),
      expect.objectContaining({ ...who, path: 'appId', method: 'room.login' }),
    ]);
    expect(await readCounted()).toEqual({
      'room.login ok': 1,
      'none client_error': 3,
      'room.login client_error': 1,
    });
    expectNothingAboveInfo();
  });

  test('WebSocket protocol violations, and invalid upgrades', async () => {
    const key = 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13';
    const upgrade = (path: string, head: string) =>
      `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n${head}\r\n\r\n`;
    await sendRaw(upgrade('/elsewhere', key));
    await sendRaw(upgrade('/ws', 'sec-websocket-version: 13'));
    // An unmasked frame with reserved bits.
    await sendRaw(Buffer.concat([Buffer.from(upgrade('/ws', key)), Buffer.from([0xf1, 1, 0x61])]));
    expect(await waitForRefusals(3)).toEqual([
      expect.objectContaining({ level: 20, reason: 'upgrade of another path', path: '/elsewhere', address }),
      expect.objectContaining({ level: 20, reason: 'malformed upgrade', address }),
      expect.objectContaining({ level: 20, reason: expect.stringMatching(/^WS_ERR_/), address }),
    ]);
    expect(await readCounted()).toEqual({ 'none client_error': 3 });
    expectNothingAboveInfo();
  });

  test('a socket that closes in the middle of its logins', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    used.cluster.onLogin = () => held;
    const client = await used.connect();
    void client.login('r1', 'ann').catch(() => {});
    void client.login('r2', 'ann').catch(() => {});
    await waitFor(() => used.cluster.countCalls('login') === 1, { describe: 'the login' });
    await client.close();
    release();
    expect(await waitForRefusals(1)).toEqual([
      expect.objectContaining({ level: 20, code: 1100003, appId, userId: 'ann', address }),
    ]);
    expect(await readCounted()).toEqual({ 'room.login ok': 1, 'room.login client_error': 1 });
  });
});

test('counts an internal error as the server’s', async () => {
  used.cluster.onLogin = () => {
    throw new TypeError('secret');
  };
  await (await used.connect()).login('r1', 'u');
  expect(await readCounted()).toEqual({ 'room.login server_error': 1 });
  expect(refusals()).toEqual([]);
});

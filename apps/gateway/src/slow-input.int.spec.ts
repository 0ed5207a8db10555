import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ConfigError } from '@polyroom/config';
import { clientCloseCodes, clientSocketPath, clientSubprotocol } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { WebSocket } from 'ws';
import { adminToken } from '../test/fake-cluster.js';
import { useGateway } from '../test/use-gateway.js';
import { loadGatewayConfig } from './gateway.config.js';

/** Long enough for a message in two fragments, also on a busy machine. */
const requestTimeoutMs = 1500;
const used = useGateway({ POLYROOM_REQUEST_TIMEOUT_MS: String(requestTimeoutMs) });
const deadlineMs = requestTimeoutMs + 5000;

interface RawSocket {
  socket: Socket;
  output: string;
}

const sockets: Socket[] = [];
afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));

/** Opens a connection and sends the beginning of a request. */
async function begin(input: string): Promise<RawSocket> {
  const socket = connect(used.gateway.port, '127.0.0.1');
  sockets.push(socket);
  const raw = { socket, output: '' };
  socket.on('data', (data) => (raw.output += String(data)));
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(input);
  return raw;
}

const upgrade = [
  `GET ${clientSocketPath} HTTP/1.1`,
  'Host: gateway',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Protocol: ${clientSubprotocol}`,
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

describe('20 connections end within the timeout, and others are not affected, that send', () => {
  test.each([
    ['nothing', ''],
    ['half of the headers', 'GET /v1/apps HTTP/1.1\r\nHost: gateway\r\nX-Slow'],
    ['half of an upgrade request', upgrade.slice(0, -1).join('\r\n')],
    [
      'half of a body',
      [
        'POST /v1/apps HTTP/1.1',
        'Host: gateway',
        `Authorization: Bearer ${adminToken}`,
        'Content-Type: application/json',
        'Content-Length: 1000',
        '',
        '{"appId": 1, ',
      ].join('\r\n'),
    ],
  ])('%s', async (_name, input) => {
    const member = await used.connectTo('r1', 'member');
    const slow = await Promise.all(Array.from({ length: 20 }, () => begin(input)));
    await waitFor(() => slow.every(({ socket }) => socket.destroyed), {
      timeoutMs: deadlineMs,
      describe: 'the slow connections to end',
    });
    expect(new Set(slow.map(({ output }) => output.split('\r\n', 1)[0]))).toEqual(
      new Set(['HTTP/1.1 408 Request Timeout']),
    );
    expect((await member.ask('room.logout', { roomId: 'r1' })).error).toBeUndefined();
  });

  test('one byte of a body from time to time', async () => {
    const head = 'POST /v1/apps HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n';
    const slow = await Promise.all(
      Array.from({ length: 20 }, () =>
        begin(`${head}Authorization: Bearer ${adminToken}\r\nContent-Length: 1000\r\n\r\n`),
      ),
    );
    const drip = setInterval(() => slow.forEach(({ socket }) => socket.write('1')), 50);
    await waitFor(() => slow.every(({ socket }) => socket.destroyed), {
      timeoutMs: deadlineMs,
      describe: 'the slow connections to end',
    }).finally(() => clearInterval(drip));
  });
});

test('a gateway that closes does not wait for the rest of a request', async () => {
  const head = `POST /v1/apps HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${adminToken}\r\n`;
  const { socket } = await begin(`${head}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`);
  // The server has the connection when it answers on a later one.
  await fetch(`http://127.0.0.1:${used.gateway.port}/v1/none`);
  await used.gateway.close();
  await waitFor(() => socket.destroyed, { timeoutMs: deadlineMs, describe: 'the end of the connection' });
});

/** A client frame with a mask of zeros. `length` may exceed the data. */
function frame(first: number, data: string, length = data.length): Buffer {
  return Buffer.concat([Buffer.from([first, 0x80 | length, 0, 0, 0, 0]), Buffer.from(data)]);
}

describe('a socket with a session is closed with 4004', () => {
  test.each([
    ['after a fragment of a message', frame(0x01, '{"id":')],
    ['after a part of a frame', frame(0x81, '{"id":', 100)],
  ])('%s, even if it answers pings', async (_name, bytes) => {
    const client = await used.connectTo('r1', 'slow');
    const idle = await used.connectTo('r1', 'idle');
    const { _socket: socket } = client.socket as WebSocket & { _socket?: Socket };
    socket!.write(bytes);
    const isFragment = bytes[0] === 0x01;
    // A control frame may come between two fragments, and nothing between two parts of a frame.
    const pongs = setInterval(() => isFragment && socket!.write(frame(0x8a, '')), 50);
    await waitFor(() => client.closeCode !== undefined, {
      timeoutMs: deadlineMs,
      describe: 'the close code',
    }).finally(() => clearInterval(pongs));
    expect(client.closeCode).toBe(clientCloseCodes.messageTimeout);
    expect((await idle.ask('room.logout', { roomId: 'r1' })).error).toBeUndefined();
  });

  test('not if each message arrives in time, in fragments', async () => {
    const client = await used.connectTo('r1', 'steady');
    const text = '{"id":77,"method":"room.nothing"}';
    const { _socket: socket } = client.socket as WebSocket & { _socket?: Socket };
    const untilMs = Date.now() + 2 * requestTimeoutMs;
    while (Date.now() < untilMs) {
      socket!.write(frame(0x01, text.slice(0, 9)));
      await new Promise((resolve) => setTimeout(resolve, 100));
      socket!.write(frame(0x80, text.slice(9)));
    }
    expect(client.closeCode).toBeUndefined();
    expect((await client.ask('room.logout', { roomId: 'r1' })).error).toBeUndefined();
  });
});

test.each(['0', 'soon', '-5'])('refuses to start with POLYROOM_REQUEST_TIMEOUT_MS=%s', (value) => {
  const load = () => loadGatewayConfig({ POLYROOM_REQUEST_TIMEOUT_MS: value });
  expect(load).toThrow(ConfigError);
  expect(load).toThrow('POLYROOM_REQUEST_TIMEOUT_MS: ');
});

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { ProbeServer } from './probe-server.js';

const sockets: Socket[] = [];
afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));

test('ends unfinished requests in time, while the process starts and after the application has taken over', async () => {
  const probe = await ProbeServer.listen({ host: '127.0.0.1', port: 0, requestTimeoutMs: 200 }, () => ({}));
  const port = probe.port;
  const isEnded = async (input: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    let output = '';
    socket.on('data', (data) => (output += String(data)));
    socket.write(input);
    await once(socket, 'close');
    return output.split('\r\n', 1)[0]!;
  };
  expect(await isEnded('GET /healthz HTTP/1.1\r\nHost: a\r\n')).toBe('HTTP/1.1 408 Request Timeout');
  const server = probe.handOver((_request, response) => response.end(), {});
  await new Promise<void>((resolve) => {
    server.once('listening', resolve);
    server.listen();
  });
  expect(await isEnded('')).toBe('HTTP/1.1 408 Request Timeout');
  expect(await isEnded('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12')).toMatch(/ (200|408) /);
  server.close();
});

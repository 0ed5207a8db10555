import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { FastIo } from './fast-io.js';

let server: Server;
let accepted: Socket;
let client: Socket;

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = once(server, 'connection') as Promise<[Socket]>;
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  [accepted] = await connection;
});

afterEach(async () => {
  accepted.destroy();
  client.destroy();
  server.close();
  await once(server, 'close');
});

test('Node.js keeps the descriptor of a socket in _handle.fd, on which direct writes depend', () => {
  const { _handle: handle } = accepted as Socket & { _handle?: { fd?: number } };
  expect(handle?.fd).toBeGreaterThan(2);
  expect(new FastIo(true).writerFor(accepted).openDescriptor).toBe(handle?.fd);
});

test('has no descriptor if switched off, for an encrypted socket, or for another stream', () => {
  const descriptors = [
    new FastIo(false).writerFor(accepted),
    new FastIo(true).writerFor(new TLSSocket(accepted)),
    new FastIo(true).writerFor(new PassThrough()),
  ].map((writer) => [writer.openDescriptor, writer.write(Buffer.from('x'))]);
  expect(descriptors).toEqual(Array.from({ length: 3 }, () => [-1, 0]));
});

test('has no descriptor once the socket is closed, as its number may be reused', async () => {
  const writer = new FastIo(true).writerFor(accepted);
  accepted.destroy();
  await once(accepted, 'close');
  expect([writer.openDescriptor, writer.write(Buffer.from('x'))]).toEqual([-1, 0]);
});

describe.each([
  ['on', true],
  ['off', false],
])('with fast I/O %s', (_name, isOn) => {
  test('delivers all bytes in order if the stream sends what the writer does not take', async () => {
    const writer = new FastIo(isOn).writerFor(accepted);
    let sent = '';
    let received = '';
    const send = (text: string): void => {
      sent += text;
      const bytes = Buffer.from(text);
      const taken = writer.write(bytes);
      if (taken < bytes.length) {
        accepted.write(bytes.subarray(taken));
      }
    };
    // More than the kernel's buffers hold while the client does not read.
    for (let index = 0; accepted.writableLength === 0 || index < 50; index++) {
      send(String.fromCharCode(97 + (index % 26)).repeat(100_000));
    }
    client.on('data', (data) => (received += data.toString('latin1')));
    await waitFor(() => received.length === sent.length, { describe: 'all bytes' });
    expect(received === sent).toBe(true);
  });
});

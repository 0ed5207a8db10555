import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { type BatchWriter } from './batch-writer.js';
import { FastIo } from './fast-io.js';

let server: Server;
let batch: BatchWriter | undefined;
let accepted: Socket[];
let clients: Socket[];
let received: string[];

beforeEach(async () => {
  batch = new FastIo(true).openBatchWriter();
  accepted = [];
  clients = [];
  received = ['', '', ''];
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  for (let index = 0; index < 3; index++) {
    const connection = once(server, 'connection') as Promise<[Socket]>;
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.on('data', (data) => (received[index] += data.toString('latin1')));
    clients.push(client);
    accepted.push((await connection)[0]);
  }
});

afterEach(async () => {
  batch?.close();
  [...accepted, ...clients].forEach((socket) => socket.destroy());
  server.close();
  await once(server, 'close');
});

const descriptorOf = (socket: Socket): number => new FastIo(true).writerFor(socket).openDescriptor;

test('opens on Linux with x64 or arm64, and never if switched off', () => {
  expect(batch !== undefined).toBe(process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch));
  expect(new FastIo(false).openBatchWriter()).toBeUndefined();
});

test('writes to many sockets in the order of the calls, also beyond the size of one batch', async () => {
  let expected = '';
  for (let round = 0; round < 200; round++) {
    const text = `${round},`;
    expected += text;
    accepted.forEach((socket) =>
      batch!.add(descriptorOf(socket), Buffer.from(text), { handleTaken: () => undefined }),
    );
  }
  batch!.submit();
  await waitFor(() => received.every((text) => text === expected), { describe: 'all bytes at all clients' });
});

test('reports a descriptor that the kernel refuses, and the writes behind it', async () => {
  const taken: number[] = [];
  const target = { handleTaken: (_bytes: Buffer, takenBytes: number) => taken.push(takenBytes) };
  batch!.add(descriptorOf(accepted[0]!), Buffer.from('x'), target);
  batch!.add(1_000_000, Buffer.from('y'), target);
  batch!.add(descriptorOf(accepted[2]!), Buffer.from('z'), target);
  batch!.submit();
  expect(taken).toEqual([0, 0]);
  await waitFor(() => received[0] === 'x', { describe: 'the write before it' });
});

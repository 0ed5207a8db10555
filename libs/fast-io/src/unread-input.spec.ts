import { once } from 'node:events';
import { type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { WebSocket, WebSocketServer } from 'ws';
import { FastIo } from './fast-io.js';

interface WithReceiver {
  _receiver: { _buffers: Buffer[]; _bufferedBytes: number; _fragments: Buffer[] };
}

let server: WebSocketServer;
let client: WebSocket;
let accepted: WebSocket & WithReceiver;

beforeEach(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const connection = once(server, 'connection') as Promise<[WebSocket & WithReceiver]>;
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await once(client, 'open');
  [accepted] = await connection;
  // One fragment of an unfinished message, and half of the next one: 100 bytes announced, 10 of them sent.
  const { _socket: socket } = client as WebSocket & { _socket?: Socket };
  socket!.write(Buffer.from([0x01, 0x81, 0, 0, 0, 0, 0x61]));
  socket!.write(Buffer.concat([Buffer.from([0x80, 0x80 | 100, 0, 0, 0, 0]), Buffer.alloc(10, 0x61)]));
  await waitFor(() => accepted._receiver._bufferedBytes === 10, { describe: 'unread input' });
});

afterEach(async () => {
  client.terminate();
  accepted.terminate();
  server.close();
  await once(server, 'close');
});

const kept = () => {
  const { _buffers: buffers, _bufferedBytes: bytes, _fragments: fragments } = accepted._receiver;
  return { buffers: buffers.length, bytes, fragments: fragments.length };
};

test('ws keeps its unread input in the field that is released', () => {
  expect(kept()).toEqual({ buffers: 1, bytes: 10, fragments: 1 });
  new FastIo(true).forgetUnreadInput(accepted);
  expect(kept()).toEqual({ buffers: 0, bytes: 0, fragments: 0 });
});

test('keeps the input if switched off, and closes the socket in both cases', async () => {
  new FastIo(false).forgetUnreadInput(accepted);
  expect(kept()).toEqual({ buffers: 1, bytes: 10, fragments: 1 });
  new FastIo(true).forgetUnreadInput(accepted);
  const closed = once(accepted, 'close');
  client.terminate();
  await closed;
});

test('finds an unfinished message or frame, and none after its rest has arrived', async () => {
  const { _socket: socket } = client as WebSocket & { _socket?: Socket };
  const hasUnfinished = () => new FastIo(true).hasUnfinishedInput(accepted);
  expect(hasUnfinished()).toBe(true);
  expect(new FastIo(false).hasUnfinishedInput(accepted)).toBe(false);
  socket!.write(Buffer.alloc(90, 0x61));
  await waitFor(() => !hasUnfinished(), { describe: 'the rest of the frame' });
  socket!.write(Buffer.from([0x01, 0x81, 0, 0, 0, 0, 0x61]));
  await waitFor(hasUnfinished, { describe: 'a fragment' });
  expect(new FastIo(true).hasUnfinishedInput({})).toBe(false);
});

test('leaves any other object unchanged', () => {
  const other = { _receiver: { _buffers: [Buffer.alloc(1)] } };
  new FastIo(true).forgetUnreadInput(other);
  new FastIo(true).forgetUnreadInput({});
  expect(other._receiver._buffers).toHaveLength(1);
});

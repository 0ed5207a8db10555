import { Socket } from 'node:net';
import { type Writable } from 'node:stream';
import { setImmediate as nextTick } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type RunningServer, startNats, waitFor } from '@polyroom/testing';
import { FastIo } from './fast-io.js';
import { type NatsSocket } from './nats-socket.js';

let server: RunningServer;
let connection: NatsConnection;
let received: string[];
let socket: NatsSocket;
let corked: Writable | undefined;
let writes: number;
let isHolding: boolean;

beforeAll(async () => {
  server = await startNats();
});
afterAll(async () => {
  await server.close();
});
beforeEach(async () => {
  connection = await connect({ servers: server.url, reconnectTimeWait: 10 });
  received = [];
  connection.subscribe('spec', { callback: (_error, message) => void received.push(message.string()) });
  await connection.flush();
  corked = undefined;
  writes = 0;
  isHolding = false;
  socket = new FastIo(true).findNatsSocket(connection, () => {
    if (isHolding) {
      writes += 1;
      corked ??= socket.cork();
    }
  })!;
});
afterEach(async () => {
  corked?.uncork();
  await connection.close();
});

const publishTwice = async (): Promise<void> => {
  isHolding = true;
  connection.publish('spec', 'one');
  await nextTick();
  connection.publish('spec', 'two');
  await nextTick();
};
const untilReceived = () => waitFor(() => received.length >= 2, { describe: 'both messages' });

test('the client writes through the socket at protocol.transport.socket, which corking depends on', async () => {
  await publishTwice();
  expect(writes).toBe(2);
  expect(corked).toBeInstanceOf(Socket);
  expect(corked!.writableLength).toBeGreaterThan(0);
  expect(received).toEqual([]);
  corked!.uncork();
  await untilReceived();
  expect(received).toEqual(['one', 'two']);
});

test('after a reconnection the new socket is used', async () => {
  const former = socket.cork();
  former!.uncork();
  const reconnected = (async () => {
    for await (const { type } of connection.status()) {
      if (type === 'reconnect') {
        return;
      }
    }
  })();
  await connection.reconnect();
  await reconnected;
  await connection.flush();
  socket.attach();
  await publishTwice();
  expect(corked).toBeInstanceOf(Socket);
  expect(corked).not.toBe(former);
  corked!.uncork();
  await untilReceived();
  expect(received).toEqual(['one', 'two']);
});

test('a connection that hides its socket is left alone, and so is every one if switched off', () => {
  expect(new FastIo(true).findNatsSocket({}, () => undefined)!.cork()).toBeUndefined();
  expect(new FastIo(false).findNatsSocket(connection, () => undefined)).toBeUndefined();
});

import { setImmediate as nextTick } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect } from '@nats-io/transport-node';
import { FastIo } from '@polyroom/fast-io';
import { type RunningServer, startNats, waitFor } from '@polyroom/testing';
import { Tick } from './tick.js';

let server: RunningServer;

beforeAll(async () => {
  server = await startNats();
});
afterAll(async () => {
  await server.close();
});

describe.each([
  ['on', true],
  ['off', false],
])('with fast I/O %s', (_name, isOn) => {
  test('everything sent in many ticks arrives once, in order, also after a reconnection', async () => {
    const connection = await connect({ servers: server.url, reconnectTimeWait: 10 });
    const tick = new Tick(connection, new FastIo(isOn));
    const received: string[] = [];
    connection.subscribe('spec', { callback: (_error, message) => void received.push(message.string()) });
    await connection.flush();
    const expected: string[] = [];
    const sendTicks = async (name: string): Promise<void> => {
      for (let index = 0; index < 50; index++) {
        // Sent at once, by a timer of the same tick, and at the end of the tick.
        const texts = ['now', 'soon', 'end'].map((part) => `${name} ${index} ${part}`);
        expected.push(...texts);
        connection.publish('spec', texts[0]!);
        queueMicrotask(() => connection.publish('spec', texts[1]!));
        tick.atEnd(() => connection.publish('spec', texts[2]!));
        await nextTick();
      }
      await waitFor(() => received.length >= expected.length, { describe: 'all messages' });
      expect(received).toEqual(expected);
    };
    await sendTicks('first');
    const reconnected = (async () => {
      for await (const { type } of connection.status()) {
        if (type === 'reconnect') {
          return;
        }
      }
    })();
    await connection.reconnect();
    await reconnected;
    tick.handleReconnect();
    await connection.flush();
    await sendTicks('second');
    await connection.close();
  });
});

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FastIo } from '@polyroom/fast-io';
import { waitFor } from '@polyroom/testing';
import { FlushTick } from './flush-tick.js';
import { type OutFrame } from '@polyroom/session';
import { Outbox } from './outbox.js';

let server: Server;
let tick: FlushTick;
let here: Socket[];
let there: Socket[];
let received: string[];

const nextTick = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const frame = (text: string): OutFrame => ({ bytes: Buffer.from(text), isLossy: false });

/** A socket of the server, and the bytes that its peer reads. */
async function createOutbox(reads = true): Promise<Outbox> {
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = await accepted;
  // Errors of sockets that the tests destroy.
  socket.on('error', () => undefined);
  const index = there.push(client) - 1;
  received[index] = '';
  if (reads) {
    client.on('data', (data) => (received[index] += data.toString('latin1')));
  }
  here.push(socket);
  return new Outbox(socket, tick, { onDropped: () => undefined, onOverflow: () => undefined });
}

const createOutboxes = async (count: number): Promise<Outbox[]> => {
  const outboxes: Outbox[] = [];
  for (let made = 0; made < count; made++) {
    outboxes.push(await createOutbox());
  }
  return outboxes;
};

const untilReceived = (texts: string[]): Promise<true> =>
  waitFor(() => texts.every((text, index) => received[index] === text), {
    describe: 'every socket to receive its text',
  });

describe.each([
  ['on', true],
  ['off', false],
])('with fast I/O %s', (_name, isOn) => {
  beforeEach(async () => {
    tick = new FlushTick(new FastIo(isOn));
    here = [];
    there = [];
    received = [];
    server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    tick.close();
    for (const socket of [...here, ...there]) {
      socket.destroy();
    }
    server.close();
    await once(server, 'close');
  });

  test('writes shared and own frames in order to more sockets than one call takes', async () => {
    const outboxes = await createOutboxes(300);
    const all = frame('for all,');
    outboxes.forEach((outbox) => outbox.push(all));
    await nextTick();
    expect(here.every((socket) => socket.bytesWritten === 0)).toBe(isOn);
    outboxes.forEach((outbox, index) => outbox.push(frame(`for ${index},`)));
    await nextTick();
    outboxes.forEach((outbox, index) => {
      outbox.push(all);
      outbox.push(frame(`last ${index % 7}`));
    });
    await nextTick();
    await untilReceived(outboxes.map((_, index) => `for all,for ${index},for all,last ${index % 7}`));
  });

  test('writes frames of a slow reader when it reads, without delaying other sockets', async () => {
    const outboxes = await createOutboxes(5);
    const slow = await createOutbox(false);
    let whole = '';
    const pushOne = async (): Promise<void> => {
      const text = String.fromCharCode(97 + ((whole.length / 60_000) % 26)).repeat(60_000);
      whole += text;
      [slow, ...outboxes].forEach((outbox) => outbox.push(frame(text)));
      await nextTick();
    };
    while (here[5]!.writableLength === 0) {
      await pushOne();
    }
    // Beyond the stream's buffer, frames wait in the outbox.
    await pushOne();
    await pushOne();
    await untilReceived(Array.from({ length: 5 }, () => whole));
    there[5]!.on('data', (data) => (received[5] += data.toString('latin1')));
    await waitFor(() => received[5]!.length === whole.length, {
      describe: 'the slow reader to receive everything',
    });
    expect(received[5] === whole).toBe(true);
  });

  test('is not affected by a closed socket', async () => {
    const outboxes = await createOutboxes(8);
    there[3]!.resetAndDestroy();
    here[5]!.destroy();
    for (const text of ['a', 'b', 'c']) {
      outboxes.forEach((outbox) => outbox.push(frame(text)));
      await nextTick();
    }
    await waitFor(() => received.every((text, index) => text === 'abc' || index === 3 || index === 5), {
      describe: 'the other sockets to receive their frames',
    });
  });

  test('still writes frames after the batch is closed', async () => {
    const outboxes = await createOutboxes(5);
    tick.close();
    tick.close();
    outboxes.forEach((outbox) => outbox.push(frame('late')));
    await untilReceived(outboxes.map(() => 'late'));
  });
});

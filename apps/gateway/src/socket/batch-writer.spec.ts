import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { BatchWriter } from './batch-writer.js';
import { FlushTurn } from './flush-turn.js';
import { type OutFrame } from '@polyroom/session';
import { Outbox } from './outbox.js';

let server: Server;
let batch: BatchWriter;
let turn: FlushTurn;
let here: Socket[];
let there: Socket[];
let received: string[];

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const frame = (text: string): OutFrame => ({ bytes: Buffer.from(text), isLossy: false });

/** A socket of the server, with what its other end reads. */
async function createOutbox(reads = true): Promise<Outbox> {
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = await accepted;
  // Errors of the sockets that the tests cut.
  socket.on('error', () => undefined);
  const index = there.push(client) - 1;
  received[index] = '';
  if (reads) {
    client.on('data', (data) => (received[index] += data.toString('latin1')));
  }
  here.push(socket);
  return new Outbox(socket, turn, { onDropped: () => undefined, onOverflow: () => undefined });
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
    describe: 'everybody to have theirs',
  });

beforeEach(async () => {
  batch = BatchWriter.open()!;
  turn = new FlushTurn(batch);
  here = [];
  there = [];
  received = [];
  server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  turn.close();
  for (const socket of [...here, ...there]) {
    socket.destroy();
  }
  server.close();
  await once(server, 'close');
});

test('it can be had where it was made for', () => {
  expect(batch !== undefined).toBe(process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch));
});

test('more sockets than one call takes get what is for all and what is for each, in order', async () => {
  const outboxes = await createOutboxes(300);
  const all = frame('for all,');
  outboxes.forEach((outbox) => outbox.push(all));
  await nextTurn();
  expect(here.every((socket) => socket.bytesWritten === 0)).toBe(batch !== undefined);
  outboxes.forEach((outbox, index) => outbox.push(frame(`for ${index},`)));
  await nextTurn();
  outboxes.forEach((outbox, index) => {
    outbox.push(all);
    outbox.push(frame(`last ${index % 7}`));
  });
  await nextTurn();
  await untilReceived(outboxes.map((_, index) => `for all,for ${index},for all,last ${index % 7}`));
});

test('what the kernel does not take of one is written when it reads, and the others do not wait', async () => {
  const outboxes = await createOutboxes(5);
  const slow = await createOutbox(false);
  let whole = '';
  const pushOne = async (): Promise<void> => {
    const text = String.fromCharCode(97 + ((whole.length / 60_000) % 26)).repeat(60_000);
    whole += text;
    [slow, ...outboxes].forEach((outbox) => outbox.push(frame(text)));
    await nextTurn();
  };
  while (here[5]!.writableLength === 0) {
    await pushOne();
  }
  // Behind what the stream holds, it waits in the outbox.
  await pushOne();
  await pushOne();
  await untilReceived(Array.from({ length: 5 }, () => whole));
  there[5]!.on('data', (data) => (received[5] += data.toString('latin1')));
  await waitFor(() => received[5]!.length === whole.length, { describe: 'the slow one to have it all' });
  expect(received[5] === whole).toBe(true);
});

test('a socket that is gone takes nothing from the others', async () => {
  const outboxes = await createOutboxes(8);
  there[3]!.resetAndDestroy();
  here[5]!.destroy();
  for (const text of ['a', 'b', 'c']) {
    outboxes.forEach((outbox) => outbox.push(frame(text)));
    await nextTurn();
  }
  await waitFor(() => received.every((text, index) => text === 'abc' || index === 3 || index === 5), {
    describe: 'the others to have theirs',
  });
});

test('a descriptor that the kernel refuses is told, and so are those behind it', async () => {
  const outboxes = await createOutboxes(3);
  const told: number[] = [];
  const [before, , behind] = here.map(
    (socket) => (socket as unknown as { _handle: { fd: number } })._handle.fd,
  );
  const target = { handleTaken: (_bytes: Buffer, takenBytes: number) => told.push(takenBytes) };
  expect(outboxes).toHaveLength(3);
  batch.add(before!, Buffer.from('x'), target);
  batch.add(1_000_000, Buffer.from('y'), target);
  batch.add(behind!, Buffer.from('z'), target);
  batch.submit();
  expect(told).toEqual([0, 0]);
  await waitFor(() => received[0] === 'x', { describe: 'the one before' });
});

test('after it is closed everybody still gets theirs', async () => {
  const outboxes = await createOutboxes(5);
  turn.close();
  turn.close();
  outboxes.forEach((outbox) => outbox.push(frame('late')));
  await untilReceived(outboxes.map(() => 'late'));
});

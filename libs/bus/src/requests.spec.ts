import { beforeEach, expect, test } from '@jest/globals';
import { type Msg, type NatsConnection } from '@nats-io/transport-node';
import { AppError } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { Requests } from './requests.js';
import { type Tick } from './tick.js';

let deliver: (error: null, message: Msg) => void;
/** Reply subjects of what was sent. */
let sent: string[];
/** Deadlines of what was sent. */
let deadlinesMs: number[];
let requests: Requests;

beforeEach(() => {
  [sent, deadlinesMs] = [[], []];
  const connection = {
    subscribe: (_subject: string, options: { callback: typeof deliver }) => {
      deliver = options.callback;
    },
    publish: (_subject: string, json: string, { reply }: { reply: string }) => {
      sent.push(reply);
      deadlinesMs.push((JSON.parse(json) as [[number, number]])[0][1]);
    },
  } as unknown as NatsConnection;
  const tick = { atEnd: (flush: () => void) => flush() } as Tick;
  requests = new Requests(connection, tick, '_INBOX.spec', () => {});
});

function reply(subject: string): void {
  const message = { subject, data: new Uint8Array(1), json: () => [[1, 0, { answer: 'yes' }]] };
  deliver(null, message as unknown as Msg);
}

function refuse(subject: string, error: AppError): void {
  const message = { subject, data: new Uint8Array(1), json: () => [[1, 1, error.toWire()]] };
  deliver(null, message as unknown as Msg);
}

test('accepts a reply that arrived while the event loop was blocked past the deadline', async () => {
  // From here on, due timers run first, then pending socket reads.
  await new Promise((resolve) => setImmediate(resolve));
  const answer = requests.ask('rpc.oracle.ask', {}, 20);
  // Simulates a pending socket read, which runs after the due timers.
  setImmediate(() => reply('_INBOX.spec.1'));
  const heldUpUntilMs = performance.now() + 60;
  while (performance.now() < heldUpUntilMs) {
    // Blocks the event loop.
  }
  await expect(answer).resolves.toEqual({ answer: 'yes' });
});

test.each(['_INBOX.spec.1', '_INBOX.spec.2'])(
  'sends a request again after a second if it may, and takes the reply at %s',
  async (subject) => {
    const answer = requests.ask('rpc.oracle.ask', {}, 5000, { repeats: 1 });
    await waitFor(() => sent.length === 2, { describe: 'the second attempt' });
    reply(subject);
    await expect(answer).resolves.toEqual({ answer: 'yes' });
    expect(sent).toEqual(['_INBOX.spec.1', '_INBOX.spec.2']);
  },
);

test.each([
  [undefined, 1],
  [1, 2],
  [9, 3],
])('sends a request with %p repeats %d times within 2.3 s', async (repeats, attempts) => {
  const answer = requests.ask('rpc.oracle.ask', {}, 2300, { repeats });
  await expect(answer).rejects.toMatchObject({ errorName: 'BUS_TIMEOUT' });
  expect(sent).toHaveLength(attempts);
});

test('waits for the first attempt if no instance receives the second', async () => {
  const answer = requests.ask('rpc.oracle.ask', {}, 5000, { repeats: 1 });
  await waitFor(() => sent.length === 2, { describe: 'the second attempt' });
  const noResponders = { subject: sent[1], data: new Uint8Array(0), headers: { code: 503 } };
  deliver(null, noResponders as unknown as Msg);
  reply(sent[0]!);
  await expect(answer).resolves.toEqual({ answer: 'yes' });
});

test('lets an attempt expire when it is repeated, and takes no late refusal of it for the answer', async () => {
  const askedAtMs = Date.now();
  const answer = requests.ask('rpc.oracle.ask', {}, 5000, { repeats: 1, attemptsExpire: true });
  refuse('_INBOX.spec.1', new AppError('BUS_TIMEOUT'));
  await waitFor(() => sent.length === 2, { describe: 'the second attempt' });
  const repeatedAtMs = Date.now();
  refuse('_INBOX.spec.1', new AppError('BUS_TIMEOUT'));
  reply('_INBOX.spec.2');
  await expect(answer).resolves.toEqual({ answer: 'yes' });
  expect(deadlinesMs[0]).toBeLessThanOrEqual(repeatedAtMs);
  expect(deadlinesMs[1]).toBeGreaterThanOrEqual(askedAtMs + 5000);
});

test('takes the refusal of an earlier attempt that began in time', async () => {
  const refused = requests.ask('rpc.oracle.ask', {}, 5000, { repeats: 1, attemptsExpire: true });
  await waitFor(() => sent.length === 2, { describe: 'the second attempt' });
  refuse('_INBOX.spec.1', new AppError('ROOM_KICKED_OUT'));
  await expect(refused).rejects.toMatchObject({ errorName: 'ROOM_KICKED_OUT' });
});

test('takes a late refusal of the last attempt', async () => {
  const late = requests.ask('rpc.oracle.ask', {}, 5000, { repeats: 1, attemptsExpire: true });
  await waitFor(() => sent.length === 2, { describe: 'the second attempt' });
  refuse('_INBOX.spec.2', new AppError('BUS_TIMEOUT'));
  await expect(late).rejects.toMatchObject({ errorName: 'BUS_TIMEOUT' });
});

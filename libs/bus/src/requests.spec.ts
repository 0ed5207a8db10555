import { expect, test } from '@jest/globals';
import { type Msg, type NatsConnection } from '@nats-io/transport-node';
import { Requests } from './requests.js';
import { type Tick } from './tick.js';

test('accepts a reply that arrived while the event loop was blocked past the deadline', async () => {
  let deliver: (error: null, message: Msg) => void = () => {};
  const connection = {
    subscribe: (_subject: string, options: { callback: typeof deliver }) => {
      deliver = options.callback;
    },
    publish: () => {},
  } as unknown as NatsConnection;
  const tick = { atEnd: (flush: () => void) => flush() } as Tick;
  const requests = new Requests(connection, tick, '_INBOX.spec', () => {});
  // From here on, due timers run first, then pending socket reads.
  await new Promise((resolve) => setImmediate(resolve));
  const answer = requests.ask('rpc.oracle.ask', {}, 20);
  const message = {
    subject: '_INBOX.spec.1',
    data: new Uint8Array(1),
    json: () => [[1, 0, { answer: 'yes' }]],
  };
  // Simulates a pending socket read, which runs after the due timers.
  setImmediate(() => deliver(null, message as unknown as Msg));
  const heldUpUntilMs = performance.now() + 60;
  while (performance.now() < heldUpUntilMs) {
    // Blocks the event loop.
  }
  await expect(answer).resolves.toEqual({ answer: 'yes' });
});

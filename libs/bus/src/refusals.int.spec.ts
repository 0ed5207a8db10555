import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { Bus } from './bus.js';
import { isRefusedByNats } from './refusals.js';

let close: () => Promise<void>;
afterEach(() => close());

/** Connects to a server that answers every connection with one error. */
async function errorFor(answer: string): Promise<unknown> {
  const info = {
    server_id: 'spec',
    version: '2.9.10',
    proto: 1,
    max_payload: 1_048_576,
    auth_required: true,
  };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(`INFO ${JSON.stringify(info)}\r\n`);
    socket.once('data', () => socket.end(`-ERR '${answer}'\r\n`));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  close = () => new Promise((resolve) => server.close(() => resolve()));
  return Bus.connect({ url: `nats://user:secret@127.0.0.1:${port}`, name: 'spec' }).catch(
    (error: unknown) => error,
  );
}

test.each([
  ['Authorization Violation', true],
  ['Authentication Timeout', false],
])('"%s" is a refusal that a retry cannot change: %s', async (answer, isRefused) => {
  const error = await errorFor(answer);
  expect(error).toMatchObject({ message: expect.stringContaining(answer) });
  expect(isRefusedByNats(error)).toBe(isRefused);
});

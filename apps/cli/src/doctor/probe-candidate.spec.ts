import { createSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { parseMessage } from 'werift';
import { probeCandidate } from './probe-candidate.js';
import { bindingRequestFor, isSuccess, type StunRequest } from './stun.js';

const credentials = { usernameFragment: 'ufrag', password: 'a password of the server' };
const host = '127.0.0.1';
const opened: { close(): unknown }[] = [];
afterEach(() => opened.splice(0).forEach((each) => each.close()));

/** What a server answers: its type, the magic cookie and the ID of the request. */
function answerTo(request: Uint8Array, type = 0x0101): Buffer {
  const answer = Buffer.from(request.subarray(0, 20));
  answer.writeUInt16BE(type, 0);
  answer.writeUInt16BE(0, 2);
  return answer;
}

test('another implementation reads and verifies the connectivity check', () => {
  const { bytes } = bindingRequestFor(credentials);
  const message = parseMessage(bytes, Buffer.from(credentials.password));
  expect(message?.getAttributeValue('USERNAME')).toMatch(/^ufrag:[0-9a-f]{8}$/);
  expect(parseMessage(bytes, Buffer.from('another password'))).toBeUndefined();
});

test('accepts the successful answer to its own request only', () => {
  const request: StunRequest = bindingRequestFor(credentials);
  expect(isSuccess(answerTo(request.bytes), request)).toBe(true);
  expect(isSuccess(answerTo(request.bytes, 0x0111), request)).toBe(false);
  expect(isSuccess(answerTo(bindingRequestFor(credentials).bytes), request)).toBe(false);
  expect(isSuccess(Buffer.from('hello'), request)).toBe(false);
});

test('repeats a check over UDP whose packets are lost', async () => {
  let received = 0;
  const server = createSocket('udp4', (packet, { address, port }) => {
    received += 1;
    if (received === 3) {
      server.send(answerTo(packet), port, address);
    }
  });
  opened.push(server);
  await new Promise<void>((resolve) => server.bind(0, host, resolve));
  const candidate = { ip: host, port: server.address().port, protocol: 'udp' } as const;
  expect(await probeCandidate(candidate, credentials, 5000)).toEqual({
    candidate,
    roundTripMs: expect.any(Number),
  });
});

async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer(onConnection);
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as { port: number }).port;
}

test('reads an answer over TCP that arrives in pieces', async () => {
  const port = await listen((socket) =>
    socket.once('data', (packet: Buffer) => {
      expect(packet.readUInt16BE(0)).toBe(packet.length - 2);
      const answer = answerTo(packet.subarray(2));
      socket.write(Buffer.from([0, answer.length, ...answer.subarray(0, 5)]));
      socket.write(answer.subarray(5));
    }),
  );
  const candidate = { ip: host, port, protocol: 'tcp' } as const;
  expect(await probeCandidate(candidate, credentials, 5000)).toEqual({
    candidate,
    roundTripMs: expect.any(Number),
  });
});

test('says why there is no answer', async () => {
  const silent = createSocket('udp4');
  opened.push(silent);
  await new Promise<void>((resolve) => silent.bind(0, host, resolve));
  const port = await listen((socket) => socket.end());
  const reasonOf = async (protocol: 'udp' | 'tcp', ip: string, to: number) =>
    (await probeCandidate({ ip, port: to, protocol }, credentials, 100)).failure;
  expect(await reasonOf('udp', host, silent.address().port)).toBe('no answer');
  expect(await reasonOf('udp', '127.0.0.3', silent.address().port)).toBe('ECONNREFUSED');
  expect(await reasonOf('tcp', host, port)).toBe('closed');
  expect(await reasonOf('tcp', '127.0.0.3', port)).toBe('ECONNREFUSED');
});

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitFor } from '@polyroom/testing';
import { ProtocolServer } from '@polyroom/testing/client';
import { Emitter } from '../emitter.js';
import { reconnectDelayMs } from './backoff.js';
import { showUrl, toSocketUrl } from './gateway-url.js';
import { SignalConnection, type SignalEvents } from './signal-connection.js';

let server: ProtocolServer;
beforeEach(async () => {
  server = await ProtocolServer.start();
});
afterEach(() => server.close());

test('matches responses to requests in any order, and keeps code, name and details of errors', async () => {
  let release = (): void => {};
  server.replaced.set('message.broadcast', async ({ params }) => {
    if (params['content'] === 'first') {
      await new Promise<void>((resolve) => (release = resolve));
    }
    return params['content'] === 'bad'
      ? { error: 'IM_CONTENT_TOO_LONG' }
      : { result: { messageId: params['content'] === 'first' ? 1 : 2, seq: 1, sentAtMs: 1 } };
  });
  const connection = await open();
  const send = (content: string) =>
    connection.call('message.broadcast', { roomId: 'r', content, clientMessageId: 'm' });
  const first = send('first');
  expect((await send('second')).messageId).toBe(2);
  await expect(send('bad')).rejects.toMatchObject({ code: 1009002, errorName: 'IM_CONTENT_TOO_LONG' });
  release();
  expect((await first).messageId).toBe(1);
  connection.close();
});

test('rejects pending and later requests with 1100003 when the socket is lost', async () => {
  server.replaced.set('room.logout', () => new Promise(() => {}));
  const connection = await open();
  const lost = new Promise((resolve) => (connection.onLost = resolve));
  const rejected = expect(connection.call('room.logout', {})).rejects.toMatchObject({ code: 1100003 });
  await waitFor(() => server.callsOf('room.logout').length > 0, { describe: 'the request' });
  server.dropAll();
  await rejected;
  expect(await lost).toBe(1006);
  await expect(connection.call('room.logout', {})).rejects.toMatchObject({ code: 1100003 });
});

test('rejects at once when the runtime reports a refused connection by an error without a close', async () => {
  class Refusing extends EventTarget {
    constructor() {
      super();
      queueMicrotask(() => this.dispatchEvent(new Event('error')));
    }
    close(): void {
      this.dispatchEvent(new Event('error'));
    }
  }
  const events = new Emitter<SignalEvents>();
  const opening = SignalConnection.open('ws://a/ws', events, 2000, Refusing as unknown as typeof WebSocket);
  await expect(opening).rejects.toMatchObject({ code: 1002030 });
});

test('ignores malformed frames and events without a listener', async () => {
  const connection = await open();
  server.sockets[0]?.send('{');
  server.sockets[0]?.send('{"event":"room.somethingNew","data":{}}');
  server.sockets[0]?.send('{"id":999,"result":{}}');
  expect(await connection.call('room.logout', {})).toEqual({ roomIds: [] });
  connection.close();
});

test.each([
  ['http://a:1', 'ws://a:1/ws'],
  ['https://a', 'wss://a/ws'],
  ['ws://a:1/ws', 'ws://a:1/ws'],
  ['wss://a/edge/ws', 'wss://a/edge/ws'],
  ['HTTPS://ada:secret@[::1]:8443/?x=1', 'wss://ada:secret@[::1]:8443/ws?x=1'],
])('resolves %s to %s', (server, url) => {
  expect(toSocketUrl(server)).toBe(url);
});

test.each([
  'a',
  'ftp://a',
  'http://',
  'http:///ws',
  'http://a b',
  'http://a:b',
  'http://a:70000',
  'http://a@b@c',
])('refuses the address %s', (server) => {
  expect(() => toSocketUrl(server, 'server[1]')).toThrow(
    /^server\[1\]: expected a ws, wss, http or https address/,
  );
});

test('shows an address without its credentials and query', () => {
  expect(showUrl('wss://ada:secret@a:1/ws?token=secret')).toBe('wss://a:1/ws');
});

test('makes the first attempt within a second and backs off up to 32 s', () => {
  expect(reconnectDelayMs(0, () => 0.5)).toBe(500);
  expect([1, 2, 3, 6, 7, 40].map((attempt) => reconnectDelayMs(attempt))).toEqual([
    1000, 2000, 4000, 32_000, 32_000, 32_000,
  ]);
});

function open(): Promise<SignalConnection> {
  return SignalConnection.open(toSocketUrl(server.url), new Emitter<SignalEvents>(), 2000, WebSocket);
}

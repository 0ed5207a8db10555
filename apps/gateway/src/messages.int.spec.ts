import { describe, expect, test } from '@jest/globals';
import { type OrderedMessage } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { WebSocket } from 'ws';
import { adminToken, appId } from '../test/fake-cluster.js';
import { type RawClient } from '../test/raw-client.js';
import { useGateway } from '../test/use-gateway.js';

const from = { userId: 'other', userName: 'Other' };
const used = useGateway();

async function connectTo(roomId: string, userId: string): Promise<RawClient> {
  const client = await used.connectTo(roomId, userId);
  await client.waitForEvent('message.position');
  return client;
}

function received(client: RawClient): OrderedMessage[] {
  return client.events('message.received').flatMap((data) => data.messages as OrderedMessage[]);
}

async function waitForReceived(client: RawClient, count: number): Promise<string[]> {
  await waitFor(() => received(client).length >= count, {
    timeoutMs: 5000,
    describe: `${count} messages`,
    intervalMs: 5,
  });
  return received(client).map(({ content }) => content);
}

describe('a message', () => {
  test('sent concurrently arrives once, in order, at every member, with the numbers of its response', async () => {
    const sender = await connectTo('r1', 'a');
    const readers = [await connectTo('r1', 'b'), await connectTo('r1', 'c'), sender];
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        sender.ask('message.broadcast', { roomId: 'r1', content: `${index}`, clientMessageId: `m${index}` }),
      ),
    );
    expect(answers.map(({ result }) => result?.seq)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
    for (const reader of readers) {
      expect(await waitForReceived(reader, 100)).toEqual(Array.from({ length: 100 }, (_, n) => `${n}`));
      expect(received(reader).map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
    }
    // Concurrent messages were sent to the messaging service in batches.
    expect(used.cluster.countCalls('send')).toBeLessThan(60);
  });

  test('goes to several rooms with one result per room', async () => {
    const sender = await connectTo('r1', 'a');
    await sender.login('r2', 'a');
    const reader = await connectTo('r2', 'b');
    const { result } = await sender.ask('message.broadcastToRooms', {
      roomIds: ['r1', 'r2', 'r3', '', 'r2'],
      content: 'x',
      clientMessageId: 'm',
    });
    expect(result).toMatchObject({
      results: [
        { roomId: 'r1', sent: { seq: 1 } },
        { roomId: 'r2', sent: { seq: 1 } },
        { roomId: 'r3', error: { code: 1009005 } },
        { roomId: '', error: { code: 1002011 } },
      ],
    });
    expect(await waitForReceived(reader, 1)).toEqual(['x']);
  });

  test('to named users reaches all their devices and no other member, and leaves no gap for the others', async () => {
    const sender = await connectTo('r1', 'a');
    const named = [await connectTo('r1', 'b'), await connectTo('r1', 'b')];
    const other = await connectTo('r1', 'c');
    const send = (method: string, content: string, more: object) =>
      sender.ask(method, { roomId: 'r1', content, clientMessageId: content, ...more });
    await send('message.command', 'to b', { to: ['b'] });
    await send('message.transparent', 'AAEC', { to: ['b'], mode: 'clients' });
    await send('message.command', 'to all', { to: [] });
    for (const client of named) {
      expect(await waitForReceived(client, 3)).toEqual(['to b', 'AAEC', 'to all']);
    }
    expect(await waitForReceived(other, 1)).toEqual(['to all']);
    expect(received(other)[0]).toMatchObject({ seq: 3, prev: 0 });
    const toServer = await send('message.transparent', 'AAED', { to: [], mode: 'server' });
    expect(toServer.result).toEqual({});
  });

  test('of the barrage kind reaches the current members', async () => {
    const sender = await connectTo('r1', 'a');
    const reader = await connectTo('r1', 'b');
    const answer = await sender.ask('message.barrage', { roomId: 'r1', content: 'quick' });
    expect(answer.result).toEqual({ messageId: 'ms_1' });
    await reader.waitForEvent('message.barrage');
    expect(reader.events('message.barrage')).toMatchObject([
      { roomId: 'r1', messages: [{ messageId: 'ms_1', content: 'quick' }] },
    ]);
  });
});

test.each([
  ['message.broadcast', { content: 'x', clientMessageId: 'm' }],
  ['message.barrage', { content: 'x' }],
  ['message.command', { content: 'x', to: [], clientMessageId: 'm' }],
  ['message.transparent', { content: 'AA==', mode: 'clients', to: [], clientMessageId: 'm' }],
  ['message.history', { epoch: '', sinceSeq: 0 }],
])('%s is refused outside of the room, and without the right to send or read', async (method, params) => {
  const client = await used.connect();
  const codeIn = async (roomId: string): Promise<number | undefined> =>
    (await client.ask(method, { roomId, ...params })).error?.code;
  expect(await codeIn('r1')).toBe(1000002);
  used.cluster.grants = { rooms: [{ roomId: 'r1', rights: ['login'] }] };
  await client.login('r1', 'a');
  expect(await codeIn('r2')).toBe(1009005);
  expect(await codeIn('')).toBe(1009005);
  expect(await codeIn('r1')).toBe(1000039);
  expect((await client.ask(method, { roomId: 'r1' })).error?.code).toBe(1000017);
});

test.each([
  ['message.command', { content: 'x', to: [''] }, 1009011],
  ['message.command', { content: 'x', to: ['u'.repeat(64)] }, 1009012],
  ['message.command', { content: 'x', to: Array.from({ length: 11 }, (_, n) => `u${n}`) }, 1009013],
  ['message.transparent', { content: 'no base64!', mode: 'clients', to: [] }, 1000017],
  ['message.transparent', { content: 'AA==', mode: 'nobody', to: [] }, 1000017],
  ['message.broadcast', { content: '' }, 1009001],
  ['message.broadcast', { content: 'refused' }, 1190501],
])('%s with %j is %d', async (method, params, code) => {
  const client = await connectTo('r1', 'a');
  const { error } = await client.ask(method, { roomId: 'r1', clientMessageId: 'm', ...params });
  expect(error?.code).toBe(code);
});

describe('a missed message', () => {
  test('is read by the returning member in pages, or reported as no longer stored', async () => {
    for (let n = 1; n <= 5; n++) {
      used.cluster.store('r1', { from, content: `m${n}`, ...(n === 4 ? { to: ['somebody'] } : {}) });
    }
    const client = await connectTo('r1', 'a');
    expect(client.events('message.position')).toEqual([{ roomId: 'r1', position: { epoch: 'me1', seq: 5 } }]);
    const ask = async (sinceSeq: number, more: object = {}) =>
      (await client.ask('message.history', { roomId: 'r1', epoch: 'me1', sinceSeq, ...more })).result;
    expect(await ask(1, { limit: 2 })).toMatchObject({ gone: false, messages: [{ seq: 2 }, { seq: 3 }] });
    expect(await ask(3)).toMatchObject({ messages: [{ seq: 5 }], position: { seq: 5 } });
    used.cluster.forgottenSeq = 3;
    expect(await ask(1)).toMatchObject({ gone: true, messages: [{ seq: 5 }] });
  });

  test('lost by the bus is delivered before later ones', async () => {
    const client = await connectTo('r1', 'a');
    used.cluster.store('r1', { from, content: '1' });
    used.cluster.store('r1', { from, content: '2' }, false);
    used.cluster.store('r1', { from, content: '3' }, false);
    used.cluster.store('r1', { from, content: '4' });
    expect(await waitForReceived(client, 4)).toEqual(['1', '2', '3', '4']);
  });

  test('sent while the bus was down is delivered when it is back', async () => {
    const client = await connectTo('r1', 'a');
    used.cluster.store('r1', { from, content: '1' });
    await waitForReceived(client, 1);
    await used.nats.kill('SIGKILL');
    used.cluster.store('r1', { from, content: '2' }, false);
    await used.nats.restart();
    expect(await waitForReceived(client, 2)).toEqual(['1', '2']);
    used.cluster.store('r1', { from, content: '3' });
    expect(await waitForReceived(client, 3)).toEqual(['1', '2', '3']);
  });
});

describe('application servers', () => {
  const post = async (room: string, body: object, token = adminToken): Promise<Response> =>
    fetch(`http://127.0.0.1:${used.gateway.port}/v1/apps/${appId}/rooms/${room}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  test('send as the system or as a user, and need their token', async () => {
    const client = await connectTo('r1', 'a');
    expect((await post('r1', { kind: 'broadcast', content: 'x' }, 'wrong')).status).toBe(401);
    expect(await (await post('r1', { kind: 'broadcast', content: 'news' })).json()).toMatchObject({ seq: 1 });
    await post('r1', { kind: 'command', content: 'go', from, to: ['a'], category: 'chat' });
    await post('r1', { kind: 'barrage', content: 'quick', from });
    expect(await waitForReceived(client, 2)).toEqual(['news', 'go']);
    expect(received(client)).toMatchObject([{ from: { userId: '$system' } }, { from: { userId: 'other' } }]);
    await client.waitForEvent('message.barrage');
    const posing = { userId: '$system', userName: 'System' };
    expect(await (await post('r1', { kind: 'broadcast', content: 'x', from: posing })).json()).toMatchObject({
      error: { code: 1002006, details: { path: 'from.userId' } },
    });
    const wrong = await post('r1', { kind: 'nothing', content: 'x' });
    expect([wrong.status, ((await wrong.json()) as { error: { code: number } }).error.code]).toEqual([
      400, 1000017,
    ]);
  });
});

test('a slow reader loses barrage first, is notified and disconnected, and slows no other member', async () => {
  const slow = await connectTo('r1', 'slow');
  const honest = await connectTo('r1', 'honest');
  slow.socket.pause();
  const content = 'x'.repeat(20_000);
  let sent = 0;
  const isCut = async (): Promise<boolean> =>
    /slow_readers_total [1-9]/.test(
      await (await fetch(`http://127.0.0.1:${used.gateway.monitorPort}/metrics`)).text(),
    );
  for (let round = 0; round < 60 && !(await isCut()); round++) {
    for (let n = 0; n < 20; n++) {
      used.cluster.store('r1', { from, content });
      sent++;
    }
    await waitForReceived(honest, sent);
  }
  expect(await isCut()).toBe(true);
  slow.socket.resume();
  await waitFor(() => slow.closeCode !== undefined, { timeoutMs: 5000, describe: 'the end' });
  expect(slow.closeCode).toBe(4002);
  expect(honest.socket.readyState).toBe(WebSocket.OPEN);
  // Frames beyond its buffer were not sent.
  expect(received(slow).length).toBeLessThan(sent);
});

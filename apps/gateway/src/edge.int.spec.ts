import { describe, expect, test } from '@jest/globals';
import { clientFrameMaxBytes } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { WebSocket } from 'ws';
import { appId } from '../test/fake-cluster.js';
import { useGateway } from '../test/use-gateway.js';

const used = useGateway();

describe('the edge', () => {
  test('answers each bad frame with an error, without affecting its socket or others', async () => {
    const other = await used.connectTo('r1', 'other');
    const client = await used.connectTo('r1', 'bad');
    const before = client.frames.length;
    client.socket.send('{');
    client.socket.send(Buffer.from([1, 2, 3]));
    client.socket.send('{"id":900,"method":7}');
    client.socket.send('x'.repeat(clientFrameMaxBytes + 1));
    await waitFor(() => client.frames.length >= before + 4, { describe: 'errors' });
    expect(client.frames.slice(before).map(({ id, error }) => [id, error?.name])).toEqual([
      [null, 'PROTOCOL_MALFORMED_FRAME'],
      [null, 'PROTOCOL_MALFORMED_FRAME'],
      [900, 'PROTOCOL_MALFORMED_FRAME'],
      [null, 'PROTOCOL_FRAME_TOO_LARGE'],
    ]);
    for (const method of ['room.nothing', 'constructor', '__proto__', '']) {
      expect((await client.ask(method, {})).error?.code).toBe(1190001);
    }
    const sent = await client.ask('message.broadcast', {
      roomId: 'r1',
      content: 'hi',
      clientMessageId: 'm1',
    });
    expect(sent.result?.seq).toBe(1);
    await other.waitForEvent('message.received');
  });

  test('closes only the sender’s socket with 1009 for a far too large frame', async () => {
    const other = await used.connectTo('r1', 'other');
    const client = await used.connect();
    client.socket.send('x'.repeat(clientFrameMaxBytes * 5));
    await waitFor(() => client.closeCode === 1009, { describe: 'the close code' });
    expect((await other.ask('room.logout', { roomId: 'r1' })).result).toEqual({ roomIds: ['r1'] });
  });

  test.each([
    ['no params', 'room.login', undefined, 1100001],
    ['an empty room ID', 'room.login', { roomId: '' }, 1002011],
    ['a room ID of the wrong type', 'room.login', { roomId: 5 }, 1002011],
    ['a wrong mode', 'room.login', { mode: 'both' }, 1000017],
    ['AppID 0', 'room.login', { appId: 0 }, 1001000],
    ['an empty user ID', 'room.login', { user: { userId: '', userName: 'x' } }, 1002005],
    ['a reserved user ID', 'room.login', { user: { userId: '$system', userName: 'x' } }, 1002006],
    ['a reserved room ID', 'room.login', { roomId: '$lobby' }, 1002012],
    ['an unknown field', 'room.login', { more: 1 }, 1000017],
  ])('refuses %s with its code', async (_name, method, over, code) => {
    const client = await used.connect();
    const params = { appId, mode: 'multi', roomId: 'r1', user: { userId: 'u', userName: 'u' } };
    const answer = await client.ask(method, over === undefined ? undefined : { ...params, ...over });
    expect(answer.error?.code).toBe(code);
    expect(used.cluster.countCalls('login')).toBe(0);
  });

  test('refuses requests without a session or membership, and names the room', async () => {
    const client = await used.connect();
    const message = { roomId: 'r2', content: 'x', clientMessageId: 'm' };
    expect((await client.ask('message.broadcast', message)).error?.code).toBe(1000002);
    expect((await client.ask('room.logout', { roomId: 'r1' })).error?.code).toBe(1002002);
    expect((await client.ask('room.logout', {})).result).toEqual({ roomIds: [] });
    await client.login('r1', 'u');
    expect((await client.ask('message.broadcast', message)).error?.code).toBe(1009005);
    expect(
      (await client.ask('message.broadcast', { ...message, roomId: 'r1', content: '' })).error?.code,
    ).toBe(1009001);
    expect((await client.ask('stream.publish', { streamId: 's', channel: 0 })).error?.code).toBe(1003070);
    expect((await client.ask('stream.publish', { streamId: 's', channel: 0, roomId: '' })).error?.code).toBe(
      1003071,
    );
    expect(
      (await client.ask('stream.publish', { streamId: 's', channel: 0, roomId: 'r2' })).error?.code,
    ).toBe(1002002);
    expect(
      (await client.ask('stream.publish', { streamId: 's', channel: 4, roomId: 'r1' })).error?.code,
    ).toBe(1000017);
    const play = { streamId: 's', rtpCapabilities: {} };
    expect((await client.ask('stream.play', { ...play, roomId: '' })).error?.code).toBe(1004071);
    expect((await client.ask('stream.play', { ...play, roomId: 'r2' })).error?.code).toBe(1002002);
    expect((await client.ask('stream.play', play)).error?.code).toBe(1004002);
    expect((await client.ask('stream.resume', { streamId: 's' })).error?.code).toBe(1004011);
  });

  test('answers an unexpected error as an internal error with a correlation ID', async () => {
    used.cluster.onLogin = () => {
      throw new TypeError('secret');
    };
    const answer = await (await used.connect()).login('r1', 'u');
    expect(answer.error?.code).toBe(1002099);
    expect(answer.error?.correlationId).toMatch(/^co_/);
    expect(JSON.stringify(answer)).not.toContain('secret');
  });

  test('refuses more than 256 concurrent requests, and keeps the socket open', async () => {
    const client = await used.connect();
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    used.cluster.onLogin = () => held;
    const answers = Array.from({ length: 300 }, (_, index) => client.login(`r${index}`, 'u'));
    await waitFor(() => client.frames.length >= 44, { describe: 'refusals' });
    release();
    const codes = (await Promise.all(answers)).map((answer) => answer.error?.code);
    expect(codes.filter((code) => code === 1190003)).toHaveLength(44);
    expect(codes.filter((code) => code === undefined)).toHaveLength(256);
  });

  test('upgrades the socket path only', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${used.gateway.port}/elsewhere`);
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
    expect(error.message).toContain('404');
  });
});

test('probes and metrics are served on the monitor port alone', async () => {
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    const statuses = await Promise.all(
      [used.gateway.port, used.gateway.monitorPort].map(
        async (port) => (await fetch(`http://127.0.0.1:${port}${path}`)).status,
      ),
    );
    expect([path, ...statuses]).toEqual([path, 404, 200]);
  }
});

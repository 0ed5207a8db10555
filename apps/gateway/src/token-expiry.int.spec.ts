import { describe, expect, test } from '@jest/globals';
import { AppError, type Grants } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { type Frame, type RawClient } from '../test/raw-client.js';
import { useGateway } from '../test/use-gateway.js';

const used = useGateway();

const expired = 1002056;
/** Long enough for the requests before the expiry, also on a busy machine. */
const shortMs = 4000;
const rtp = { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 }] };

/** Registers the grants that auth returns for a token. */
function issue(token: string, expiresInMs: number, more: Grants = {}): { token: string } {
  const nowMs = Date.now();
  used.cluster.grantsByToken.set(token, {
    issuedAtMs: Math.floor(nowMs / 1000) * 1000,
    expiresAtMs: nowMs + expiresInMs,
    ...more,
  });
  return { token };
}

async function ask(client: RawClient, method: string, params: object): Promise<Frame> {
  const answer = await client.ask(method, params);
  expect(answer.error).toBeUndefined();
  return answer;
}

async function codeOf(client: RawClient, method: string, params: object): Promise<number> {
  return (await client.ask(method, params)).error?.code ?? 0;
}

function send(client: RawClient, roomId: string): Promise<number> {
  return codeOf(client, 'message.broadcast', { roomId, content: 'x', clientMessageId: 'm' });
}

async function publish(client: RawClient, streamId: string, ...roomIds: string[]): Promise<void> {
  await ask(client, 'stream.publish', { streamId, channel: 0, roomId: roomIds[0] });
  await ask(client, 'stream.produce', { streamId, kind: 'audio', rtpParameters: rtp });
  for (const roomId of roomIds) {
    await ask(client, 'stream.share', { streamId, roomId });
  }
}

function requestsOf(method: string): Record<string, unknown>[] {
  return used.cluster.calls.filter((call) => call.method === method).map(({ request }) => request);
}

function whenSent(client: RawClient, event: string, count = 1): Promise<unknown> {
  return waitFor(() => client.events(event).length >= count, { timeoutMs: 3 * shortMs, describe: event });
}

describe('a token that expires', () => {
  test('ends the session: refuses requests with 1002056, closes the media, notifies the room service', async () => {
    const client = await used.connectTo('r1', 'u', issue('short', shortMs));
    await client.login('r2', 'u', { token: 'short' });
    await publish(client, 's1', 'r1');
    expect(await send(client, 'r1')).toBe(0);
    await whenSent(client, 'room.expelled');
    expect(client.events('room.expelled')).toEqual([{ code: expired }]);
    for (const [method, params] of [
      ['message.broadcast', { roomId: 'r1', content: 'x', clientMessageId: 'm' }],
      ['message.barrage', { roomId: 'r1', content: 'x' }],
      ['stream.publish', { streamId: 's2', channel: 1, roomId: 'r1' }],
      ['stream.produce', { streamId: 's1', kind: 'video', rtpParameters: rtp }],
      ['stream.share', { streamId: 's1', roomId: 'r2' }],
      ['stream.play', { streamId: 's1', rtpCapabilities: {} }],
      ['transport.restartIce', { direction: 'send' }],
      ['room.getSnapshot', { roomId: 'r1' }],
      ['room.setAttributes', { roomId: 'r1', changes: [{ key: 'k', value: 'v' }] }],
      ['room.renewToken', { roomId: 'r1', token: 'short' }],
    ] as const) {
      expect({ method, code: await codeOf(client, method, params) }).toEqual({ method, code: expired });
    }
    await waitFor(() => requestsOf('expireMemberships').length > 0, { describe: 'the report' });
    expect(requestsOf('expireMemberships')).toMatchObject([{ rooms: [{ roomId: 'r1' }, { roomId: 'r2' }] }]);
    expect(requestsOf('closeSession')).toHaveLength(1);
    expect((await client.login('r1', 'u', issue('next', 60_000))).result?.media).toBeDefined();
    expect(await send(client, 'r1')).toBe(0);
  });

  test('is announced once, with the remaining time, after the login response', async () => {
    const client = await used.connectTo('r1', 'u', issue('short', 20_000));
    await whenSent(client, 'room.tokenWillExpire');
    expect(client.events('room.tokenWillExpire')).toEqual([{ roomId: 'r1', remainingSeconds: 20 }]);
    expect(client.frames[0]?.result).toBeDefined();
    await client.login('r2', 'u', issue('long', 31_500, { rooms: [{ roomId: 'r2', rights: ['login'] }] }));
    await whenSent(client, 'room.tokenWillExpire', 2);
    expect(client.events('room.tokenWillExpire')).toHaveLength(2);
    const { roomId, remainingSeconds } = client.events('room.tokenWillExpire')[1]!;
    expect(roomId).toBe('r2');
    expect(remainingSeconds).toBeGreaterThanOrEqual(28);
    expect(remainingSeconds).toBeLessThanOrEqual(30);
  });

  test('ends its own room and not the room of another token', async () => {
    const forRoom = (roomId: string) => ({
      rooms: [
        { roomId, rights: ['login' as const, 'publish' as const, 'share' as const, 'message' as const] },
      ],
    });
    const client = await used.connectTo('r1', 'u', issue('one', shortMs, forRoom('r1')));
    await client.login('r2', 'u', issue('two', 60_000, forRoom('r2')));
    await publish(client, 's1', 'r1', 'r2');
    await whenSent(client, 'room.expelled');
    expect(client.events('room.expelled')).toEqual([{ roomId: 'r1', code: expired }]);
    expect([await send(client, 'r1'), await send(client, 'r2')]).toEqual([expired, 0]);
    expect(await codeOf(client, 'stream.share', { streamId: 's1', roomId: 'r1' })).toBe(expired);
    await ask(client, 'stream.share', { streamId: 's1', roomId: 'r2' });
    expect(requestsOf('expireMemberships')).toMatchObject([{ rooms: [{ roomId: 'r1' }] }]);
    // A new login restores the rights.
    await client.login('r1', 'u', issue('three', 60_000, forRoom('r1')));
    expect(await send(client, 'r1')).toBe(0);
  });

  test('is refused from the millisecond on at which it expires', async () => {
    const client = await used.connectTo('r1', 'u', issue('short', shortMs));
    const grants = used.cluster.grantsByToken.get('short')!;
    await waitFor(() => Date.now() > grants.expiresAtMs!, { describe: 'the expiry', intervalMs: 1 });
    expect(await send(client, 'r1')).toBe(expired);
  });

  test('ends the session also if the room service fails, and retries', async () => {
    let failures = 1;
    used.cluster.onExpire = () => {
      failures -= 1;
      if (failures >= 0) {
        throw new AppError('ROOM_INNER_ERROR');
      }
    };
    const client = await used.connectTo('r1', 'u', issue('short', shortMs));
    await whenSent(client, 'room.expelled');
    expect(requestsOf('closeSession')).toHaveLength(1);
    expect(await send(client, 'r1')).toBe(expired);
    await waitFor(() => requestsOf('expireMemberships').length === 2, { describe: 'the second report' });
  });

  test('does not affect a room that was entered with the AppSign', async () => {
    const client = await used.connectTo('r1', 'u');
    await client.login('r2', 'u', issue('short', shortMs));
    await whenSent(client, 'room.expelled');
    expect(client.events('room.expelled')).toEqual([{ roomId: 'r2', code: expired }]);
    expect(client.events('room.tokenWillExpire')).toMatchObject([{ roomId: 'r2' }]);
    expect(await send(client, 'r1')).toBe(0);
  });
});

describe('the newest token of a session', () => {
  test('applies to all rooms that it names, also if they were entered with an older one', async () => {
    const client = await used.connectTo('r1', 'u', issue('short', shortMs));
    await client.login('r2', 'u', issue('long', 60_000));
    await waitFor(() => requestsOf('renewMemberships').length > 0, { describe: 'the note' });
    expect(requestsOf('renewMemberships')).toMatchObject([
      { rooms: [{ roomId: 'r1', note: { grants: used.cluster.grantsByToken.get('long') } }] },
    ]);
    // Issued later for the same time, it expires after the first token.
    const witness = await used.connectTo('r3', 'witness', issue('witness', shortMs));
    await whenSent(witness, 'room.expelled');
    expect([await send(client, 'r1'), await send(client, 'r2')]).toEqual([0, 0]);
    expect(client.events('room.expelled')).toEqual([]);
  });

  test('revokes rights of an older one', async () => {
    const client = await used.connectTo('r1', 'u', issue('all', 60_000));
    await publish(client, 's1', 'r1');
    await client.login('r2', 'u', issue('less', 60_000, { streams: ['s2'] }));
    await whenSent(client, 'stream.stopped');
    expect(client.events('stream.stopped')).toEqual([{ streamId: 's1', code: 1002082 }]);
  });

  test('applies to a room that is entered with an older one', async () => {
    const issuedAtMs = Date.now() - 60_000;
    const client = await used.connectTo('r1', 'u', issue('new', 60_000, { streams: ['s2'] }));
    await client.login('r2', 'u', issue('old', 60_000, { issuedAtMs }));
    const publishing = { streamId: 's1', channel: 0, roomId: 'r2' };
    expect(await codeOf(client, 'stream.publish', publishing)).toBe(1002082);
    expect(requestsOf('login')[1]).toMatchObject({ note: { grants: { streams: ['s2'] } } });
  });
});

describe('renewing a token', () => {
  test('extends the session, and its own expiry is announced', async () => {
    const client = await used.connectTo('r1', 'u', issue('short', shortMs));
    await client.login('r2', 'u', { token: 'short' });
    issue('next', 2 * shortMs);
    const answer = await ask(client, 'room.renewToken', { roomId: 'r1', token: 'next' });
    expect(answer.result).toEqual({
      roomIds: ['r1', 'r2'],
      expiresAtMs: used.cluster.grantsByToken.get('next')!.expiresAtMs,
    });
    expect(requestsOf('renewMemberships')).toMatchObject([{ rooms: [{ roomId: 'r1' }, { roomId: 'r2' }] }]);
    const witness = await used.connectTo('r3', 'witness', issue('witness', shortMs));
    await whenSent(witness, 'room.expelled');
    expect([await send(client, 'r1'), await send(client, 'r2')]).toEqual([0, 0]);
    expect(client.events('room.tokenWillExpire').map(({ roomId }) => roomId)).toEqual([
      'r1',
      'r2',
      'r1',
      'r2',
    ]);
    await whenSent(client, 'room.expelled');
    expect(await send(client, 'r1')).toBe(expired);
  });

  test('with fewer rights stops what it no longer allows, before the response', async () => {
    const publisher = await used.connectTo('r1', 'p');
    await publish(publisher, 's1', 'r1');
    const client = await used.connectTo('r1', 'u', issue('all', 60_000));
    await publish(client, 's2', 'r1');
    await ask(client, 'stream.play', { streamId: 's1', roomId: 'r1', rtpCapabilities: {} });
    issue('less', 60_000, { rooms: [{ roomId: 'r1', rights: ['login'] }] });
    await ask(client, 'room.renewToken', { roomId: 'r1', token: 'less' });
    expect(client.events('stream.stopped')).toEqual([{ streamId: 's2', code: 1002082 }]);
    expect(client.events('stream.playUpdate')).toEqual([
      { streamId: 's1', roomIds: [], closed: true, reason: 'forbidden' },
    ]);
    expect(requestsOf('releaseStream')).toMatchObject([{ streamId: 's2' }]);
    expect(requestsOf('closeUpstream')).toMatchObject([{ streamId: 's2' }]);
    expect(await send(client, 'r1')).toBe(1000039);
    const playing = { streamId: 's1', roomId: 'r1', rtpCapabilities: {} };
    expect(await codeOf(client, 'stream.play', playing)).toBe(1004025);
  });

  test('removes a stream from the room that forbids it, and keeps it in the others', async () => {
    const client = await used.connectTo('r1', 'u', issue('all', 60_000));
    await client.login('r2', 'u', { token: 'all' });
    await publish(client, 's1', 'r1', 'r2');
    issue('less', 60_000, { rooms: [{ roomId: 'r2', rights: ['login', 'subscribe'] }] });
    const answer = await ask(client, 'room.renewToken', { roomId: 'r2', token: 'less' });
    expect(answer.result?.roomIds).toEqual(['r2']);
    expect(client.events('stream.unshared')).toEqual([{ streamId: 's1', roomId: 'r2', code: 1002082 }]);
    expect((await ask(client, 'stream.share', { streamId: 's1', roomId: 'r1' })).result?.roomIds).toEqual([
      'r1',
    ]);
  });

  test('ends a room for which it lacks the right to log in', async () => {
    const client = await used.connectTo('r1', 'u', issue('all', 60_000));
    await client.login('r2', 'u', { token: 'all' });
    issue('one', 60_000, {
      rooms: [
        { roomId: 'r1', rights: ['login', 'message'] },
        { roomId: 'r2', rights: [] },
      ],
    });
    await ask(client, 'room.renewToken', { roomId: 'r1', token: 'one' });
    expect(client.events('room.expelled')).toEqual([{ roomId: 'r2', code: expired }]);
    expect([await send(client, 'r1'), await send(client, 'r2')]).toEqual([0, expired]);
  });

  test('changes nothing if the token is older, the room different or the room service down', async () => {
    const client = await used.connectTo('r1', 'u', issue('now', 60_000, { streams: ['s1'] }));
    issue('old', 60_000, { issuedAtMs: Date.now() - 60_000 });
    const renew = (roomId: string, token: string) => client.ask('room.renewToken', { roomId, token });
    expect((await renew('r1', 'old')).error).toMatchObject({ code: 1002078, details: { path: 'token' } });
    expect((await renew('r2', 'now')).error?.code).toBe(1002002);
    expect(requestsOf('renewMemberships')).toEqual([]);
    used.cluster.onRenew = () => {
      throw new AppError('BUS_TIMEOUT');
    };
    issue('next', 60_000);
    expect((await renew('r1', 'next')).error?.code).toBe(new AppError('BUS_TIMEOUT').code);
    const other = { streamId: 's2', channel: 0, roomId: 'r1' };
    expect(await codeOf(client, 'stream.publish', other)).toBe(1002082);
    expect(await send(client, 'r1')).toBe(0);
  });
});

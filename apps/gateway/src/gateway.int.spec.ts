import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Bus, type RunningService } from '@polyroom/bus';
import { AppError, clientFrameMaxBytes, downlinkClosed, sessionExpelled } from '@polyroom/contracts';
import { createLogger } from '@polyroom/observability';
import { startNats, waitFor } from '@polyroom/testing';
import { WebSocket } from 'ws';
import { adminToken, appId, FakeCluster, nodeId } from '../test/fake-cluster.js';
import { RawClient } from '../test/raw-client.js';
import { loadGatewayConfig } from './gateway.config.js';
import { startGateway } from './start-gateway.js';

const gatewayId = 'gw_1';
let nats: Awaited<ReturnType<typeof startNats>>;
let cluster: FakeCluster;
let gateway: RunningService;
let clients: RawClient[];

beforeAll(async () => {
  nats = await startNats();
});
afterAll(async () => {
  await nats.close();
});

beforeEach(async () => {
  clients = [];
  cluster = await FakeCluster.start(nats.url);
  const config = loadGatewayConfig({
    POLYROOM_NATS_URL: nats.url,
    POLYROOM_HTTP_HOST: '127.0.0.1',
    POLYROOM_GATEWAY_ID: gatewayId,
    POLYROOM_LOG_LEVEL: 'silent',
  });
  const bus = await Bus.connect({ url: nats.url, name: 'gateway' });
  gateway = await startGateway(config, bus, createLogger('gateway', 'silent'));
  await new Promise((resolve) => setTimeout(resolve, 150));
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await gateway.close();
  await cluster.close();
});

async function connect(): Promise<RawClient> {
  const client = await RawClient.open(gateway.port);
  clients.push(client);
  return client;
}

async function connectTo(
  roomId: string,
  userId: string,
  more: Record<string, unknown> = {},
): Promise<RawClient> {
  const client = await connect();
  expect((await client.login(roomId, userId, more)).error).toBeUndefined();
  return client;
}

const rtp = { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 }] };

async function publish(client: RawClient, streamId: string, ...roomIds: string[]): Promise<void> {
  await client.ask('stream.publish', { streamId, channel: 0, roomId: roomIds[0] });
  await client.ask('stream.produce', { streamId, kind: 'audio', rtpParameters: rtp });
  for (const roomId of roomIds) {
    expect((await client.ask('stream.share', { streamId, roomId })).error).toBeUndefined();
  }
}

describe('the edge', () => {
  test('bad frames cost an error each and harm neither their socket nor others', async () => {
    const other = await connectTo('r1', 'other');
    const client = await connectTo('r1', 'bad');
    const before = client.frames.length;
    client.socket.send('{');
    client.socket.send(Buffer.from([1, 2, 3]));
    client.socket.send('{"id":900,"method":7}');
    client.socket.send('x'.repeat(clientFrameMaxBytes + 1));
    await waitFor(() => client.frames.length >= before + 4, { timeoutMs: 2000, describe: 'errors' });
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

  test('a frame far too large closes its socket with 1009 and nothing else', async () => {
    const other = await connectTo('r1', 'other');
    const client = await connect();
    client.socket.send('x'.repeat(clientFrameMaxBytes * 5));
    await waitFor(() => client.closeCode === 1009, { timeoutMs: 2000, describe: 'the close code' });
    expect((await other.ask('room.logout', { roomId: 'r1' })).result).toEqual({ roomIds: ['r1'] });
  });

  test.each([
    ['no params', 'room.login', undefined, 1100001],
    ['an empty room ID', 'room.login', { roomId: '' }, 1002011],
    ['a room ID of the wrong type', 'room.login', { roomId: 5 }, 1002011],
    ['a wrong mode', 'room.login', { mode: 'both' }, 1000017],
    ['AppID 0', 'room.login', { appId: 0 }, 1001000],
    ['an empty user ID', 'room.login', { user: { userId: '', userName: 'x' } }, 1002005],
    ['an unknown field', 'room.login', { more: 1 }, 1000017],
  ])('%s is refused with its code', async (_name, method, over, code) => {
    const client = await connect();
    const params = { appId, mode: 'multi', roomId: 'r1', user: { userId: 'u', userName: 'u' } };
    const answer = await client.ask(method, over === undefined ? undefined : { ...params, ...over });
    expect(answer.error?.code).toBe(code);
    expect(cluster.countCalls('login')).toBe(0);
  });

  test('what needs a session says so; what needs the room names it', async () => {
    const client = await connect();
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

  test('an error that nobody expected is an inner one with a number to look for', async () => {
    cluster.onLogin = () => {
      throw new TypeError('secret');
    };
    const answer = await (await connect()).login('r1', 'u');
    expect(answer.error?.code).toBe(1002099);
    expect(answer.error?.correlationId).toMatch(/^co_/);
    expect(JSON.stringify(answer)).not.toContain('secret');
  });

  test('more than 256 requests at once are refused, and the socket lives on', async () => {
    const client = await connect();
    let letGo: () => void = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    cluster.onLogin = () => held;
    const answers = Array.from({ length: 300 }, (_, index) => client.login(`r${index}`, 'u'));
    await waitFor(() => client.frames.length >= 44, { timeoutMs: 2000, describe: 'refusals' });
    letGo();
    const codes = (await Promise.all(answers)).map((answer) => answer.error?.code);
    expect(codes.filter((code) => code === 1190003)).toHaveLength(44);
    expect(codes.filter((code) => code === undefined)).toHaveLength(256);
  });

  test('only the socket path is upgraded', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/elsewhere`);
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
    expect(error.message).toContain('404');
  });
});

describe('login', () => {
  test('200 logins at once on one socket open one session', async () => {
    const client = await connect();
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => client.login(`r${index}`, 'u')),
    );
    expect(answers.every((answer) => answer.error === undefined)).toBe(true);
    expect(new Set(answers.map((answer) => answer.result?.sessionId)).size).toBe(1);
    expect(answers.filter((answer) => answer.result?.media !== undefined)).toHaveLength(1);
    expect(cluster.countCalls('openSession')).toBe(1);
    expect(cluster.countCalls('login')).toBe(200);
  });

  test('when the first login fails the next one opens the session, and nothing of the first is left', async () => {
    cluster.onLogin = ({ roomId }) => {
      if (roomId === 'r0') {
        throw new AppError('ROOM_USER_IN_BLACKLIST');
      }
    };
    const client = await connect();
    const [first, second, third] = await Promise.all(
      ['r0', 'r1', 'r2'].map((roomId) => client.login(roomId, 'u')),
    );
    expect(first?.error?.code).toBe(1002066);
    expect(second?.result?.media).toBeDefined();
    expect(third?.result?.media).toBeUndefined();
    expect(third?.result?.sessionId).toBe(second?.result?.sessionId);
    await waitFor(() => cluster.countCalls('closeSession') === 1, { timeoutMs: 2000, describe: 'the close' });
  });

  test('a later login keeps app and mode; another user is the room service’s to refuse', async () => {
    const client = await connectTo('r1', 'u');
    expect((await client.login('r2', 'u', { mode: 'single' })).error?.code).toBe(1000017);
    expect((await client.login('r2', 'u', { appId: 7 })).error?.code).toBe(1000017);
    await client.login('r2', 'v');
    const last = cluster.calls.findLast((call) => call.method === 'login')?.request;
    expect(last).toMatchObject({
      session: { userId: 'u' },
      sessionUserName: 'u',
      user: { userId: 'v', userName: 'v' },
      gatewayId,
      nodeId,
    });
  });

  test('facts published between subscribing and the answer come after it, each once', async () => {
    const stream = (streamId: string) => ({
      streamId,
      user: { userId: 'p', userName: 'p' },
      extraInfo: '',
      kinds: ['audio'],
    });
    cluster.onLogin = async ({ roomId }) => {
      cluster.publishFact(roomId, { type: 'streamAdded', sessionId: 'se_p', stream: stream('before') });
      await cluster.bus.flush();
      // After the snapshot was taken, and on the wire before the answer.
      setImmediate(() =>
        cluster.publishFact(roomId, { type: 'streamAdded', sessionId: 'se_p', stream: stream('after') }),
      );
    };
    const client = await connectTo('r1', 'u', { config: { isUserStatusNotify: true } });
    await client.waitForEvent('room.streamUpdate');
    await client.ask('room.logout', { roomId: 'r1' });
    expect(client.frames[0]?.result).toBeDefined();
    const streamIds = client
      .events('room.streamUpdate')
      .flatMap((data) => (data.streams as Array<{ streamId: string }>).map(({ streamId }) => streamId));
    expect(streamIds).toEqual(['after']);
    expect(client.events('room.userUpdate')).toEqual([]);
  });

  test('leaving the last room ends the session, and the socket can open another one', async () => {
    const client = await connect();
    const first = await client.login('r1', 'u');
    await client.ask('room.logout', { roomId: 'r1' });
    expect(cluster.countCalls('endSession')).toBe(1);
    expect(cluster.countCalls('closeSession')).toBe(1);
    const second = await client.login('r1', 'u');
    expect(second.result?.media).toBeDefined();
    expect(second.result?.sessionId).not.toBe(first.result?.sessionId);
  });

  test('a media node that refuses a session once, as one whose workers are being replaced, costs nobody a login', async () => {
    let refusals = 1;
    cluster.onOpenSession = () => {
      if (refusals > 0) {
        refusals -= 1;
        throw new AppError('MEDIA_NODE_UNAVAILABLE');
      }
    };
    const client = await connect();
    expect((await client.login('r1', 'alice')).result?.media).toBeDefined();
    expect(cluster.countCalls('openSession')).toBe(2);
    expect(cluster.countCalls('login')).toBe(1);
  });

  test('a media node that refuses and goes on refusing costs the login, and the membership with it', async () => {
    cluster.onOpenSession = () => {
      throw new AppError('MEDIA_NODE_UNAVAILABLE');
    };
    const client = await connect();
    expect((await client.login('r1', 'alice')).error?.code).toBe(1190301);
    await waitFor(() => cluster.countCalls('endSession') === 1, {
      timeoutMs: 2000,
      describe: 'the membership to be undone',
    });
  });

  test('a session whose end failed is still there: it is ended again, or suspended with its socket', async () => {
    const client = await connectTo('r1', 'alice');
    cluster.onEndSession = () => {
      throw new AppError('ROOM_INNER_ERROR');
    };
    expect((await client.ask('room.logout', {})).error?.code).toBe(1002099);
    expect((await client.login('r2', 'alice')).error).toBeUndefined();
    expect(cluster.countCalls('openSession')).toBe(1);
    const before = cluster.countCalls('suspendSession');
    await client.close();
    await waitFor(() => cluster.countCalls('suspendSession') === before + 1, {
      timeoutMs: 5000,
      describe: 'the session to be suspended',
    });
    cluster.onEndSession = () => {};
  });

  test('a closed socket suspends its session', async () => {
    const client = await connectTo('r1', 'u');
    await client.close();
    await waitFor(() => cluster.countCalls('suspendSession') === 1, {
      timeoutMs: 2000,
      describe: 'suspension',
    });
    expect(cluster.countCalls('endSession')).toBe(0);
  });

  test('a stopping gateway sends its clients away with 4000 and suspends their sessions', async () => {
    const client = await connectTo('r1', 'u');
    await gateway.close();
    await waitFor(() => client.closeCode === 4000, { timeoutMs: 2000, describe: 'the close code' });
    expect(cluster.countCalls('suspendSession')).toBe(1);
  });
});

describe('rooms', () => {
  test('news reach everybody but their origin, and people only those who asked', async () => {
    const asked = await connectTo('r1', 'asked', { config: { isUserStatusNotify: true } });
    const quiet = await connectTo('r1', 'quiet');
    const elsewhere = await connectTo('r2', 'elsewhere', { config: { isUserStatusNotify: true } });
    await asked.waitForEvent('room.userUpdate');
    await publish(quiet, 's1', 'r1');
    await asked.waitForEvent('room.streamUpdate');
    await asked.ask('message.broadcast', { roomId: 'r1', content: 'hello', clientMessageId: 'm' });
    await quiet.waitForEvent('message.received');
    expect(asked.events('room.userUpdate')).toMatchObject([
      { roomId: 'r1', update: 'add', users: [{ userId: 'quiet' }] },
    ]);
    expect(asked.events('room.streamUpdate')).toMatchObject([
      { roomId: 'r1', update: 'add', streams: [{ streamId: 's1', user: { userId: 'quiet' } }] },
    ]);
    expect(quiet.events('message.received')).toMatchObject([
      { roomId: 'r1', messages: [{ seq: 1, content: 'hello', from: { userId: 'asked' } }] },
    ]);
    expect(quiet.events('room.userUpdate')).toEqual([]);
    expect(quiet.events('room.streamUpdate')).toEqual([]);
    expect(elsewhere.frames.flatMap((frame) => frame.event ?? [])).toEqual(['message.position']);
  });

  test('a second room for a stream needs the entitlement', async () => {
    const client = await connectTo('r1', 'u');
    await client.login('r2', 'u');
    cluster.entitlements.shareStream = false;
    await publish(client, 's1', 'r1');
    expect((await client.ask('stream.share', { streamId: 's1', roomId: 'r1' })).error).toBeUndefined();
    expect((await client.ask('stream.share', { streamId: 's1', roomId: 'r2' })).error?.code).toBe(1003025);
  });

  test('rights are those of the room’s token', async () => {
    cluster.grants = { rooms: [{ roomId: 'r1', rights: ['login'] }] };
    const client = await connectTo('r1', 'u');
    expect((await client.login('r2', 'u')).error?.code).toBe(1002033);
    const publishing = { streamId: 's1', channel: 0, roomId: 'r1' };
    expect((await client.ask('stream.publish', publishing)).error?.code).toBe(1002082);
    const playing = { streamId: 's1', roomId: 'r1', rtpCapabilities: {} };
    expect((await client.ask('stream.play', playing)).error?.code).toBe(1004025);
    const message = { roomId: 'r1', content: 'x', clientMessageId: 'm' };
    expect((await client.ask('message.broadcast', message)).error?.code).toBe(1000039);
  });

  test('what comes right behind the login into a room waits for it', async () => {
    const publisher = await connectTo('r2', 'p');
    await publish(publisher, 's1', 'r2');
    const client = await connectTo('r1', 'u');
    const playing = { streamId: 's1', roomId: 'r2', rtpCapabilities: {}, resumeAfterMs: 40 };
    const answers = await Promise.all([
      client.login('r2', 'u'),
      client.ask('stream.play', playing),
      client.ask('stream.publish', { streamId: 's2', channel: 0, roomId: 'r2' }),
      client.ask('stream.play', { ...playing, roomId: 'r3' }),
    ]);
    expect(answers.map(({ error }) => error?.code)).toEqual([undefined, undefined, undefined, 1002002]);
  });

  test('a stream taken out of a room loses that binding; leaving the other room closes it', async () => {
    const publisher = await connectTo('r1', 'p');
    await publisher.login('r2', 'p');
    await publish(publisher, 's1', 'r1', 'r2');
    const viewer = await connectTo('r1', 'v');
    await viewer.login('r2', 'v');
    const play = { streamId: 's1', rtpCapabilities: {} };
    expect((await viewer.ask('stream.play', { ...play, roomId: 'r1' })).result?.created).toBe(true);
    expect((await viewer.ask('stream.play', { ...play, roomId: 'r2' })).result).toMatchObject({
      created: false,
      roomIds: ['r1', 'r2'],
    });
    await publisher.ask('stream.unshare', { streamId: 's1', roomId: 'r1' });
    await viewer.waitForEvent('stream.playUpdate');
    await viewer.ask('room.logout', { roomId: 'r2' });
    expect(viewer.events('stream.playUpdate')).toEqual([
      { streamId: 's1', roomIds: ['r2'], closed: false, reason: 'unshared' },
      { streamId: 's1', roomIds: [], closed: true, reason: 'left' },
    ]);
  });

  test('a downlink that the media node closed is closed for the client', async () => {
    const publisher = await connectTo('r1', 'p');
    await publish(publisher, 's1', 'r1');
    const viewer = await connect();
    const { result } = await viewer.login('r1', 'v');
    await viewer.ask('stream.play', { streamId: 's1', rtpCapabilities: {} });
    const session = { appId, userId: 'v', sessionId: String(result?.sessionId) };
    cluster.bus.publish(
      downlinkClosed,
      { sessionId: session.sessionId },
      { session, nodeId, streamId: 's1', reason: 'workerDied' },
    );
    await viewer.waitForEvent('stream.playUpdate');
    expect(viewer.events('stream.playUpdate')).toEqual([
      { streamId: 's1', roomIds: [], closed: true, reason: 'workerDied' },
    ]);
  });

  test('expelled from one room the others live on; expelled altogether the socket may log in again', async () => {
    const client = await connect();
    const { result } = await client.login('r1', 'u');
    await client.login('r2', 'u');
    const session = { appId, userId: 'u', sessionId: String(result?.sessionId) };
    const expel = (more: { roomId?: string; code: number; reason?: string }) =>
      cluster.bus.publish(sessionExpelled, { gatewayId }, { gatewayId, session, ...more });
    expel({ roomId: 'r1', code: 1002055, reason: 'rude' });
    await client.waitForEvent('room.expelled');
    const message = { content: 'x', clientMessageId: 'm' };
    expect((await client.ask('message.broadcast', { ...message, roomId: 'r1' })).error?.code).toBe(1009005);
    expect((await client.ask('message.broadcast', { ...message, roomId: 'r2' })).error).toBeUndefined();
    expel({ code: 1002050 });
    await client.waitForEvent('room.expelled', 2);
    expect(client.events('room.expelled')).toEqual([
      { roomId: 'r1', code: 1002055, reason: 'rude' },
      { code: 1002050 },
    ]);
    expect((await client.ask('message.broadcast', { ...message, roomId: 'r2' })).error?.code).toBe(1000002);
    expect((await client.login('r1', 'u')).result?.media).toBeDefined();
  });
});

describe('REST', () => {
  const url = (path: string) => `http://127.0.0.1:${gateway.port}${path}`;
  const authorization = `Bearer ${adminToken}`;

  test.each([
    ['/v1/admin/apps', {}],
    ['/v1/admin/apps', { authorization: 'Bearer wrong' }],
    ['/v1/admin/apps/1/audit', { authorization: 'Basic x' }],
    ['/v1/admin/apps/1/rooms/r1', {}],
  ])('%s wants an admin', async (path, headers) => {
    const response = await fetch(url(path), { headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: 1190101 } });
  });

  test('an admin reads, and writes under their own name', async () => {
    const listed = await fetch(url('/v1/admin/apps'), { headers: { authorization } });
    expect(await listed.json()).toEqual({ apps: [] });
    const response = await fetch(url('/v1/admin/apps/1001/entitlements/multiRoom'), {
      method: 'PUT',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ value: true }),
    });
    expect(await response.json()).toEqual({
      entitlement: { name: 'multiRoom', value: true, overridden: true },
    });
    const set = cluster.calls.find(({ method }) => method === 'setEntitlement');
    expect(set?.request).toMatchObject({ actor: 'alice', appId: 1001, value: true });
  });

  test('a room is found under the longest and strangest ID that it may have', async () => {
    for (const roomId of ["a%~!@#$%^&*()_+=-`;',.<>\\b", 'r'.repeat(127)]) {
      const path = `/v1/admin/apps/1001/rooms/${encodeURIComponent(roomId)}`;
      const response = await fetch(url(path), { headers: { authorization } });
      expect([response.status, await response.json()]).toMatchObject([200, { roomId }]);
    }
    const long = await fetch(url(`/v1/admin/apps/1001/rooms/${'r'.repeat(128)}`), {
      headers: { authorization },
    });
    expect(await long.json()).toMatchObject({ error: { code: 1002013 } });
  });

  test('wrong arguments, unknown paths and other origins', async () => {
    const wrong = await fetch(url('/v1/admin/apps/x/audit'), { headers: { authorization } });
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { error: { code: 1000017 } }]);
    expect((await fetch(url('/v1/nothing'))).status).toBe(404);
    const preflight = await fetch(url('/v1/admin/apps'), {
      method: 'OPTIONS',
      headers: {
        origin: 'http://console.example',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT');
    expect((await fetch(url('/readyz'))).status).toBe(200);
  });
});

import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { authRpc } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { generateToken04, issueNativeToken, secretIdOf } from '@polyroom/tokens';
import { issue, type TokenOptions, withToken } from './support/client-tokens.js';
import { type MediaWatch } from './support/media-watch.js';
import { type RawClient } from './support/raw-client.js';
import { SharedCluster } from './support/shared-cluster.js';
import { loginParams, type TestApp } from './support/test-cluster.js';

/** What a client with a modified application tries with its credentials, on a real cluster with two gateways. */
let testCluster: SharedCluster;
let bus: Bus;
let watch: MediaWatch;
const open: RawClient[] = [];
const wrongAppSign = 1001005;
const expired = 1002056;
const noPublish = 1002082;
const notPublished = 1003001;
const reservedUser = 1002006;
const inForceMs = 2000;
const opus = {
  mid: '0',
  codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
  encodings: [{ ssrc: 1111 }],
};

beforeAll(async () => {
  testCluster = await SharedCluster.attach();
  bus = await Bus.connect({ url: testCluster.cluster.natsUrl, name: 'e2e' });
  watch = testCluster.watchMedia(bus);
});
afterAll(async () => {
  await bus?.close();
  await testCluster?.close();
});
afterEach(() => open.splice(0).forEach((client) => client.close()));

async function connect(gateway: 0 | 1 = 0): Promise<RawClient> {
  const client = await testCluster.connect(gateway);
  open.push(client);
  return client;
}

/** Logs in with a native token; returns the parameters of `session.resume`. */
async function logIn(
  client: RawClient,
  app: TestApp,
  roomId: string,
  userId: string,
  more: TokenOptions = {},
): Promise<{ appId: number; userId: string; sessionId: string; resumeToken: string; rooms: never[] }> {
  const token = await issue(app, userId, more);
  const login = await client.call('room.login', withToken(app, roomId, userId, token));
  if (!('result' in login)) {
    throw new Error(`refused with ${login.code}`);
  }
  const { sessionId, resumeToken } = login.result;
  return { appId: app.appId, userId, sessionId, resumeToken: resumeToken!, rooms: [] };
}

function setCredentials(app: TestApp, credentialKinds: string[]): Promise<unknown> {
  const path = `/v1/apps/${app.appId}/credentials`;
  return testCluster.cluster.admin.send('PUT', path, { credentialKinds });
}

function setEnabled(app: TestApp, enabled: boolean): Promise<unknown> {
  return testCluster.cluster.admin.send('PUT', `/v1/apps/${app.appId}/enabled`, { enabled });
}

describe('an AppID that accepts tokens only', () => {
  test('refuses an AppSign as any user, and a token of another user', async () => {
    const app = await testCluster.createApp({ multiRoom: true });
    expect(await (await connect()).codeOf('room.login', loginParams(app, 'class', 'teacher'))).toBe(0);
    await setCredentials(app, ['token04', 'native']);
    await waitFor(
      async () =>
        (await (await connect()).codeOf('room.login', loginParams(app, 'a', 'teacher'))) === wrongAppSign,
      { timeoutMs: inForceMs, describe: 'the AppSign to be refused' },
    );
    for (const gateway of [0, 1] as const) {
      const client = await connect(gateway);
      expect(await client.call('room.login', loginParams(app, 'class', 'teacher'))).toMatchObject({
        code: wrongAppSign,
        error: { message: expect.stringContaining('log in with a token04 or a native token') },
      });
      // Not by the token of another user either, with or without the AppSign beside it.
      const token = await issue(app, 'pupil');
      expect(await client.codeOf('room.login', withToken(app, 'class', 'teacher', token))).toBe(1002077);
      expect(await client.codeOf('room.login', loginParams(app, 'class', 'teacher', { token }))).toBe(
        1002077,
      );
      const own = await issue(app, 'teacher');
      expect(await client.codeOf('room.login', withToken(app, `class-${gateway}`, 'teacher', own))).toBe(0);
    }
  });

  test('accepts each kind of token only while it is allowed', async () => {
    const app = await testCluster.createApp({ multiRoom: true });
    const { appId, serverSecret: secret } = app;
    const token04 = generateToken04({ appId, userId: 'u', secret, effectiveTimeSeconds: 60 });
    await setCredentials(app, ['native']);
    await waitFor(
      async () =>
        (await (await connect()).codeOf('room.login', withToken(app, 'a', 'u', token04))) === 1002079,
      { timeoutMs: inForceMs, describe: 'the token04 to be refused' },
    );
    const native = await issue(app, 'u');
    expect(await (await connect()).codeOf('room.login', withToken(app, 'a', 'u', native))).toBe(0);
  });
});

describe('a session that was opened with a token', () => {
  const rooms = [{ roomId: 'class', rights: ['login' as const, 'subscribe' as const] }];

  test('accepts no AppSign for another room, by login or switch, also after a resume', async () => {
    const app = await testCluster.createApp({ multiRoom: true });
    const client = await connect();
    const token = await issue(app, 'pupil', { rooms });
    const login = await client.call('room.login', withToken(app, 'class', 'pupil', token));
    if (!('result' in login)) {
      throw new Error(`refused with ${login.code}`);
    }
    expect(await client.call('room.login', loginParams(app, 'stage', 'pupil'))).toMatchObject({
      code: wrongAppSign,
      error: { message: expect.stringContaining('log in with a token') },
    });
    // The AppSign of the first login, beside its token, is not kept as a credential of the session.
    const both = await connect();
    const first = loginParams(app, 'class', 'other', { token: await issue(app, 'other', { rooms }) });
    expect(await both.codeOf('room.login', first)).toBe(0);
    const switching = { fromRoomId: 'class', toRoomId: 'stage' };
    expect(await both.codeOf('room.switch', switching)).toBe(wrongAppSign);
    const again = loginParams(app, 'stage', 'other', { appSign: undefined });
    expect(await both.codeOf('room.login', again)).toBe(wrongAppSign);
    const publish = { streamId: 's', channel: 0, roomId: 'class' };
    expect(await both.codeOf('stream.publish', publish)).toBe(1002082);
    expect(await testCluster.cluster.admin.listUserRooms(app.appId, 'other')).toEqual(['class']);

    const { sessionId, resumeToken } = login.result;
    client.close();
    const back = await connect(1);
    const ticket = { appId: app.appId, userId: 'pupil', sessionId, resumeToken: resumeToken!, rooms: [] };
    expect(await back.codeOf('session.resume', ticket)).toBe(0);
    expect(await back.codeOf('room.login', loginParams(app, 'stage', 'pupil'))).toBe(wrongAppSign);
    const wider = await issue(app, 'pupil', { rooms: [{ roomId: 'stage', rights: ['login'] }] });
    expect(await back.codeOf('room.login', withToken(app, 'stage', 'pupil', wider))).toBe(0);
  });

  test.each(['kickOld', 'share'])(
    'is neither evicted nor joined by an AppSign, with %s',
    async (devicePolicy) => {
      const app = await testCluster.createApp({ multiRoom: true, devicePolicy });
      const teacher = await connect();
      const token = await issue(app, 'teacher');
      expect(await teacher.codeOf('room.login', withToken(app, 'class', 'teacher', token))).toBe(0);
      const other = await connect(1);
      for (const roomId of ['class', 'other']) {
        expect(await other.call('room.login', loginParams(app, roomId, 'teacher'))).toMatchObject({
          code: wrongAppSign,
          error: { message: expect.stringContaining('a token is needed') },
        });
      }
      expect(await testCluster.cluster.admin.listUserRooms(app.appId, 'teacher')).toEqual(['class']);
      const message = { roomId: 'class', content: 'x', clientMessageId: 'm' };
      expect(await teacher.codeOf('message.broadcast', message)).toBe(0);
      expect(teacher.eventsOf('room.expelled')).toEqual([]);
      // Once the user has gone, an AppSign is as good as before.
      expect(await teacher.codeOf('room.logout', {})).toBe(0);
      expect(await other.codeOf('room.login', loginParams(app, 'class', 'teacher'))).toBe(0);
    },
  );

  test('is the stronger one as soon as a session of an AppSign shows a token', async () => {
    const app = await testCluster.createApp({ multiRoom: true });
    const client = await connect();
    expect(await client.codeOf('room.login', loginParams(app, 'a', 'u'))).toBe(0);
    expect(await client.codeOf('room.login', loginParams(app, 'b', 'u'))).toBe(0);
    expect(await client.codeOf('room.renewToken', { roomId: 'a', token: await issue(app, 'u') })).toBe(0);
    expect(await client.codeOf('room.login', loginParams(app, 'c', 'u'))).toBe(wrongAppSign);
  });
});

describe('a token of a few seconds', () => {
  /** More than what the test does first takes on a busy machine. */
  const effectiveTimeSeconds = 6;

  test('sends nothing once it has expired, and its session is not resumed', async () => {
    const app = await testCluster.createApp({ multiRoom: true, broadcastsPerUserPerSecond: 0 });
    const watcher = await connect();
    expect(await watcher.codeOf('room.login', loginParams(app, 'r', 'watcher'))).toBe(0);
    const [client, absent] = [await connect(), await connect(1)];
    const ticket = await logIn(client, app, 'r', 'pupil', { effectiveTimeSeconds });
    const absentTicket = await logIn(absent, app, 'r', 'absent', { effectiveTimeSeconds });
    const token = await issue(app, 'pupil', { effectiveTimeSeconds });
    const inForceAtMs = Date.now() + effectiveTimeSeconds * 1000 + inForceMs;
    absent.close();
    const send = (content: string) =>
      client.codeOf('message.broadcast', { roomId: 'r', content, clientMessageId: content });
    expect(await send('before')).toBe(0);
    await waitFor(() => Date.now() >= inForceAtMs, { timeoutMs: 10_000, describe: 'the end of the token' });
    // The client ignores that its session has ended.
    expect(await send('after')).toBe(expired);
    for (const [method, params] of [
      ['message.barrage', { roomId: 'r', content: 'after' }],
      ['message.command', { roomId: 'r', content: 'after', to: ['watcher'], clientMessageId: 'c' }],
      ['room.setAttributes', { roomId: 'r', changes: [{ key: 'k', value: 'after' }] }],
      ['stream.publish', { streamId: 's', channel: 0, roomId: 'r' }],
      ['stream.share', { streamId: 's', roomId: 'r' }],
      ['stream.play', { streamId: 's', roomId: 'r', rtpCapabilities: {} }],
    ] as const) {
      expect([method, await client.codeOf(method, params)]).toEqual([method, expired]);
    }
    // Nor does it come back with what it has: the token, or the session, at any gateway.
    expect(await client.codeOf('room.login', withToken(app, 'r', 'pupil', token))).toBe(1002078);
    for (const gateway of [0, 1] as const) {
      expect(await (await connect(gateway)).codeOf('session.resume', ticket)).toBe(1002052);
      expect(await (await connect(gateway)).codeOf('session.resume', absentTicket)).toBe(expired);
    }
    // Messages arrive in order: those of before this one would have come first.
    const last = await connect();
    expect(await last.codeOf('room.login', loginParams(app, 'r', 'last'))).toBe(0);
    const message = { roomId: 'r', content: 'last', clientMessageId: 'l' };
    expect(await last.codeOf('message.broadcast', message)).toBe(0);
    await waitFor(() => JSON.stringify(watcher.events).includes('"last"'), { describe: 'the last message' });
    expect(JSON.stringify(watcher.events)).toContain('"before"');
    expect(JSON.stringify(watcher.events)).not.toContain('"after"');
    expect(await testCluster.cluster.admin.listUserRooms(app.appId, 'pupil')).toEqual([]);
  });
});

describe('an AppID that is disabled', () => {
  const offline = 1000037;

  test('ends its sessions at all gateways within 2 s, with rooms, streams and media, and refuses a resume', async () => {
    const app = await testCluster.createApp({ multiRoom: true });
    const other = await testCluster.createApp({ multiRoom: true });
    const bystander = await connect();
    expect(await bystander.codeOf('room.login', loginParams(other, 'r', 'bystander'))).toBe(0);
    const users: RawClient[] = [];
    for (const gateway of [0, 1] as const) {
      const client = await connect(gateway);
      const token = await issue(app, `user-${gateway}`);
      expect(await client.codeOf('room.login', withToken(app, 'r', `user-${gateway}`, token))).toBe(0);
      users.push(client);
    }
    const [publisher, player] = users as [RawClient, RawClient];
    for (const [method, params] of [
      ['stream.publish', { streamId: 's', channel: 0, roomId: 'r' }],
      ['stream.produce', { streamId: 's', kind: 'audio', rtpParameters: opus }],
      ['stream.share', { streamId: 's', roomId: 'r' }],
    ] as const) {
      expect(await publisher.codeOf(method, params)).toBe(0);
    }
    // Without a socket, no gateway holds it.
    const absent = await connect();
    const login = await absent.call('room.login', withToken(app, 'r', 'absent', await issue(app, 'absent')));
    if (!('result' in login)) {
      throw new Error(`refused with ${login.code}`);
    }
    absent.close();
    const isSuspended = async (): Promise<boolean> =>
      (await testCluster.logsWith(login.result.sessionId)).some((line) => line.includes('session suspended'));
    await waitFor(isSuspended, { describe: 'the suspension' });
    expect((await watch.sessionOf('absent'))?.transports).toHaveLength(2);

    await setEnabled(app, false);
    const disabledAtMs = performance.now();
    await waitFor(() => users.every((client) => client.eventsOf('room.expelled').length > 0), {
      timeoutMs: inForceMs,
      describe: 'the sessions to end',
    });
    await waitFor(
      async () => {
        const sessions = (await watch.dumps()).flatMap((dump) => dump.sessions);
        return !sessions.some(({ userId }) => ['user-0', 'user-1', 'absent'].includes(userId));
      },
      { timeoutMs: inForceMs, describe: 'the media to be closed' },
    );
    expect(performance.now() - disabledAtMs).toBeLessThan(inForceMs);
    for (const client of users) {
      expect(client.eventsOf('room.expelled')).toEqual([{ code: offline }]);
      const message = { roomId: 'r', content: 'x', clientMessageId: 'm' };
      expect(await client.codeOf('message.broadcast', message)).toBe(1000002);
    }
    expect(await publisher.codeOf('stream.share', { streamId: 's', roomId: 'r' })).toBe(1000002);
    expect(await player.codeOf('stream.play', { streamId: 's', roomId: 'r', rtpCapabilities: {} })).toBe(
      1000002,
    );
    await waitFor(
      async () => (await testCluster.cluster.admin.listUserRooms(app.appId, 'user-0')).length === 0,
      { describe: 'the places to be released' },
    );
    const token = await issue(app, 'user-0');
    expect(await publisher.codeOf('room.login', withToken(app, 'r', 'user-0', token))).toBe(offline);
    const { sessionId, resumeToken } = login.result;
    const ticket = { appId: app.appId, userId: 'absent', sessionId, resumeToken: resumeToken!, rooms: [] };
    for (const gateway of [0, 1] as const) {
      expect(await (await connect(gateway)).codeOf('session.resume', ticket)).toBe(offline);
    }
    // Another AppID is not affected.
    const message = { roomId: 'r', content: 'x', clientMessageId: 'm' };
    expect(await bystander.codeOf('message.broadcast', message)).toBe(0);

    await setEnabled(app, true);
    await waitFor(
      async () => (await publisher.codeOf('room.login', withToken(app, 'r', 'user-0', token))) === 0,
      { timeoutMs: inForceMs, describe: 'the AppID to be enabled' },
    );
  });
});

describe('a stream ID that the token does not grant', () => {
  const granted = (streams: string[]): TokenOptions => ({
    rooms: [
      { roomId: 'a', rights: ['login', 'publish', 'share'], streams },
      { roomId: 'b', rights: ['login', 'publish', 'share'], streams },
    ],
  });

  test('enters no room by any method, while one that it grants does', async () => {
    const app = await testCluster.createApp({ multiRoom: true, shareStream: true, maxDataStreams: 2 });
    const client = await connect();
    await logIn(client, app, 'a', 'ann', granted(['ann-*']));
    const token = await issue(app, 'ann', granted(['ann-*']));
    expect(await client.codeOf('room.login', withToken(app, 'b', 'ann', token))).toBe(0);
    const foreign = 'teacher-camera';
    for (const roomId of ['a', 'b']) {
      for (const [method, params] of [
        ['stream.publish', { streamId: foreign, channel: 0, roomId }],
        ['stream.publish', { streamId: foreign, roomId }],
        ['stream.share', { streamId: foreign, roomId }],
      ] as const) {
        expect([method, await client.codeOf(method, params)]).toEqual([method, noPublish]);
      }
    }
    // Without a claim there is nothing that these methods could send.
    for (const [method, params] of [
      ['stream.produce', { streamId: foreign, kind: 'audio', rtpParameters: opus }],
      ['stream.produceData', { streamId: foreign, sctpStreamParameters: { streamId: 1, ordered: true } }],
      ['stream.republish', { streamId: foreign }],
    ] as const) {
      expect([method, await client.codeOf(method, params)]).toEqual([method, notPublished]);
    }
    for (const [method, params] of [
      ['stream.publish', { streamId: 'ann-camera', channel: 0, roomId: 'a' }],
      ['stream.produce', { streamId: 'ann-camera', kind: 'audio', rtpParameters: opus }],
      ['stream.share', { streamId: 'ann-camera', roomId: 'a' }],
      ['stream.share', { streamId: 'ann-camera', roomId: 'b' }],
      ['stream.republish', { streamId: 'ann-camera' }],
    ] as const) {
      expect([method, await client.codeOf(method, params)]).toEqual([method, 0]);
    }
    expect((await watch.sessionOf('ann'))?.upstreams).toMatchObject([{ streamId: 'ann-camera' }]);
  });

  test('ends everywhere with the renewal that takes it away, also between claim, track and share', async () => {
    const app = await testCluster.createApp({ multiRoom: true, shareStream: true });
    const watcher = await connect(1);
    expect(await watcher.codeOf('room.login', loginParams(app, 'a', 'watcher'))).toBe(0);
    const client = await connect();
    await logIn(client, app, 'a', 'amy', granted(['one', 'two', 'three', 'other']));
    const claim = (streamId: string, channel: number) =>
      client.codeOf('stream.publish', { streamId, channel, roomId: 'a' });
    const produce = (streamId: string, ssrc: number) =>
      client.codeOf('stream.produce', {
        streamId,
        kind: 'audio',
        rtpParameters: { ...opus, mid: String(ssrc), encodings: [{ ssrc }] },
      });
    const share = (streamId: string) => client.codeOf('stream.share', { streamId, roomId: 'a' });
    // Claimed; with a track; and shown.
    expect([await claim('one', 0), await claim('two', 1), await claim('three', 2)]).toEqual([0, 0, 0]);
    expect([await produce('two', 2), await produce('three', 3), await share('three')]).toEqual([0, 0, 0]);

    const token = await issue(app, 'amy', granted(['other']));
    expect(await client.codeOf('room.renewToken', { roomId: 'a', token })).toBe(0);
    for (const [streamId, channel] of [
      ['one', 0],
      ['two', 1],
      ['three', 2],
    ] as const) {
      expect(await claim(streamId, channel)).toBe(noPublish);
      expect(await share(streamId)).toBe(noPublish);
      expect(await produce(streamId, 10 + channel)).toBe(notPublished);
      expect(await client.codeOf('stream.republish', { streamId })).toBe(notPublished);
    }
    await waitFor(async () => (await watch.sessionOf('amy'))?.upstreams.length === 0, {
      describe: 'the upstreams to close',
    });
    await waitFor(() => watcher.eventsOf('room.streamUpdate').at(-1)?.['update'] === 'delete', {
      describe: 'the stream to be removed',
    });
    expect(await claim('other', 0)).toBe(0);
  });
});

describe('the user $system', () => {
  const userId = '$system';

  /** As an application server with its own generator would make it. */
  function nativeToken({ appId, serverSecret }: TestApp): string {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const header = { alg: 'HS256', kid: secretIdOf(serverSecret) };
    const claims = { app: appId, user: userId, iat: nowSeconds, exp: nowSeconds + 60, jti: 'j' };
    const signed = [header, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${signed}.${createHmac('sha256', serverSecret).update(signed).digest('base64url')}`;
  }

  test('logs in with no credential, takes over no session, and renews no token', async () => {
    const app = await testCluster.createApp({ multiRoom: true });
    const { appId, serverSecret: secret } = app;
    const token04 = generateToken04({ appId, userId, secret, effectiveTimeSeconds: 60 });
    for (const gateway of [0, 1] as const) {
      const client = await connect(gateway);
      const codes = [
        await client.codeOf('room.login', loginParams(app, 'r', userId)),
        await client.codeOf('room.login', withToken(app, 'r', userId, nativeToken(app))),
        await client.codeOf('room.login', withToken(app, 'r', userId, token04)),
        await client.codeOf('session.resume', { appId, userId, sessionId: 's', resumeToken: 't', rooms: [] }),
      ];
      expect(codes).toEqual([reservedUser, reservedUser, reservedUser, reservedUser]);
    }
    const client = await connect();
    await logIn(client, app, 'r', 'ann');
    for (const token of [nativeToken(app), token04]) {
      expect(await client.codeOf('room.renewToken', { roomId: 'r', token })).toBe(reservedUser);
      // WHIP and WHEP take the user from the token.
      await expect(bus.request(authRpc.identifyUser, { appId, token })).rejects.toMatchObject({
        code: reservedUser,
      });
    }
    expect(await testCluster.cluster.admin.listUserRooms(appId, 'ann')).toEqual(['r']);
  });
});

describe('a token that expires at 2^40', () => {
  test.each(['native', 'token04'])('is refused with 1002078: %s', async (kind) => {
    const app = await testCluster.createApp({ multiRoom: true });
    const { appId, serverSecret: secret } = app;
    const effectiveTimeSeconds = 2 ** 40 - Math.floor(Date.now() / 1000);
    const options = { appId, userId: 'eternal', secret, effectiveTimeSeconds };
    const token = kind === 'native' ? await issueNativeToken(options) : generateToken04(options);
    const client = await connect();
    expect(await client.call('room.login', withToken(app, 'r', 'eternal', token))).toMatchObject({
      code: 1002078,
      error: { details: { maxLifetimeSeconds: 2_073_600 } },
    });
    await logIn(client, app, 'r', 'eternal');
    expect(await client.codeOf('room.renewToken', { roomId: 'r', token })).toBe(1002078);
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clientFrameMaxBytes } from '@polyroom/contracts';
import { redisKinds, startRedisOf, waitFor } from '@polyroom/testing';
import { type RawClient } from './support/raw-client.js';
import { SharedCluster } from './support/shared-cluster.js';
import { loginParams, type RunningCluster, type TestApp, TestCluster } from './support/test-cluster.js';

/** Every error code of rooms and streams, provoked over a real socket of a real cluster. */
let testCluster: RunningCluster;
let app: TestApp;

let userCount = 0;
function newUserId(): string {
  return `user-${++userCount}`;
}

async function login(
  client: RawClient,
  roomId: string,
  userId: string,
  overrides: Record<string, unknown> = {},
) {
  return client.codeOf('room.login', loginParams(app, roomId, userId, overrides));
}

describe.each(redisKinds)('on %s Redis', (kind) => {
  let redis: Awaited<ReturnType<typeof startRedisOf>> | undefined;
  beforeAll(async () => {
    if (kind === 'single') {
      testCluster = await SharedCluster.attach();
    } else {
      redis = await startRedisOf(kind);
      testCluster = await TestCluster.start({ redisUrl: redis.url });
    }
    app = await testCluster.createApp({ multiRoom: true });
  });
  afterAll(async () => {
    await testCluster?.close();
    await redis?.close();
  });

  describe('login', () => {
    test('refuses multi-room mode without the entitlement with 1002036', async () => {
      const plain = await testCluster.createApp();
      const client = await testCluster.connect(0);
      expect(await client.codeOf('room.login', loginParams(plain, 'room1', newUserId()))).toBe(1002036);
      client.close();
    });

    test('refuses a sixth room with 1002037, and accepts it after another is left', async () => {
      const client = await testCluster.connect(0);
      const userId = newUserId();
      for (let room = 1; room <= 5; room++) {
        expect(await login(client, `limit-${room}`, userId)).toBe(0);
      }
      expect(await login(client, 'limit-6', userId)).toBe(1002037);
      expect(await client.codeOf('room.logout', { roomId: 'limit-2' })).toBe(0);
      expect(await login(client, 'limit-6', userId)).toBe(0);
      client.close();
    });

    test('refuses another user ID or user name on the same session with 1002018', async () => {
      const client = await testCluster.connect(1);
      const userId = newUserId();
      expect(await login(client, 'same-1', userId)).toBe(0);
      expect(await login(client, 'same-2', newUserId())).toBe(1002018);
      expect(await login(client, 'same-2', userId, { user: { userId, userName: 'other name' } })).toBe(
        1002018,
      );
      client.close();
    });

    test('refuses a second room in single-room mode with 1002001, and the same room too', async () => {
      const client = await testCluster.connect(0);
      const userId = newUserId();
      expect(await login(client, 'single-1', userId, { mode: 'single' })).toBe(0);
      expect(await login(client, 'single-2', userId, { mode: 'single' })).toBe(1002001);
      expect(await login(client, 'single-1', userId, { mode: 'single' })).toBe(1002001);
      client.close();
    });

    test('refuses the same room twice in multi-room mode with 1002064', async () => {
      const client = await testCluster.connect(0);
      const userId = newUserId();
      expect(await login(client, 'twice', userId)).toBe(0);
      expect(await login(client, 'twice', userId)).toBe(1002064);
      client.close();
    });

    test('refuses an invalid token with 1002033 and missing credentials with 1002067', async () => {
      const client = await testCluster.connect(0);
      expect(await login(client, 'token', newUserId(), { appSign: undefined, token: 'not a token' })).toBe(
        1002033,
      );
      expect(
        await login(client, 'token', newUserId(), { appSign: undefined, token: `04${'A'.repeat(80)}` }),
      ).toBe(1002033);
      expect(await login(client, 'token', newUserId(), { appSign: undefined })).toBe(1002067);
      client.close();
    });

    test('refuses a wrong AppSign with 1001005 and an unknown AppID with 1001004', async () => {
      const client = await testCluster.connect(0);
      expect(await login(client, 'sign', newUserId(), { appSign: '0'.repeat(64) })).toBe(1001005);
      expect(await login(client, 'sign', newUserId(), { appId: app.appId === 7 ? 8 : 7 })).toBe(1001004);
      client.close();
    });

    test('refuses a full room with 1002034, without taking a slot of the user', async () => {
      const first = await testCluster.connect(0);
      const second = await testCluster.connect(1);
      expect(await login(first, 'full', newUserId(), { config: { maxMemberCount: 1 } })).toBe(0);
      const userId = newUserId();
      expect(await login(second, 'full', userId)).toBe(1002034);
      for (let room = 1; room <= 5; room++) {
        expect(await login(second, `full-other-${room}`, userId)).toBe(0);
      }
      first.close();
      second.close();
    });

    test.each([
      ['an empty room ID', { roomId: '' }, 1002011],
      ['a room ID with a space', { roomId: 'a b' }, 1002012],
      ['a room ID of 128 bytes', { roomId: 'r'.repeat(128) }, 1002013],
      ['an empty user ID', { user: { userId: '', userName: 'n' } }, 1002005],
      ['a room ID that begins with $', { roomId: '$lobby' }, 1002012],
      ['a user ID that begins with $', { user: { userId: '$system', userName: 'n' } }, 1002006],
      ['a user ID with a space', { user: { userId: 'a b', userName: 'n' } }, 1002006],
      ['a user ID of 64 bytes', { user: { userId: 'u'.repeat(64), userName: 'n' } }, 1002007],
      ['an empty user name', { user: { userId: 'u', userName: '' } }, 1002008],
      ['a user name of 256 bytes', { user: { userId: 'u', userName: 'ü'.repeat(128) } }, 1002010],
      ['AppID 0', { appId: 0 }, 1001000],
      ['a mode of the wrong type', { mode: 7 }, 1000017],
    ])('refuses %s with its code', async (_name, overrides, code) => {
      const client = await testCluster.connect(0);
      expect(await login(client, 'arguments', newUserId(), overrides)).toBe(code);
      client.close();
    });
  });

  describe('logout', () => {
    test('refuses to leave a room that was not entered with 1002002', async () => {
      const client = await testCluster.connect(0);
      expect(await login(client, 'leave-1', newUserId())).toBe(0);
      expect(await client.codeOf('room.logout', { roomId: 'leave-2' })).toBe(1002002);
      client.close();
    });
  });

  describe('streams', () => {
    test('refuses a stream ID of another user with 1003028', async () => {
      const owner = await testCluster.connect(0);
      const other = await testCluster.connect(1);
      expect(await login(owner, 'claim-1', newUserId())).toBe(0);
      expect(await login(other, 'claim-2', newUserId())).toBe(0);
      const claim = { streamId: 'claimed-stream', channel: 0 };
      expect(await owner.codeOf('stream.publish', { ...claim, roomId: 'claim-1' })).toBe(0);
      expect(await other.codeOf('stream.publish', { ...claim, roomId: 'claim-2' })).toBe(1003028);
      expect(await owner.codeOf('stream.stopPublish', { streamId: 'claimed-stream' })).toBe(0);
      expect(await other.codeOf('stream.publish', { ...claim, roomId: 'claim-2' })).toBe(0);
      owner.close();
      other.close();
    });

    test('refuses a busy publish channel with 1003023, and an invalid stream ID with its code', async () => {
      const client = await testCluster.connect(0);
      expect(await login(client, 'channel', newUserId())).toBe(0);
      expect(
        await client.codeOf('stream.publish', { streamId: 'channel-a', channel: 0, roomId: 'channel' }),
      ).toBe(0);
      expect(
        await client.codeOf('stream.publish', { streamId: 'channel-b', channel: 0, roomId: 'channel' }),
      ).toBe(1003023);
      expect(await client.codeOf('stream.publish', { streamId: '', channel: 1, roomId: 'channel' })).toBe(
        1000015,
      );
      expect(await client.codeOf('stream.publish', { streamId: 'a.b', channel: 1, roomId: 'channel' })).toBe(
        1000016,
      );
      expect(
        await client.codeOf('stream.publish', { streamId: 's'.repeat(256), channel: 1, roomId: 'channel' }),
      ).toBe(1000014);
      client.close();
    });

    test('refuses publishing into a room that was not entered with 1002002, and playing an unknown stream with 1004002', async () => {
      const client = await testCluster.connect(0);
      expect(await login(client, 'streams-1', newUserId())).toBe(0);
      expect(
        await client.codeOf('stream.publish', { streamId: 'nowhere', channel: 0, roomId: 'streams-2' }),
      ).toBe(1002002);
      expect(
        await client.codeOf('stream.play', {
          streamId: 'unknown',
          roomId: 'streams-1',
          rtpCapabilities: { codecs: [] },
        }),
      ).toBe(1004002);
      client.close();
    });
  });

  describe('frames', () => {
    test('answers malformed frames, unknown methods and wrong types with an error, and keeps all sockets open', async () => {
      const bystander = await testCluster.connect(0);
      const hostile = await testCluster.connect(0);
      expect(await login(bystander, 'frames', newUserId())).toBe(0);
      const hostileUser = newUserId();
      expect(await login(hostile, 'frames', hostileUser)).toBe(0);

      const malformed: (string | Uint8Array<ArrayBuffer>)[] = [
        '',
        '{',
        'null',
        '[]',
        '"text"',
        '{"id":"1","method":"room.login"}',
        '{"id":-1,"method":"room.login","params":{}}',
        '{"id":1.5,"method":5,"params":{}}',
        new Uint8Array([1, 2, 3]),
      ];
      for (const frame of malformed) {
        hostile.sendRaw(frame);
      }
      await waitFor(() => hostile.strayErrors.length >= malformed.length, {
        timeoutMs: 5000,
        describe: 'an error for each malformed frame',
      });
      expect(new Set(hostile.strayErrors.map((error) => error.code))).toEqual(new Set([1100001]));

      expect(await hostile.codeOf('room.explode', {})).toBe(1190001);
      expect(await hostile.codeOf('__proto__', {})).toBe(1190001);
      expect(await hostile.codeOf('room.logout', { roomId: 5 })).not.toBe(0);
      expect(await hostile.codeOf('message.broadcast', null)).toBe(1000017);
      expect(await hostile.codeOf('transport.connect', { direction: 'up', dtlsParameters: {} })).toBe(
        1000017,
      );

      expect(await hostile.codeOf('message.broadcast', message('frames', 'still here'))).toBe(0);
      await waitFor(() => bystander.eventsOf('message.received').length === 1, {
        timeoutMs: 5000,
        describe: 'the message of the socket that sent malformed frames',
      });
      hostile.close();
      bystander.close();
    });

    test('refuses an oversized frame without affecting other sockets', async () => {
      const bystander = await testCluster.connect(0);
      const hostile = await testCluster.connect(0);
      expect(await login(bystander, 'oversized', newUserId())).toBe(0);
      hostile.sendRaw(
        JSON.stringify({ id: 1, method: 'room.login', params: { filler: 'x'.repeat(clientFrameMaxBytes) } }),
      );
      await waitFor(() => hostile.strayErrors.some((error) => error.code === 1190002), {
        timeoutMs: 5000,
        describe: 'the error of the oversized frame',
      });
      hostile.sendRaw('x'.repeat(clientFrameMaxBytes * 16));
      await waitFor(() => hostile.closeCode !== undefined, {
        timeoutMs: 5000,
        describe: 'the socket to be closed',
      });
      expect(hostile.closeCode).toBe(1009);
      expect(await bystander.codeOf('message.broadcast', message('oversized', 'unharmed'))).toBe(0);
      bystander.close();
    });
  });

  function message(roomId: string, content: string) {
    return { roomId, content, clientMessageId: Math.random().toString(36).slice(2) };
  }
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { runService, type RunningService } from '@polyroom/nest-service';
import {
  AppError,
  authRpc,
  type Grants,
  type PayloadOf,
  type RoomFact,
  roomAdminRpc,
  roomFact,
  roomRpc,
  sessionExpelled,
  type SessionRef,
} from '@polyroom/contracts';
import { defaultEntitlements } from '@polyroom/entitlements';
import { createLogger } from '@polyroom/observability';
import { RoomStore } from '@polyroom/room-store';
import { redisKinds, type RunningServer, startNats, startRedisOf, waitFor } from '@polyroom/testing';
import { RoomModule } from '../room.module.js';

const appId = 7;
const gatewayId = 'gw_1';
const resumeTokenHash = 'a'.repeat(64);
const expired = 1002056;
/** Long, so that an earlier end is due to the token. */
const graceMs = 60_000;
const gatewayLeaseMs = 600;

let nats: RunningServer;
let bus: Bus;
let service: RunningService;
let session: SessionRef;
let userCount = 0;
const facts: { roomId: string; fact: RoomFact }[] = [];
const expulsions: PayloadOf<typeof sessionExpelled>[] = [];

describe.each(redisKinds)('on %s Redis', (kind) => {
  let redis: Awaited<ReturnType<typeof startRedisOf>>;
  beforeAll(async () => {
    [nats, redis] = await Promise.all([startNats(), startRedisOf(kind)]);
    const logger = createLogger('room', 'silent');
    const store = await RoomStore.connect({ url: redis.url, prefix: 'pr', onError: () => {} });
    const config = {
      POLYROOM_NATS_URL: nats.url,
      POLYROOM_HTTP_HOST: '127.0.0.1',
      POLYROOM_HTTP_PORT: 0,
      POLYROOM_LOG_LEVEL: 'silent' as const,
      POLYROOM_FAST_IO: true,
      POLYROOM_REDIS_URL: redis.url,
      POLYROOM_REDIS_PREFIX: 'pr',
      POLYROOM_SESSION_GRACE_MS: graceMs,
      POLYROOM_GATEWAY_LEASE_MS: gatewayLeaseMs,
    };
    const own = await Bus.connect({ url: nats.url, name: 'room', logger });
    service = await runService({
      name: 'room',
      module: RoomModule.register(config, own, store),
      bus: own,
      logger,
      httpHost: '127.0.0.1',
      httpPort: 0,
      closeLast: () => store.close(),
    });
    bus = await Bus.connect({ url: nats.url, name: 'gateway', logger });
    const entitlements = { ...defaultEntitlements, multiRoom: true };
    bus.respond(authRpc.getEntitlements, authRpc.getEntitlements.subject, undefined, async () => ({
      entitlements,
      version: 1,
    }));
    bus.subscribe(roomFact, {}, ({ roomId, fact }) => void facts.push({ roomId, fact }));
    bus.subscribe(sessionExpelled, { gatewayId }, (expulsion) => void expulsions.push(expulsion));
    await bus.flush();
  });
  afterAll(async () => {
    await bus?.close();
    await service?.close();
    await redis?.close();
    await nats?.close();
  });
  let heartbeat: NodeJS.Timeout;
  beforeEach(async () => {
    userCount += 1;
    session = { appId, userId: `u${userCount}`, sessionId: `se_${userCount}` };
    facts.length = 0;
    expulsions.length = 0;
    await bus.request(roomRpc.heartbeat, { gatewayId });
    heartbeat = setInterval(() => void bus.request(roomRpc.heartbeat, { gatewayId }).catch(() => {}), 150);
  });
  afterEach(() => clearInterval(heartbeat));

  describe('a session without a socket', () => {
    test('ends when its token expires, before its grace, and a resume is refused with 1002056', async () => {
      await login('a', expiringIn(700));
      await suspend();
      await whenLeft('a');
      expect(await resume()).toBe(expired);
    });

    test('loses the room whose token has expired and keeps the other', async () => {
      await login('a', expiringIn(700));
      await login('b', expiringIn(60_000));
      await suspend();
      await whenLeft('a');
      expect(await resume()).toMatchObject({
        rooms: [{ roomId: 'b' }],
        lost: [{ roomId: 'a', code: expired }],
      });
      expect(leftRooms()).toEqual(['a']);
    });

    test('ends when its token expires, also if its gateway has crashed', async () => {
      await login('a', expiringIn(1500));
      clearInterval(heartbeat);
      await whenLeft('a');
      expect(await resume()).toBe(expired);
    });

    test('keeps a room that it entered with the AppSign', async () => {
      await login('a', {});
      await login('b', expiringIn(300));
      await suspend();
      await whenLeft('b');
      expect(await resume()).toMatchObject({ rooms: [{ roomId: 'a' }], lost: [{ roomId: 'b' }] });
    });
  });

  describe('a resume', () => {
    test('is refused with 1002056 if every token has expired and the session has not ended yet', async () => {
      await login('a', expiringIn(-1000));
      expect(await resume()).toBe(expired);
    });

    test('restores the rooms whose token is valid and removes the others', async () => {
      await login('a', expiringIn(-1000));
      const epoch = await login('b', expiringIn(60_000));
      expect(await resume()).toMatchObject({
        rooms: [{ roomId: 'b', epoch }],
        lost: [{ roomId: 'a', code: expired }],
      });
      await whenLeft('a');
      expect(leftRooms()).toEqual(['a']);
    });

    test('restores the grants of a renewed token', async () => {
      const epoch = await login('a', expiringIn(-1000));
      const note = {
        grants: expiringIn(60_000, { streams: ['s'] }),
        isUserStatusNotify: true,
        listenOnly: true,
      };
      await bus.request(roomRpc.renewMemberships, { session, rooms: [{ roomId: inTest('a'), epoch, note }] });
      expect(await resume()).toMatchObject({ rooms: [{ roomId: 'a', note }], lost: [] });
    });

    test('checks the secret before it reports an expired token', async () => {
      await login('a', expiringIn(-1000));
      expect(await resume('b'.repeat(64))).toBe(1002033);
    });
  });

  describe('an expiry that a gateway reports', () => {
    test('removes the member and its stream with the reason kicked', async () => {
      const epoch = await login('a', expiringIn(-1000));
      await login('b', expiringIn(60_000));
      await share('s', 'a', epoch);
      await expire('a', epoch);
      await whenLeft('a');
      expect(facts.find(({ fact }) => fact.type === 'streamRemoved')?.fact).toMatchObject({ reason: 4 });
      expect(await listRooms()).toEqual(['b']);
      await waitFor(() => expulsions.length > 0, { describe: 'the expulsion event' });
      expect(expulsions).toMatchObject([{ roomId: inTest('a'), code: expired }]);
    });

    test('ends the session with its last room', async () => {
      const epoch = await login('a', expiringIn(-1000));
      await share('s', 'a', epoch);
      await expire('a', epoch);
      await whenLeft('a');
      await waitFor(() => expulsions.length > 0, { describe: 'the expulsion event' });
      expect(expulsions[0]).toMatchObject({ session, code: expired });
      expect(expulsions[0]).not.toHaveProperty('roomId');
      expect(await resume()).toBe(1002052);
      await expire('a', epoch);
    });
  });
});

function expiringIn(ms: number, more: Grants = {}): Grants {
  return { ...more, expiresAtMs: Date.now() + ms };
}

async function login(roomId: string, grants: Grants): Promise<number> {
  const user = { userId: session.userId, userName: session.userId };
  const { epoch } = await bus.request(roomRpc.login, {
    session,
    gatewayId,
    user,
    sessionUserName: user.userName,
    roomId: inTest(roomId),
    mode: 'multi',
    requestId: roomId,
    opens: true,
    resumeTokenHash,
    note: { grants, isUserStatusNotify: false },
  });
  return epoch;
}

async function share(streamId: string, roomId: string, epoch: number): Promise<void> {
  const user = { userId: session.userId, userName: session.userId };
  const id = `${streamId}-${session.userId}`;
  await bus.request(roomRpc.claimStream, { session, nodeId: 'nd_1', streamId: id, channel: 0 });
  await bus.request(roomRpc.shareStream, {
    session,
    user,
    epoch,
    roomId: inTest(roomId),
    streamId: id,
    kinds: ['audio'],
  });
}

async function suspend(): Promise<void> {
  await bus.request(roomRpc.suspendSession, { session, gatewayId, attach: 1 });
}

async function expire(roomId: string, epoch: number): Promise<void> {
  const rooms = [{ roomId: inTest(roomId), epoch }];
  await bus.request(roomRpc.expireMemberships, { session, rooms });
}

/** The reply with the room IDs as the test names them, or the code of the refusal. */
async function resume(tokenHash = resumeTokenHash): Promise<unknown> {
  try {
    const reply = await bus.request(roomRpc.resumeSession, {
      session,
      gatewayId,
      resumeTokenHash: tokenHash,
    });
    const rename = <R extends { roomId: string }>(room: R): R => ({ ...room, roomId: asNamed(room.roomId) });
    return { ...reply, rooms: reply.rooms.map(rename), lost: reply.lost.map(rename) };
  } catch (error) {
    if (error instanceof AppError) {
      return error.code;
    }
    throw error;
  }
}

function whenLeft(roomId: string): Promise<unknown> {
  return waitFor(() => leftRooms().includes(roomId), { timeoutMs: 15_000, describe: `${roomId} to be left` });
}

function leftRooms(): string[] {
  return facts.filter(({ fact }) => fact.type === 'memberLeft').map(({ roomId }) => asNamed(roomId));
}

async function listRooms(): Promise<string[]> {
  const { rooms } = await bus.request(roomAdminRpc.listUserRooms, { appId, userId: session.userId });
  return rooms.map(({ roomId }) => asNamed(roomId));
}

/** Room IDs are unique per test. */
function inTest(roomId: string): string {
  return `${session.userId}-${roomId}`;
}

function asNamed(roomId: string): string {
  return roomId.replace(`${session.userId}-`, '');
}

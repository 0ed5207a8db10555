import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Bus } from '@polyroom/bus';
import { authRpc, roomRpc, type SessionRef } from '@polyroom/contracts';
import { defaultEntitlements } from '@polyroom/entitlements';
import { runService, type RunningService } from '@polyroom/nest-service';
import { createLogger } from '@polyroom/observability';
import { RoomStore } from '@polyroom/room-store';
import { redisKinds, type RunningServer, startNats, startRedisOf, waitFor } from '@polyroom/testing';
import { RoomModule } from '../room.module.js';

const appId = 7;
const gatewayId = 'gw_1';
const roomId = 'a';

describe.each(redisKinds)('on %s Redis', (kind) => {
  let nats: RunningServer;
  let redis: Awaited<ReturnType<typeof startRedisOf>>;
  let bus: Bus;
  let service: RunningService;
  let store: RoomStore;
  let heartbeat: NodeJS.Timeout;

  beforeAll(async () => {
    [nats, redis] = await Promise.all([startNats(), startRedisOf(kind)]);
    const logger = createLogger('room', 'silent');
    store = await RoomStore.connect({ url: redis.url, prefix: 'pr', onError: () => {} });
    const own = await Bus.connect({ url: nats.url, name: 'room', logger });
    const config = {
      POLYROOM_NATS_URL: nats.url,
      POLYROOM_HTTP_HOST: '127.0.0.1',
      POLYROOM_HTTP_PORT: 0,
      POLYROOM_LOG_LEVEL: 'silent' as const,
      POLYROOM_FAST_IO: true,
      POLYROOM_REDIS_URL: redis.url,
      POLYROOM_REDIS_PREFIX: 'pr',
      POLYROOM_SESSION_GRACE_MS: 300,
      POLYROOM_GATEWAY_LEASE_MS: 5000,
    };
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
    bus.respond(authRpc.getEntitlements, authRpc.getEntitlements.subject, undefined, async () => ({
      entitlements: { ...defaultEntitlements, multiRoom: true },
      version: 1,
    }));
    await bus.flush();
    await bus.request(roomRpc.heartbeat, { gatewayId });
    heartbeat = setInterval(() => void bus.request(roomRpc.heartbeat, { gatewayId }).catch(() => {}), 500);
  });
  afterAll(async () => {
    clearInterval(heartbeat);
    await bus?.close();
    await service?.close();
    await redis?.close();
    await nats?.close();
  });

  test('a session admitted after its gateway gave it up is found by the gateway and ended', async () => {
    const session: SessionRef = { appId, userId: 'u', sessionId: 'se_1' };
    // The steps of a login whose process is stopped after the first one, while the gateway gives up.
    await store.leases.bindSession(session, gatewayId);
    await bus.request(roomRpc.suspendSession, { session, gatewayId, attach: 0 });
    await enterLate(session);
    expect(await listedSessions()).toEqual([]);

    await store.leases.remindOfRoom(appId, roomId, 0);
    await waitFor(async () => (await listedSessions()).length > 0, {
      timeoutMs: 5000,
      describe: 'the session in the list of its gateway',
    });
    expect(await listedSessions()).toEqual([session]);

    // A gateway suspends the listed sessions that it does not hold.
    await bus.request(roomRpc.suspendSession, { session, gatewayId, attach: 0 });
    await waitFor(
      async () => {
        const { rooms, sessions } = await store.reader.readUser(appId, session.userId);
        return rooms.length === 0 && sessions.length === 0;
      },
      { timeoutMs: 5000, describe: 'the session to end' },
    );
    expect(await listedSessions()).toEqual([]);
  });

  test('a gateway that lists a session held by another gateway is rid of it by a suspend', async () => {
    const session: SessionRef = { appId, userId: 'v', sessionId: 'se_2' };
    await store.leases.bindSession(session, gatewayId);
    await enterLate(session);
    await bus.request(roomRpc.resumeSession, {
      session,
      gatewayId: 'gw_2',
      resumeTokenHash: 'a'.repeat(64),
    });
    await store.leases.bindSession(session, gatewayId);
    await bus.request(roomRpc.suspendSession, { session, gatewayId, attach: 0 });
    expect(await listedSessions()).toEqual([]);
    const { sessions } = await store.reader.readUser(appId, session.userId);
    expect(sessions).toMatchObject([{ state: 'live', gatewayId: 'gw_2' }]);
  });

  async function listedSessions(): Promise<SessionRef[]> {
    return (await bus.request(roomRpc.listGatewaySessions, { gatewayId, cursor: '0' })).sessions;
  }

  async function enterLate(session: SessionRef): Promise<void> {
    const { epoch, leaseMs } = await store.user.admit({
      session,
      roomId,
      gatewayId,
      nodeId: undefined,
      userName: session.userId,
      mode: 'multi',
      userMatches: true,
      limit: 5,
      policy: 'share',
      requestId: '1',
      enterLeaseMs: 15_000,
      opens: true,
      tokenHash: 'a'.repeat(64),
      note: JSON.stringify({ grants: {}, isUserStatusNotify: false }),
      replaces: undefined,
      rightsEndMs: undefined,
    });
    await store.room.enter(session, roomId, {
      epoch: epoch!,
      leaseMs,
      userName: session.userId,
      maxMemberCount: 0,
      maxMembersPerRoom: 0,
      mostMembers: 0,
    });
    expect(await store.user.confirm(session, roomId, epoch!)).toBe(true);
  }
});

import { type MembershipNote, type SessionRef, snapshotMostMembers } from '@polyroom/contracts';
import { type OutboxOwner, type RoomStore, sessionCountId } from '@polyroom/room-store';

/** As in the room service (apps/room/src/login, logout, reconcile). */
const enterLeaseMs = 15_000;
const roomCheckEveryMs = 30_000;
const emptyRoomCheckMs = 1000;
const fenceMs = 30_000;
/** Limits of the AppID that this many users do not reach: the logins are counted all the same. */
const unreached = 10_000_000;
const loginsPerSecond = 1_000_000;
const eventsAtOnce = 200;

/** A login of a simulated gateway. */
export interface Login {
  session: SessionRef;
  roomId: string;
  gatewayId: string;
  nodeId: string;
  /** Whether it opens the session. */
  opens: boolean;
  maxRooms: number;
}

/** The calls of Redis that the room service makes, in its order, and without the bus. */
export class RoomCalls {
  private counting: Promise<unknown>[] = [];

  constructor(private readonly store: RoomStore) {}

  /** Waits until all logins are counted: most are counted some ms later, together. */
  async settle(): Promise<void> {
    await Promise.all(this.counting);
    this.counting = [];
  }

  /** Returns the epoch of the membership. Throws if a rule refuses the login. */
  async login(login: Login): Promise<number> {
    const { store } = this;
    const { session, roomId, gatewayId, opens } = login;
    const { appId, userId } = session;
    const counted = await store.quotas.logins.count(
      appId,
      { loginsPerSecond, limits: countedOf(login) },
      Date.now(),
    );
    if ('reached' in counted) {
      throw new Error(`the limit on ${counted.reached} is reached`);
    }
    this.counting.push(counted.added());
    if (opens) {
      await store.leases.bindSession(session, gatewayId);
    }
    const { epoch, leaseMs, refused } = await store.user.admit({
      ...{ session, roomId, gatewayId, opens, nodeId: login.nodeId, userName: userId, mode: 'multi' },
      ...{ userMatches: true, limit: login.maxRooms, policy: 'kickOld', enterLeaseMs },
      requestId: `${session.sessionId}:1:${roomId}`,
      tokenHash: '0'.repeat(64),
      note: JSON.stringify(noteOf(session)),
      replaces: undefined,
      rightsEndMs: Date.now() + 3600_000,
      clientAddress: '203.0.113.7',
    });
    if (epoch === undefined) {
      throw new Error(`the login is refused: ${refused}`);
    }
    const entered = await store.room.enter(session, roomId, {
      ...{ epoch, leaseMs, userName: userId },
      ...{ maxMemberCount: 0, maxMembersPerRoom: 0, mostMembers: snapshotMostMembers },
    });
    if (!(await store.user.confirm(session, roomId, epoch))) {
      throw new Error(`the login of ${userId} is not confirmed`);
    }
    if (entered.isNew) {
      await Promise.all([
        store.leases.remindOfRoom(appId, roomId, roomCheckEveryMs),
        store.roomList.add(appId, roomId),
      ]);
    }
    await this.moveEvents({ appId, roomId });
    if (opens) {
      await this.moveEvents({ appId, userId });
    }
    return epoch;
  }

  async logout({ session, roomId, gatewayId }: Login, epoch: number): Promise<void> {
    const { store } = this;
    const { appId, userId } = session;
    const left = await store.room.leave(session, roomId, epoch, { fenceMs });
    if (left === undefined) {
      throw new Error(`${userId} is not in ${roomId}`);
    }
    if (left.isEmpty) {
      await store.quotas.countOut(appId, 'rooms', roomId);
      await store.roomList.drop(appId, roomId);
      await store.leases.remindOfRoom(appId, roomId, emptyRoomCheckMs);
    }
    const { sessionEnded } = await store.user.release(session, roomId, epoch);
    if (sessionEnded) {
      await store.leases.unbindSession(session, gatewayId);
      const countId = sessionCountId(session);
      await Promise.all([
        store.quotas.countOut(appId, 'sessions', countId),
        store.quotas.countOut(appId, 'interop', countId),
      ]);
      await store.reader.readUser(appId, userId);
      await store.quotas.countOut(appId, 'users', userId);
    }
    await this.moveEvents({ appId, roomId });
    if (sessionEnded) {
      await this.moveEvents({ appId, userId });
    }
  }

  /** The check that each room gets twice a minute. Returns the number of memberships that it has checked. */
  async checkRoom(appId: number, roomId: string): Promise<number> {
    const { leases, reader, room, roomList } = this.store;
    const { members } = await reader.listMembers(appId, roomId, '0');
    await Promise.all(
      members.map(async ({ userId, sessionId, epoch }) => {
        const hasSlot = await reader.hasSlot(appId, userId, roomId, sessionId, epoch);
        const { sessions } = await reader.readUser(appId, userId);
        const record = sessions.find((session) => session.sessionId === sessionId);
        if (!hasSlot || record?.state !== 'live' || !(await leases.knowsGateway(record.gatewayId))) {
          throw new Error(`the membership of ${userId} in ${roomId} is stale`);
        }
        await leases.bindSession({ appId, userId, sessionId }, record.gatewayId);
      }),
    );
    await room.sweep(appId, roomId);
    await leases.remindOfRoom(appId, roomId, roomCheckEveryMs);
    await roomList.add(appId, roomId);
    return members.length;
  }

  /** Reads what a change has recorded for the event log and drops it, as if the log had stored it. */
  private async moveEvents(owner: OutboxOwner): Promise<void> {
    const { outbox } = this.store;
    const lastId = (await outbox.read(owner, eventsAtOnce)).at(-1)?.id;
    if (lastId !== undefined) {
      await outbox.drop(owner, lastId);
    }
  }
}

function countedOf({ session, roomId, opens }: Login) {
  return {
    rooms: { id: roomId, most: unreached },
    ...(opens
      ? {
          users: { id: session.userId, most: unreached },
          sessions: { id: sessionCountId(session), most: unreached },
        }
      : {}),
  };
}

/** Of a native token for the rooms of a class. */
function noteOf({ userId }: SessionRef): MembershipNote {
  const nowMs = Date.now();
  return {
    grants: {
      rooms: [{ roomPattern: 'room-*', rights: ['login', 'publish', 'subscribe', 'message', 'share'] }],
      ...{ issuedAtMs: nowMs, expiresAtMs: nowMs + 3600_000, tokenId: `tk_${userId}` },
    },
    isUserStatusNotify: true,
  };
}

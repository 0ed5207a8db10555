import { type SessionRef } from '@polyroom/contracts';
import type { AdmitOptions, Entered, RoomStore } from './index.js';

/** Shared by the specs of the store. */
export const appId = 7;
export const tokenHash = 'a'.repeat(64);

export function session(userId: string, sessionId = `se_${userId}`): SessionRef {
  return { appId, userId, sessionId };
}

export function admitOptions(
  who: SessionRef,
  roomId: string,
  overrides: Partial<AdmitOptions> = {},
): AdmitOptions {
  return {
    session: who,
    roomId,
    gatewayId: 'gw_1',
    nodeId: 'nd_1',
    userName: who.userId,
    mode: 'multi',
    userMatches: true,
    limit: 5,
    policy: 'kickOld',
    requestId: `${who.sessionId}:${roomId}`,
    enterLeaseMs: 15_000,
    opens: true,
    tokenHash,
    note: '{}',
    replaces: undefined,
    rightsEndMs: undefined,
    ...overrides,
  };
}

export function enter(
  store: RoomStore,
  who: SessionRef,
  roomId: string,
  epoch: number,
  overrides: Partial<Parameters<RoomStore['room']['enter']>[2]> = {},
): Promise<Entered> {
  return store.room.enter(who, roomId, {
    epoch,
    leaseMs: 0,
    userName: who.userId,
    maxMemberCount: 0,
    maxMembersPerRoom: 0,
    mostMembers: 500,
    ...overrides,
  });
}

/** Runs all three steps of a login. Returns its epoch. */
export async function login(
  store: RoomStore,
  who: SessionRef,
  roomId: string,
  overrides: Partial<AdmitOptions> = {},
): Promise<number> {
  const { epoch, refused } = await store.user.admit(admitOptions(who, roomId, overrides));
  if (epoch === undefined) {
    throw new Error(`refused: ${refused}`);
  }
  await enter(store, who, roomId, epoch);
  if (!(await store.user.confirm(who, roomId, epoch))) {
    throw new Error('not confirmed');
  }
  return epoch;
}

export async function logout(
  store: RoomStore,
  who: SessionRef,
  roomId: string,
  epoch: number,
): Promise<void> {
  await store.room.leave(who, roomId, epoch, { fenceMs: 1000 });
  await store.user.release(who, roomId, epoch);
}

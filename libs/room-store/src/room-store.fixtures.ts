import { type SessionRef } from '@polyroom/contracts';
import type { AdmitOptions, Entered, RoomStore } from './index.js';

/** Shared by the specs of the store. */
export const appId = 7;
export const tokenHash = 'a'.repeat(64);

export function session(userId: string, sessionId = `se_${userId}`): SessionRef {
  return { appId, userId, sessionId };
}

export function admitOptions(
  ref: SessionRef,
  roomId: string,
  overrides: Partial<AdmitOptions> = {},
): AdmitOptions {
  return {
    session: ref,
    roomId,
    gatewayId: 'gw_1',
    nodeId: 'nd_1',
    userName: ref.userId,
    mode: 'multi',
    userMatches: true,
    limit: 5,
    policy: 'kickOld',
    requestId: `${ref.sessionId}:${roomId}`,
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
  ref: SessionRef,
  roomId: string,
  epoch: number,
  overrides: Partial<Parameters<RoomStore['room']['enter']>[2]> = {},
): Promise<Entered> {
  return store.room.enter(ref, roomId, {
    epoch,
    leaseMs: 0,
    userName: ref.userId,
    maxMemberCount: 0,
    maxMembersPerRoom: 0,
    mostMembers: 500,
    ...overrides,
  });
}

/** Runs all three steps of a login. Returns its epoch. */
export async function login(
  store: RoomStore,
  ref: SessionRef,
  roomId: string,
  overrides: Partial<AdmitOptions> = {},
): Promise<number> {
  const { epoch, refused } = await store.user.admit(admitOptions(ref, roomId, overrides));
  if (epoch === undefined) {
    throw new Error(`refused: ${refused}`);
  }
  await enter(store, ref, roomId, epoch);
  if (!(await store.user.confirm(ref, roomId, epoch))) {
    throw new Error('not confirmed');
  }
  return epoch;
}

export async function logout(
  store: RoomStore,
  ref: SessionRef,
  roomId: string,
  epoch: number,
): Promise<void> {
  await store.room.leave(ref, roomId, epoch, { fenceMs: 1000 });
  await store.user.release(ref, roomId, epoch);
}

import { AppError, newId, type SessionRef } from '@polyroom/contracts';
import { type AdmitResult, type RoomStore } from '@polyroom/room-store';
import { type Answer, type Device, unknownCode } from './device.js';
import { type CheckedUser } from './history.js';
import { type Random } from './random.js';

const longLeaseMs = 15_000;
/** So short that some logins lose their place while they are entering. */
const shortLeaseMs = 12;
const mostDawdleMs = 20;
const fenceMs = 30_000;
const tokenHash = '0'.repeat(64);

/** A session whose logins call the Lua commands directly, in the order of the room service. */
export class StoreDevice implements Device {
  readonly path = 'store';
  readonly survivesEnd = false;
  readonly hasGrace = false;
  readonly lostAtMs = undefined;
  private readonly session: SessionRef;
  /** Whether a login of this session was admitted: no later login opens the session. */
  private opened = false;

  constructor(
    private readonly store: RoomStore,
    private readonly user: CheckedUser,
    private readonly gatewayId: string,
    private readonly random: Random,
  ) {
    this.session = { appId: user.appId, userId: user.userId, sessionId: newId('session') };
  }

  async login(roomId: string, requestId: number): Promise<Answer> {
    try {
      return await this.enter(roomId, String(requestId));
    } catch (error) {
      return { code: codeOf(error) };
    }
  }

  async logout(roomId: string, epoch = 1): Promise<Answer> {
    try {
      await this.store.room.leave(this.session, roomId, epoch, { fenceMs });
      await this.store.user.release(this.session, roomId, epoch);
      return { code: 0 };
    } catch (error) {
      return { code: codeOf(error) };
    }
  }

  async end(): Promise<Answer> {
    try {
      await this.endSession(this.session);
      return { code: 0 };
    } catch (error) {
      return { code: codeOf(error) };
    }
  }

  /** Retries until it succeeds: no other component knows of this session. */
  async cut(): Promise<void> {
    for (let attempt = 0; attempt < 20; attempt++) {
      if ((await this.end()).code === 0) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  private async enter(roomId: string, requestId: string): Promise<Answer> {
    const { store, session, user } = this;
    const hurried = this.random.chance(0.03);
    const admitted = await store.user.admit({
      session,
      roomId,
      gatewayId: this.gatewayId,
      nodeId: undefined,
      userName: user.userId,
      mode: user.mode,
      userMatches: true,
      limit: user.limit,
      policy: user.policy,
      requestId,
      enterLeaseMs: hurried ? shortLeaseMs : longLeaseMs,
      opens: !this.opened,
      tokenHash,
      note: '{}',
      replaces: undefined,
      rightsEndMs: undefined,
    });
    await this.clearAway(admitted);
    if (admitted.refused !== undefined) {
      throw new AppError(admitted.refused);
    }
    if (hurried) {
      await new Promise((resolve) => setTimeout(resolve, this.random.below(mostDawdleMs)));
    }
    const epoch = admitted.epoch!;
    try {
      await store.room.enter(session, roomId, {
        epoch,
        leaseMs: admitted.leaseMs,
        userName: user.userId,
        maxMemberCount: 0,
        maxMembersPerRoom: 0,
        mostMembers: 0,
      });
      this.opened = true;
    } catch (error) {
      await store.user.release(session, roomId, epoch);
      throw error;
    }
    if (!(await store.user.confirm(session, roomId, epoch))) {
      await store.room.leave(session, roomId, epoch, { fenceMs });
      throw new AppError('ROOM_SESSION_EXCEPTION_KICKED_OUT');
    }
    return { code: 0, epoch, sessionId: session.sessionId };
  }

  /** What this login took from other sessions. */
  private async clearAway(admitted: AdmitResult): Promise<void> {
    const { appId, userId } = this.session;
    for (const { roomId, epoch, sessionId } of admitted.swept) {
      await this.store.room.leave({ appId, userId, sessionId }, roomId, epoch, { fenceMs });
    }
    for (const sessionId of admitted.out) {
      await this.endSession({ appId, userId, sessionId });
    }
  }

  private async endSession(session: SessionRef): Promise<void> {
    const held = await this.store.user.beginEnd(session);
    if (typeof held === 'object') {
      for (const { roomId, epoch } of held.rooms) {
        await this.store.room.leave(session, roomId, epoch, { fenceMs });
      }
      await this.store.user.finishEnd(session);
    }
  }
}

function codeOf(error: unknown): number {
  return error instanceof AppError ? error.code : unknownCode;
}

import { type Bus } from '@polyroom/bus';
import { AppError, newId, roomRpc, type SessionRef } from '@polyroom/contracts';
import { type Answer, type Device, unknownCode } from './device.js';
import { type CheckedUser } from './history.js';

/** A session that sends requests to the room service directly, as a gateway does. */
export class BusDevice implements Device {
  readonly path = 'bus';
  readonly survivesEnd = false;
  readonly hasGrace = true;
  readonly lostAtMs = undefined;
  private readonly session: SessionRef;
  /** Whether a login of this session was admitted: no later login opens the session. */
  private opened = false;

  constructor(
    private readonly bus: Bus,
    private readonly user: CheckedUser,
    private readonly gatewayId: string,
  ) {
    this.session = { appId: user.appId, userId: user.userId, sessionId: newId('session') };
  }

  async login(roomId: string, requestId: number): Promise<Answer> {
    const { userId, mode } = this.user;
    try {
      const { epoch } = await this.bus.request(roomRpc.login, {
        session: this.session,
        gatewayId: this.gatewayId,
        user: { userId, userName: userId },
        sessionUserName: userId,
        roomId,
        mode,
        requestId: String(requestId),
        opens: !this.opened,
        resumeTokenHash: '0'.repeat(64),
        note: { grants: {}, isUserStatusNotify: false },
      });
      this.opened = true;
      return { code: 0, epoch, sessionId: this.session.sessionId };
    } catch (error) {
      return { code: codeOf(error) };
    }
  }

  async logout(roomId: string, epoch = 1): Promise<Answer> {
    try {
      await this.bus.request(roomRpc.logout, { session: this.session, roomId, epoch });
      return { code: 0 };
    } catch (error) {
      return { code: codeOf(error) };
    }
  }

  async end(): Promise<Answer> {
    try {
      await this.bus.request(roomRpc.endSession, { session: this.session });
      return { code: 0 };
    } catch (error) {
      return { code: codeOf(error) };
    }
  }

  async cut(): Promise<void> {
    const { session, gatewayId } = this;
    for (let attempt = 0; attempt < 10; attempt++) {
      try {
        await this.bus.request(roomRpc.suspendSession, { session, gatewayId, attach: 0 });
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  }
}

function codeOf(error: unknown): number {
  return error instanceof AppError ? error.code : unknownCode;
}

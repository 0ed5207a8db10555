import {
  type ClientParams,
  type ClientResult,
  type ClientErrorName,
  findClientErrorName,
} from '@polyroom/contracts/client';
import { type Link } from '../signal/link.js';
import { PolyroomError } from '../polyroom-error.js';
import { isNetworkError, throwIfLost } from './room-errors.js';

interface Ticket {
  sessionId: string;
  resumeToken: string;
  userId: string;
}

/** Refusals that are reported to the application: the session was ended on purpose. */
const endedOnPurpose = new Set<ClientErrorName | undefined>([
  'COMMON_APP_OFFLINE',
  'ROOM_KICKED_OUT',
  'ROOM_MANUAL_KICKED_OUT',
  'ROOM_TOKEN_EXPIRED_KICKED_OUT',
  'ROOM_TOKEN_REVOKED',
]);

/** The servers keep a session without a connection no longer than this. */
const graceMs = 120_000;

/** Resumes a session on another connection, for as long as the servers keep it. */
export class SessionTicket {
  private ticket: Ticket | undefined;
  /** The session's connection is lost. */
  private isDetached = false;
  private needsMedia = false;
  /** When all rooms were left without the servers' knowledge, in ms of `performance.now()`. */
  private leftAtMs: number | undefined;

  /** Stores the ticket that a session's first login returns. */
  note({ sessionId, resumeToken }: ClientResult<'room.login'>, userId: string): void {
    if (resumeToken !== undefined) {
      this.leftAtMs = undefined;
      this.isDetached = false;
      this.ticket = { sessionId, resumeToken, userId };
    }
  }

  /** The connection is lost; the session may still exist. */
  detach(): void {
    this.isDetached = true;
  }

  /** The client ended the session. */
  forget(): void {
    this.ticket = undefined;
    this.leftAtMs = undefined;
  }

  /** All rooms were left, and the servers were not reached: the session still shows the user in them. */
  markLeft(): void {
    this.leftAtMs ??= performance.now();
  }

  /** Whether the servers keep a session that the client has ended. */
  get isLeft(): boolean {
    return (
      this.ticket !== undefined && this.leftAtMs !== undefined && performance.now() - this.leftAtMs < graceMs
    );
  }

  /** Ends a session whose rooms were all left; resumes it first if detached. Throws if the connection fails. */
  async end(link: Link, appId: number): Promise<void> {
    await this.redeem(link, appId, []);
    if (this.ticket !== undefined) {
      await link.call('room.logout', {}).catch(throwIfLost);
    }
    this.forget();
  }

  /** The next resume requests new transports, because the session's no longer work. */
  renewMedia(): void {
    this.needsMedia = true;
  }

  /**
   * Resumes all rooms in one request. Resolves to undefined if no session is without a connection, and to an
   * error if it was ended on purpose. Throws if the connection failed: the session may still exist.
   */
  async redeem(
    link: Link,
    appId: number,
    rooms: ClientParams<'session.resume'>['rooms'],
  ): Promise<ClientResult<'session.resume'> | PolyroomError | undefined> {
    if (this.ticket === undefined || !this.isDetached) {
      return undefined;
    }
    const renewal = this.needsMedia ? { renewMedia: true } : {};
    try {
      const result = await link.call('session.resume', { appId, ...this.ticket, ...renewal, rooms });
      this.isDetached = false;
      this.needsMedia = false;
      return result;
    } catch (error) {
      const failure = PolyroomError.from(error, 'ROOM_INNER_ERROR');
      const name = findClientErrorName(failure.code);
      if (name !== 'ROOM_DISCONNECT' && (isNetworkError(failure) || failure.retryable)) {
        throw failure;
      }
      this.ticket = undefined;
      return endedOnPurpose.has(name) ? failure : undefined;
    }
  }
}

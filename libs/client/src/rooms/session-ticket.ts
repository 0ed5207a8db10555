import {
  type ClientParams,
  type ClientResult,
  type ErrorName,
  findErrorName,
} from '@polyroom/contracts/client';
import { type Link } from '../signal/link.js';
import { PolyroomError } from '../polyroom-error.js';
import { isNetworkError } from './room-errors.js';

interface Ticket {
  sessionId: string;
  resumeToken: string;
  userId: string;
}

/** Refusals that are reported to the application: the session was ended on purpose. */
const endedOnPurpose = new Set<ErrorName | undefined>([
  'COMMON_APP_OFFLINE',
  'ROOM_KICKED_OUT',
  'ROOM_MANUAL_KICKED_OUT',
  'ROOM_TOKEN_EXPIRED_KICKED_OUT',
  'ROOM_TOKEN_REVOKED',
]);

/** Resumes a session on another connection, for as long as the servers keep it. */
export class SessionTicket {
  private ticket: Ticket | undefined;
  private needsMedia = false;

  /** Stores the ticket that a session's first login returns. */
  note({ sessionId, resumeToken }: ClientResult<'room.login'>, userId: string): void {
    if (resumeToken !== undefined) {
      this.ticket = { sessionId, resumeToken, userId };
    }
  }

  /** The client ended the session. */
  forget(): void {
    this.ticket = undefined;
  }

  /** The next resume requests new transports, because the session's no longer work. */
  renewMedia(): void {
    this.needsMedia = true;
  }

  /**
   * Resumes all rooms in one request. Resolves to undefined if there is no session to resume, and to an error
   * if it was ended on purpose. Throws if the connection failed: the session may still exist.
   */
  async redeem(
    link: Link,
    appId: number,
    rooms: ClientParams<'session.resume'>['rooms'],
  ): Promise<ClientResult<'session.resume'> | PolyroomError | undefined> {
    if (this.ticket === undefined) {
      return undefined;
    }
    const renewal = this.needsMedia ? { renewMedia: true } : {};
    try {
      const result = await link.call('session.resume', { appId, ...this.ticket, ...renewal, rooms });
      this.needsMedia = false;
      return result;
    } catch (error) {
      const failure = PolyroomError.from(error, 'ROOM_INNER_ERROR');
      const name = findErrorName(failure.code);
      if (name !== 'ROOM_DISCONNECT' && (isNetworkError(failure) || failure.retryable)) {
        throw failure;
      }
      this.ticket = undefined;
      return endedOnPurpose.has(name) ? failure : undefined;
    }
  }
}

import { type ClientParams, type ClientResult, type ErrorName, findErrorName } from '@polyroom/contracts';
import { type Link } from '../signal/link.js';
import { ZegoError } from '../zego-error.js';
import { isNetworkError } from './room-results.js';

interface Ticket {
  sessionId: string;
  resumeToken: string;
  userId: string;
}

/** Refusals that are reported to the application: the session was ended on purpose. */
const putOut = new Set<ErrorName | undefined>([
  'ROOM_KICKED_OUT',
  'ROOM_MANUAL_KICKED_OUT',
  'ROOM_TOKEN_EXPIRED_KICKED_OUT',
]);

/** With it a session is taken up again on another connection, for as long as the servers keep it. */
export class SessionTicket {
  private ticket: Ticket | undefined;
  private needsMedia = false;

  /** The answer of a session's first login brings it. */
  note({ sessionId, resumeToken }: ClientResult<'room.login'>, userId: string): void {
    if (resumeToken !== undefined) {
      this.ticket = { sessionId, resumeToken, userId };
    }
  }

  /** The session is over, by one's own wish. */
  forget(): void {
    this.ticket = undefined;
  }

  /** The next resume asks for new transports: those of the session do not work any more. */
  renewMedia(): void {
    this.needsMedia = true;
  }

  /**
   * All rooms in one request. Undefined where there is no session to take up, an error where it was put
   * out. Throws where the connection failed: the session may still be there.
   */
  async redeem(
    link: Link,
    appId: number,
    rooms: ClientParams<'session.resume'>['rooms'],
  ): Promise<ClientResult<'session.resume'> | ZegoError | undefined> {
    if (this.ticket === undefined) {
      return undefined;
    }
    const renewal = this.needsMedia ? { renewMedia: true } : {};
    try {
      const result = await link.call('session.resume', { appId, ...this.ticket, ...renewal, rooms });
      this.needsMedia = false;
      return result;
    } catch (error) {
      const failure = ZegoError.from(error, 'ROOM_INNER_ERROR');
      const name = findErrorName(failure.code);
      if (name !== 'ROOM_DISCONNECT' && (isNetworkError(failure) || failure.retryable)) {
        throw failure;
      }
      this.ticket = undefined;
      return putOut.has(name) ? failure : undefined;
    }
  }
}

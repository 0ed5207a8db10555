import { KeyedQueue } from '@polyroom/bus';
import {
  AppError,
  type ErrorName,
  newId,
  type RoomMode,
  type SessionRef,
  type User,
} from '@polyroom/contracts';
import { Downlinks } from './downlinks.js';
import { type Membership } from './membership.js';
import { type Upstream } from './upstream.js';
import { type SessionConnection } from '../connection/session-connection.js';
import { type SessionSlot } from './session-slot.js';

export interface ClientSessionOptions {
  appId: number;
  mode: RoomMode;
  user: User;
  gatewayId: string;
  /** The media node that carries it. */
  nodeId: string;
  /** Later logins may leave it out. */
  appSign: string | undefined;
  /** Of a session that is resumed; a new one is made otherwise. */
  sessionId?: string;
  /** Which of the session's sockets this is, counted up by each resume. */
  attach: number;
  /** SHA-256 (hex) of the secret that the client resumes with. */
  resumeTokenHash: string;
  clientAddress: string | undefined;
}

/**
 * One user's login from one device: the state of it that this gateway holds. It decides nothing by
 * itself; the methods and the classes beside it do.
 */
export class ClientSession {
  readonly ref: SessionRef;
  readonly memberships = new Map<string, Membership>();
  readonly upstreams = new Map<string, Upstream>();
  readonly downlinks = new Downlinks();
  /** Logging into and out of one room, in turn. */
  readonly roomQueue = new KeyedQueue();
  /** Work on one published stream, in turn. */
  readonly publishQueue = new KeyedQueue();
  /** Work on one played stream, in turn. */
  readonly playQueue = new KeyedQueue();
  /** Serializes token replacements. */
  readonly tokenQueue = new KeyedQueue();
  /** Rooms lost because their token expired, until they are entered again: requests for them get 1002056. */
  readonly expiredRoomIds = new Set<string>();
  state: 'open' | 'ended' = 'open';
  /** Whether its first login, or its resume, is through: before that its lists are not complete. */
  isSettled = false;
  /** Set once its removal from the expiry wheel is registered. */
  isWatchedForExpiry = false;
  /** Set if the session ended because the tokens of all its rooms had expired. */
  hasExpired = false;
  private readonly endings: (() => void)[] = [];
  private readonly pendingLogins = new Set<Promise<unknown>>();
  /** Rooms that are being entered, from the client's request on. */
  private readonly entering = new Map<string, Promise<unknown>>();

  constructor(
    readonly options: ClientSessionOptions,
    readonly connection: SessionConnection,
    readonly slot: SessionSlot<ClientSession>,
  ) {
    const sessionId = options.sessionId ?? newId('session');
    this.ref = { appId: options.appId, userId: options.user.userId, sessionId };
  }

  get sessionId(): string {
    return this.ref.sessionId;
  }

  /** The membership of a room. Throws `error` without one, and 1002056 if its token has expired. */
  getMembership(roomId: string, error: ErrorName): Membership {
    const membership = this.memberships.get(roomId);
    if (membership !== undefined && !membership.hasExpired()) {
      return membership;
    }
    const hasExpired = membership !== undefined || this.expiredRoomIds.has(roomId);
    throw new AppError(hasExpired ? 'ROOM_TOKEN_EXPIRED_KICKED_OUT' : error, { details: { roomId } });
  }

  getUpstream(streamId: string): Upstream {
    const upstream = this.upstreams.get(streamId);
    if (upstream === undefined) {
      throw new AppError('PUBLISHER_PUBLISH_STREAM_FAILED', {
        details: { streamId, problem: 'not published' },
      });
    }
    return upstream;
  }

  /** Counts a login until it is settled: a session with logins under way is not ended for want of rooms. */
  trackLogin<T>(login: Promise<T>): Promise<T> {
    this.pendingLogins.add(login);
    const forget = () => this.pendingLogins.delete(login);
    login.then(forget, forget);
    return login;
  }

  /** What comes right behind the login into a room waits for it, so that both take one round trip. */
  noteEntering(roomId: string, entering: Promise<unknown>): void {
    this.entering.set(roomId, entering);
    const forget = () => {
      if (this.entering.get(roomId) === entering) {
        this.entering.delete(roomId);
      }
    };
    entering.then(forget, forget);
  }

  /** When a login into this room that is under way is settled, whichever way. */
  async whenEntered(roomId: string): Promise<void> {
    await this.entering.get(roomId)?.catch(() => undefined);
  }

  get isIdle(): boolean {
    return this.memberships.size === 0 && !this.hasPendingLogins;
  }

  get hasPendingLogins(): boolean {
    return this.pendingLogins.size > 0;
  }

  /** Runs `work` when this gateway ends the session, for whatever reason. */
  whenEnded(work: () => void): void {
    this.endings.push(work);
  }

  /** Marks the session as ended; returns false if it was already. */
  markEnded(): boolean {
    if (this.state === 'ended') {
      return false;
    }
    this.state = 'ended';
    this.endings.forEach((work) => work());
    return true;
  }

  /** When the logins of this moment are settled. */
  async whenLoginsSettled(): Promise<void> {
    await Promise.allSettled([...this.pendingLogins]);
  }
}

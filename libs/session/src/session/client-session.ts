import { KeyedQueue } from '@polyroom/async';
import {
  AppError,
  type ErrorName,
  type Grants,
  isOfToken,
  type MediaKind,
  newId,
  type RoomMode,
  type SessionRef,
  type StreamKind,
  type TokenEnd,
  type User,
} from '@polyroom/contracts';
import { type SessionConnection } from '../connection/session-connection.js';
import { Downlinks, type DownlinksView } from './downlinks.js';
import { type Membership } from './membership.js';
import { type SessionSlot } from './session-slot.js';
import { StreamQueue } from './stream-queue.js';
import { type HeldUpstream, type Upstream, UpstreamState } from './upstream.js';

export interface ClientSessionOptions {
  readonly appId: number;
  readonly mode: RoomMode;
  readonly user: User;
  readonly gatewayId: string;
  /** Later logins may omit it. */
  readonly appSign: string | undefined;
  /** Of a session that is resumed; a new session gets a new ID. */
  readonly sessionId?: string;
  /** The number of the session's socket; each resume increments it. */
  readonly attach: number;
  /** SHA-256 (hex) of the secret that the client resumes with. */
  readonly resumeTokenHash: string;
  readonly clientAddress: string | undefined;
}

/**
 * One user's login from one device, as this gateway holds it. It owns its rooms, upstreams and downlinks: other
 * classes ask other services, and change the state here. Every change takes effect within the call.
 */
export class ClientSession {
  readonly ref: SessionRef;
  private currentNodeId: string;
  private currentState: 'open' | 'ended' = 'open';
  private settled = false;
  private tokenEnd: TokenEnd | undefined;
  private expulsion: number | undefined;
  private tokenAccepted = false;
  private readonly rooms = new Map<string, Membership>();
  /** Rooms lost because their token ended, until they are entered again: requests for them get 1002056 or 1190403. */
  private readonly endedRooms = new Map<string, TokenEnd>();
  private readonly streams = new Map<string, UpstreamState>();
  private readonly played = new Downlinks();
  private readonly endings: (() => void)[] = [];
  private readonly enterings: ((membership: Membership) => void)[] = [];
  private readonly leavings: ((membership: Membership) => void)[] = [];
  private readonly pendingLogins = new Set<Promise<unknown>>();
  private readonly roomQueue = new KeyedQueue();
  private readonly upstreamQueue = new StreamQueue();
  private readonly playerQueue = new KeyedQueue();
  private readonly downlinkQueue = new KeyedQueue();
  private readonly sessionQueue = new KeyedQueue<'dataChannels' | 'tokens'>();

  /** `nodeId` is the media node that carries the session. */
  constructor(
    readonly options: ClientSessionOptions,
    nodeId: string,
    readonly connection: SessionConnection,
    readonly slot: SessionSlot<ClientSession>,
  ) {
    const sessionId = options.sessionId ?? newId('session');
    this.ref = { appId: options.appId, userId: options.user.userId, sessionId };
    this.currentNodeId = nodeId;
  }

  get sessionId(): string {
    return this.ref.sessionId;
  }

  // Lifetime

  get state(): 'open' | 'ended' {
    return this.currentState;
  }

  /** Whether the first login or the resume is done; before that the lists of rooms and streams are incomplete. */
  get isSettled(): boolean {
    return this.settled;
  }

  markSettled(): void {
    this.settled = true;
  }

  /** Set if the session ended because the tokens of all its rooms had ended. */
  get endOfTokens(): TokenEnd | undefined {
    return this.tokenEnd;
  }

  markTokensEnded(why: TokenEnd): void {
    this.tokenEnd = why;
  }

  /** Set if the session ended because it was removed from all its rooms: the code of the removal. */
  get expulsionCode(): number | undefined {
    return this.expulsion;
  }

  markExpelled(code: number): void {
    this.expulsion = code;
  }

  /** Whether the session is in no room and no login is in progress. */
  get isIdle(): boolean {
    return this.rooms.size === 0 && !this.hasPendingLogins;
  }

  /** Runs `work` when this gateway ends the session, for any reason. */
  whenEnded(work: () => void): void {
    this.endings.push(work);
  }

  /** Runs `work` for each room that the session enters. */
  onEntered(work: (membership: Membership) => void): void {
    this.enterings.push(work);
  }

  /** Runs `work` for each room that the session leaves before it ends. */
  onLeft(work: (membership: Membership) => void): void {
    this.leavings.push(work);
  }

  /** Ends the session on this gateway and releases its room subscriptions. False if it had ended before. */
  end(): boolean {
    if (this.currentState === 'ended') {
      return false;
    }
    this.currentState = 'ended';
    this.endings.forEach((work) => work());
    for (const { subscription } of this.rooms.values()) {
      subscription.release();
    }
    this.rooms.clear();
    return true;
  }

  // Media node

  get nodeId(): string {
    return this.currentNodeId;
  }

  /** The transports are on this node from now on. The client plays again what it played over the old ones. */
  moveTo(nodeId: string): void {
    this.currentNodeId = nodeId;
    this.played.loseAll();
  }

  // Rooms

  get memberships(): readonly Membership[] {
    return [...this.rooms.values()];
  }

  findMembership(roomId: string): Membership | undefined {
    return this.rooms.get(roomId);
  }

  /** The membership of a room. Throws `error` without one, and 1002056 or 1190403 if its token has ended. */
  getMembership(roomId: string, error: ErrorName): Membership {
    const membership = this.rooms.get(roomId);
    const end = this.endedRooms.get(roomId);
    if (membership !== undefined && end === undefined && !membership.hasExpired()) {
      return membership;
    }
    const refusal = end ?? (membership === undefined ? error : 'ROOM_TOKEN_EXPIRED_KICKED_OUT');
    throw new AppError(refusal, { details: { roomId } });
  }

  enter(membership: Membership): void {
    this.noteCredential(membership.token);
    this.rooms.set(membership.roomId, membership);
    this.endedRooms.delete(membership.roomId);
    this.enterings.forEach((work) => work(membership));
  }

  /** Records what a room was entered or renewed with. A token binds the session to tokens. */
  noteCredential(grants: Grants): void {
    this.tokenAccepted ||= isOfToken(grants);
  }

  /** Throws 1001005 for an AppSign if the session has a token: the AppSign would add rights that no token grants. */
  assertNotWeaker(grants: Grants, roomId: string): void {
    if (this.tokenAccepted && !isOfToken(grants)) {
      throw new AppError('ENGINE_APPSIGN_INCORRECT', {
        message: 'The session has a token, so it cannot enter a room with an AppSign: log in with a token.',
        details: { roomId, path: 'token' },
      });
    }
  }

  /**
   * Ends the membership of a room and its subscription, and removes the room from the session's upstreams. Returns
   * the upstreams that were shown nowhere else. Played streams stay bound until the media node unbinds them.
   */
  leave(roomId: string): Upstream[] {
    const left = this.rooms.get(roomId);
    if (left !== undefined) {
      this.leavings.forEach((work) => work(left));
      left.subscription.release();
      this.rooms.delete(roomId);
    }
    const shown = [...this.streams.values()].filter(({ roomIds }) => roomIds.has(roomId));
    shown.forEach((upstream) => upstream.removeRoom(roomId));
    return shown.filter(({ roomIds }) => roomIds.size === 0);
  }

  /** Marks rooms as lost with their token. Returns those that the session is in and that were not marked. */
  markTokenEnded(memberships: readonly Membership[], why: TokenEnd): Membership[] {
    const ended = memberships.filter(
      (membership) =>
        this.rooms.get(membership.roomId) === membership && !this.hasTokenEnded(membership.roomId),
    );
    ended.forEach(({ roomId }) => this.endedRooms.set(roomId, why));
    return ended;
  }

  hasTokenEnded(roomId: string): boolean {
    return this.endedRooms.has(roomId);
  }

  get hasOnlyEndedRooms(): boolean {
    return [...this.rooms.keys()].every((roomId) => this.endedRooms.has(roomId));
  }

  get hasPendingLogins(): boolean {
    return this.pendingLogins.size > 0;
  }

  /** Counts a login until it settles: a session with pending logins is not ended for being in no room. */
  trackLogin<T>(login: Promise<T>): Promise<T> {
    this.pendingLogins.add(login);
    const forget = () => this.pendingLogins.delete(login);
    login.then(forget, forget);
    return login;
  }

  /** Resolves when the logins that are pending now have settled. */
  async whenLoginsSettled(): Promise<void> {
    await Promise.allSettled([...this.pendingLogins]);
  }

  // Published streams

  get upstreams(): readonly Upstream[] {
    return [...this.streams.values()];
  }

  findUpstream(streamId: string): Upstream | undefined {
    return this.streams.get(streamId);
  }

  getUpstream(streamId: string): Upstream {
    const upstream = this.streams.get(streamId);
    if (upstream === undefined) {
      throw new AppError('PUBLISHER_PUBLISH_STREAM_FAILED', {
        details: { streamId, problem: 'not published' },
      });
    }
    return upstream;
  }

  /** Adds a claimed stream. A stream that is published already stays as it is. */
  publish(streamId: string, channel: number): void {
    if (!this.streams.has(streamId)) {
      this.streams.set(streamId, new UpstreamState(streamId, channel));
    }
  }

  /** Adds a stream that the media node and the room service held for the resumed session. */
  restoreUpstream(held: HeldUpstream): void {
    this.streams.set(held.streamId, UpstreamState.restore(held));
  }

  unpublish(streamId: string): void {
    this.streams.delete(streamId);
  }

  /** The stream has a producer of this kind. */
  addKind(streamId: string, kind: StreamKind): void {
    this.streams.get(streamId)?.addKind(kind);
  }

  /** The stream is shown in exactly these rooms, as the room service reports. */
  share(streamId: string, roomIds: Iterable<string>): void {
    this.streams.get(streamId)?.showIn(roomIds);
  }

  /** Records what the publisher mutes, for one room or, with `undefined`, for all rooms. */
  mute(streamId: string, roomId: string | undefined, kind: MediaKind, muted: boolean): void {
    this.streams.get(streamId)?.mute(roomId, kind, muted);
  }

  /** Forgets what the publisher mutes in a room. */
  clearMutes(streamId: string, roomId: string): void {
    this.streams.get(streamId)?.clearMutes(roomId);
  }

  /** Records which kinds an operator mutes in a room. */
  forbid(streamId: string, roomId: string, kinds: Iterable<MediaKind>): void {
    this.streams.get(streamId)?.forbid(roomId, kinds);
  }

  // Played streams

  get downlinks(): DownlinksView {
    return this.played;
  }

  /** Binds a played stream to a room; false if it was bound before. */
  bind(streamId: string, roomId: string): boolean {
    return this.played.add(streamId, roomId);
  }

  /** Removes one binding, or without `roomId` all bindings of the stream. */
  unbind(streamId: string, roomId?: string): void {
    this.played.remove(streamId, roomId);
  }

  /** A played stream ended without a request of the client, which may want it back. */
  loseDownlink(streamId: string): void {
    this.played.lose(streamId);
  }

  // Order of work

  /** Serializes logins to and out of one room. */
  runForRoom<T>(roomId: string, work: () => Promise<T>): Promise<T> {
    return this.roomQueue.run(roomId, work);
  }

  /** Serializes work on one published stream. */
  runForUpstream<T>(streamId: string, work: () => Promise<T>): Promise<T> {
    return this.upstreamQueue.run(streamId, work);
  }

  /** Adds a track to a published stream: concurrently with its other tracks, in sequence with other work on it. */
  runForTrack<T>(streamId: string, work: () => Promise<T>): Promise<T> {
    return this.upstreamQueue.runForTrack(streamId, work);
  }

  /**
   * Keeps the order of the client's requests for one played stream. Such a request may wait for a login; work that a
   * login may wait for runs in the downlink's queue only.
   */
  runForPlayer<T>(streamId: string, work: () => Promise<T>): Promise<T> {
    return this.playerQueue.run(streamId, work);
  }

  /** Serializes work on one played stream. */
  runForDownlink<T>(streamId: string, work: () => Promise<T>): Promise<T> {
    return this.downlinkQueue.run(streamId, work);
  }

  /** Serializes claims for data: two at once would choose the same channel. */
  runForDataChannels<T>(work: () => Promise<T>): Promise<T> {
    return this.sessionQueue.run('dataChannels', work);
  }

  /** Serializes token replacements. */
  runForTokens<T>(work: () => Promise<T>): Promise<T> {
    return this.sessionQueue.run('tokens', work);
  }
}

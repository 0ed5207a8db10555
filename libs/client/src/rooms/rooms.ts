import { type ClientErrorName, type ClientResult } from '@polyroom/contracts/client';
import { assertText, illegalArgument } from '../arguments.js';
import { type RoomChange, type RoomStateInfo } from '../client-types.js';
import { PolyroomError } from '../polyroom-error.js';
import { type Room } from './room.js';
import { requestJoin } from './room-entry.js';
import { withReason } from './room-errors.js';
import { type RoomsOptions } from './rooms-options.js';
import { SessionAttachment } from './session-attachment.js';
import { SessionTicket } from './session-ticket.js';
import { TakenRooms } from './taken-rooms.js';

/**
 * The rooms of one client, their updates, and their recovery after a connection loss. No room has a special
 * role.
 */
export class Rooms {
  private readonly rooms = new Map<string, Room>();
  /** Rooms that are no longer wanted. The leave of one without `isOver` is in progress. */
  private dropped: Room[] = [];
  readonly ticket = new SessionTicket();
  private readonly attachment: SessionAttachment;
  /** Rooms that the application left, maybe without the servers' knowledge. */
  private readonly leftOffline = new Set<string>();

  constructor(private readonly options: RoomsOptions) {
    const { events } = options.link;
    const taken = new TakenRooms(this, options);
    this.attachment = new SessionAttachment(this, this.ticket, taken, this.leftOffline, options);
    events.on('room.userUpdate', (update) => this.rooms.get(update.roomId)?.handleUserUpdate(update));
    events.on('room.streamUpdate', (update) => this.rooms.get(update.roomId)?.handleStreamUpdate(update));
    events.on('room.streamChanged', (update) => this.rooms.get(update.roomId)?.handleStreamChanged(update));
    events.on('room.attributesUpdate', (update) =>
      this.rooms.get(update.roomId)?.handleAttributesUpdate(update),
    );
    events.on('room.streamMuted', (update) => this.rooms.get(update.roomId)?.handleStreamMuted(update));
    events.on('room.onlineCount', ({ roomId, count }) =>
      this.whenIn(roomId, () => this.options.events.emit('memberCountChanged', { roomId, count })),
    );
    events.on('room.gap', ({ roomId }) => this.whenIn(roomId, () => void this.resync(roomId)));
    events.on('room.expelled', ({ code, roomId, reason }) =>
      this.expel(PolyroomError.ofCode(code), roomId, reason),
    );
  }

  get all(): Room[] {
    return [...this.rooms.values()];
  }

  /** A room that the application wants to be in, entered or not. */
  get(roomId: string): Room | undefined {
    return this.rooms.get(roomId);
  }

  add(room: Room): void {
    // A join that was not requested yet may still be left: until then, the servers show the user in the room.
    if (room.isAsked) {
      this.leftOffline.delete(room.roomId);
    }
    this.rooms.set(room.roomId, room);
  }

  /** Runs `work` for a known room, at once or when its login has been answered. */
  whenIn(roomId: string, work: () => void): void {
    this.rooms.get(roomId)?.whenIn(work);
  }

  /** The room if the user is a member of it, regardless of the connection state. */
  find(roomId: string): Room | undefined {
    const room = this.rooms.get(roomId);
    return room?.state === 'joining' ? undefined : room;
  }

  /** Whether a room shows a stream of another user. */
  shows(roomId: string, streamId: string): boolean {
    return this.rooms.get(roomId)?.streamIds.includes(streamId) === true;
  }

  /** Throws 1000002 if no room is entered, and `error` if this one is not. */
  assertIn(roomId: string, error: ClientErrorName): void {
    if (this.all.every((room) => room.state === 'joining')) {
      throw PolyroomError.of('COMMON_NOT_LOGIN_ROOM');
    }
    if (this.find(roomId) === undefined) {
      throw PolyroomError.of(error, { roomId });
    }
  }

  /** Like `assertIn`, but a pending login is sufficient: the request is sent right after it. */
  assertEntering(roomId: string, error: ClientErrorName): void {
    if (this.rooms.size === 0) {
      throw PolyroomError.of('COMMON_NOT_LOGIN_ROOM');
    }
    if (!this.rooms.has(roomId)) {
      throw PolyroomError.of(error, { roomId });
    }
  }

  /**
   * Resolves when a pending join of the room has been sent. Await it before the session's media, because the
   * join may open another session. If all rooms of the known session were left, the answer decides whether it does.
   * Throws if the room is not entered.
   */
  async whenAsked(roomId: string): Promise<void> {
    const room = this.rooms.get(roomId);
    await room?.asked;
    if (this.all.every(({ state }) => state === 'joining')) {
      await room?.login;
    }
    this.assertEntering(roomId, 'ROOM_ROOMID_INCORRECT');
  }

  /** Grants lost rooms the full retry time again. */
  restartRetryTime(): void {
    for (const room of this.rooms.values()) {
      room.lostAtMs = performance.now();
    }
  }

  /** Resumes a session that has no connection, or ends it if its rooms were left. */
  attach(): Promise<void> {
    return this.attachment.attach();
  }

  /** Sets one attribute of a room; an empty value deletes it. */
  async setAttribute(roomId: string, key: string, value: string): Promise<void> {
    try {
      assertText('roomId', roomId, 'roomId');
      for (const [path, text] of Object.entries({ key, value })) {
        if (typeof text !== 'string') {
          throw illegalArgument(path, 'expected a string');
        }
      }
      this.assertIn(roomId, 'ROOM_ROOMID_INCORRECT');
      const changes = [{ key, value }];
      const { attributes } = await this.options.link.call('room.setAttributes', { roomId, changes });
      this.rooms.get(roomId)?.noteAttributes(attributes);
    } catch (error) {
      throw PolyroomError.from(error, 'ROOM_INNER_ERROR');
    }
  }

  /** Enters a room again in a new session. Throws the server's error. */
  async rejoin(room: Room): Promise<void> {
    await room.track(() => this.enterAgain(room));
    if (this.find(room.roomId) === room) {
      this.options.onRecovered(room.roomId);
    }
  }

  private async enterAgain(room: Room): Promise<void> {
    room.forgetEarlyUpdates();
    this.handleRejoined(room, await requestJoin(this.options, room, this));
  }

  /**
   * Handles the answer to a login that had timed out. A recovery uses it, because its next login would be refused
   * with 1002064. A join has already failed, so its login is undone.
   */
  handleLateLogin(room: Room, result: ClientResult<'room.login'>): void {
    this.handleRejoined(room, result);
    if (this.find(room.roomId) === room) {
      this.options.onRecovered(room.roomId);
    }
  }

  private handleRejoined(room: Room, result: ClientResult<'room.login'>): void {
    if (this.rooms.get(room.roomId) === room) {
      this.enter(room, result, 'rejoined');
      return;
    }
    // Left, removed or given up in the meantime, but other rooms may use the session that this login opened.
    room.state = 'joined';
    this.noteSession(room, result);
    if (room.isOver) {
      this.noteUnreported([room]);
      this.options.onUnwanted(room);
    }
    // Otherwise its leave, which waits for this login, sends the logout.
  }

  /** The connection is lost: every room reports it separately. */
  markLost(): Room[] {
    this.ticket.detach();
    const lost = this.all.filter((room) => room.state === 'joined');
    for (const room of lost) {
      room.state = 'reconnecting';
      room.lostAtMs = performance.now();
      this.tell(room.roomId, 'reconnecting', { error: PolyroomError.of('ROOM_CONNECT_TEMPORARY_BROKEN') });
    }
    return lost;
  }

  /** Ends a room that cannot be entered again. */
  giveUp(room: Room, error: PolyroomError): void {
    if (this.rooms.get(room.roomId) === room) {
      this.remove(room, 'reconnectFailed', { error });
    }
  }

  /** The servers accepted the join; a leave requested in the meantime follows. */
  enter(room: Room, result: ClientResult<'room.login'>, change: 'joined' | 'rejoined'): void {
    room.state = 'joined';
    this.leftOffline.delete(room.roomId);
    this.noteSession(room, result);
    this.tell(room.roomId, change, { roomSessionId: result.snapshot.roomEpoch });
    if (this.rooms.get(room.roomId) === room) {
      room.applySnapshot(result.snapshot);
    }
  }

  /** Only the answer that opened the session has its media and its ticket. */
  private noteSession(room: Room, result: ClientResult<'room.login'>): void {
    if (result.resumeToken !== undefined) {
      // A new session: the rooms of the former one have ended with it.
      this.leftOffline.clear();
    }
    this.ticket.note(result, room.user.userId);
    this.options.onJoined(result);
  }

  /** Facts were missed: requests the room's state again and emits the differences. */
  async resync(roomId: string): Promise<void> {
    const room = this.rooms.get(roomId);
    if (room?.state !== 'joined') {
      return;
    }
    const { seq } = room.position;
    try {
      const snapshot = await this.options.link.call('room.getSnapshot', { roomId });
      if (snapshot.seq >= seq && snapshot.seq < room.position.seq) {
        // An update overtook it, and would be undone. Servers that lost data are older than `seq`.
        await this.resync(roomId);
      } else if (this.rooms.get(roomId) === room) {
        room.applySnapshot(snapshot);
      }
    } catch {
      // The connection or the room is lost too: its recovery fetches the room's state.
    }
  }

  /** The user was removed from one room, or from all if `roomId` is omitted. */
  expel(error: PolyroomError, roomId?: string, reason?: string): void {
    const rooms = roomId === undefined ? this.all : [this.rooms.get(roomId)];
    for (const room of rooms) {
      if (room !== undefined && room.state !== 'joining') {
        this.remove(room, 'removed', withReason(error, reason));
      }
    }
  }

  /** Ends the local state of a room. Idempotent, and without effect on a later join of the same room. */
  drop(room: Room, error?: PolyroomError): void {
    if (this.rooms.get(room.roomId) === room) {
      this.rooms.delete(room.roomId);
      this.dropped.push(room);
      if (room.state === 'reconnecting') {
        this.leftOffline.add(room.roomId);
      }
      this.options.onLeft(room.roomId, error);
    }
  }

  /** The user left the room. Idempotent. */
  noteLeft(room: Room): void {
    if (!room.isOver) {
      room.isOver = true;
      this.drop(room);
      this.tell(room.roomId, 'left');
    }
  }

  /** The servers may still show the user in rooms that were left, or not entered: the next resume leaves them. */
  noteUnreported(rooms: Room[]): void {
    rooms.forEach(({ roomId }) => this.leftOffline.add(roomId));
  }

  /** The room was not entered. */
  discard(room: Room): void {
    room.isOver = true;
    if (this.rooms.get(room.roomId) === room) {
      this.rooms.delete(room.roomId);
    }
  }

  /**
   * Servers end a session with its last room; rooms that were not requested yet open another session, unless
   * they are requested while the last logout is pending.
   * `isReported`: whether the servers know that the rooms were left.
   */
  endSessionIfLeft(isReported = true): void {
    this.dropped = this.dropped.filter(({ isOver }) => !isOver);
    if (this.all.some(({ isAsked }) => isAsked)) {
      return;
    }
    if (!isReported || this.ticket.isLeft) {
      this.ticket.markLeft();
    } else if (this.dropped.some(({ isAsked }) => isAsked)) {
      return;
    } else {
      this.ticket.forget();
    }
    this.options.onAllLeft();
  }

  /** Ends a room that the user was removed from, or that could not be entered again. */
  remove(
    room: Room,
    change: 'removed' | 'reconnectFailed',
    info: { error: PolyroomError; reason?: string },
  ): void {
    room.isOver = true;
    this.drop(room, info.error);
    this.tell(room.roomId, change, info);
    this.endSessionIfLeft(change === 'removed');
  }

  tell(
    roomId: string,
    change: RoomChange,
    info: Omit<RoomStateInfo, 'change' | 'roomId' | 'state'> = {},
  ): void {
    this.options.events.emit('roomStateChanged', { roomId, state: statesAfter[change], change, ...info });
  }
}

const statesAfter: Record<RoomChange, RoomStateInfo['state']> = {
  joining: 'joining',
  joined: 'joined',
  joinFailed: 'left',
  reconnecting: 'reconnecting',
  rejoined: 'joined',
  reconnectFailed: 'left',
  removed: 'left',
  leaving: 'left',
  left: 'left',
};

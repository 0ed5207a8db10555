import { type ClientResult, type ErrorName, findErrorName, type RoomSnapshot } from '@polyroom/contracts';
import { assertText, illegalArgument } from '../arguments.js';
import { type Emitter } from '../emitter.js';
import { type Link } from '../signal/link.js';
import { toFailure, ZegoError } from '../zego-error.js';
import {
  type ZegoEngineProfile,
  type ZegoEvents,
  type ZegoRoomMode,
  type ZegoRoomSetRoomExtraInfoResult,
  ZegoRoomStateChangedReason,
} from '../zego-types.js';
import { type Room } from './room.js';
import { requestLogin } from './room-entry.js';
import { SessionTicket } from './session-ticket.js';

export interface RoomsOptions {
  mode: ZegoRoomMode;
  profile: ZegoEngineProfile;
  link: Link;
  events: Emitter<ZegoEvents>;
  /** Called on every successful login; `result` includes the media of a session that it opened. */
  onLogin(result: ClientResult<'room.login'>): void;
  /** The session was resumed; `media` is set if its transports are new. */
  onResumed(result: ClientResult<'session.resume'>): void;
  /** The user is no longer in the room: left, removed or given up. `code` is 0 for a logout. */
  onLeft(roomID: string, code: number): void;
  /** The last room was left, which ends the session. */
  onAllLeft(): void;
}

/**
 * The rooms of one engine, their updates, and their recovery after a connection loss. No room has a special
 * role.
 */
export class Rooms {
  private readonly rooms = new Map<string, Room>();
  private readonly ticket = new SessionTicket();

  constructor(private readonly options: RoomsOptions) {
    const { events } = options.link;
    events.on('room.userUpdate', (update) => this.rooms.get(update.roomId)?.handleUserUpdate(update));
    events.on('room.streamUpdate', (update) => this.rooms.get(update.roomId)?.handleStreamUpdate(update));
    events.on('room.attributesUpdate', (update) =>
      this.rooms.get(update.roomId)?.handleAttributesUpdate(update),
    );
    events.on('room.streamMuted', (update) => this.rooms.get(update.roomId)?.handleStreamMuted(update));
    events.on('room.onlineCount', ({ roomId, count }) =>
      this.whenIn(roomId, () => this.options.events.emit('roomOnlineUserCountUpdate', roomId, count)),
    );
    events.on('room.gap', ({ roomId }) => void this.resync(roomId));
    events.on('room.expelled', ({ code, roomId, reason }) => this.expel(code, roomId, reason));
  }

  get all(): Room[] {
    return [...this.rooms.values()];
  }

  /** A room that the application wants to be in, entered or not. */
  get(roomID: string): Room | undefined {
    return this.rooms.get(roomID);
  }

  add(room: Room): void {
    this.rooms.set(room.roomID, room);
  }

  /** Runs `work` for a known room, at once or when its login has been answered. */
  whenIn(roomID: string, work: () => void): void {
    this.rooms.get(roomID)?.whenIn(work);
  }

  /** The room if the user is a member of it, regardless of the connection state. */
  find(roomID: string): Room | undefined {
    const room = this.rooms.get(roomID);
    return room?.state === 'logining' ? undefined : room;
  }

  /** Throws 1000002 if no room is entered, and `error` if this one is not. */
  assertIn(roomID: string, error: ErrorName): void {
    if (this.all.every((room) => room.state === 'logining')) {
      throw ZegoError.of('COMMON_NOT_LOGIN_ROOM');
    }
    if (this.find(roomID) === undefined) {
      throw ZegoError.of(error, { roomID });
    }
  }

  /** Like `assertIn`, but a pending login is sufficient: the request is sent right after it. */
  assertEntering(roomID: string, error: ErrorName): void {
    if (this.rooms.size === 0) {
      throw ZegoError.of('COMMON_NOT_LOGIN_ROOM');
    }
    if (!this.rooms.has(roomID)) {
      throw ZegoError.of(error, { roomID });
    }
  }

  /** Resolves when the login of a room that is being entered has been sent. */
  async whenAsked(roomID: string): Promise<void> {
    await this.rooms.get(roomID)?.asked;
  }

  /** The only room in single-room mode. */
  get only(): Room | undefined {
    return this.all[0];
  }

  /** The session has ended; its rooms need a new one. */
  forgetSession(): void {
    this.ticket.forget();
  }

  /** Grants lost rooms the full retry time again. */
  restartRetryTime(): void {
    for (const room of this.rooms.values()) {
      room.lostAtMs = performance.now();
    }
  }

  /** The session's transports no longer work: the next resume requests new ones. */
  renewMedia(): void {
    this.ticket.renewMedia();
  }

  /**
   * Resumes the session on a new connection, with all its rooms in one request. Resolves to the restored
   * rooms; the remaining ones are reported as lost or left to `relogin`. Throws if the connection failed, but
   * not if the session has ended.
   */
  resume(): Promise<Room[]> {
    const lost = this.all.filter((room) => room.state === 'reconnecting');
    const resuming = this.redeemTicket(lost);
    for (const room of lost) {
      void room.track(() => resuming).catch(() => undefined);
    }
    return resuming;
  }

  private async redeemTicket(lost: Room[]): Promise<Room[]> {
    const { link, profile } = this.options;
    const positions = lost.map((room) => room.position);
    const result = await this.ticket.redeem(link, profile.appID, positions);
    if (result === undefined) {
      return [];
    }
    if (result instanceof ZegoError) {
      const reason = result.details?.['reason'];
      for (const room of this.all.filter((lost) => !canEnterAgain(lost, result.code))) {
        this.expel(result.code, room.roomID, typeof reason === 'string' ? reason : undefined);
      }
      return [];
    }
    this.options.onResumed(result);
    for (const { roomId, code, reason } of result.lost) {
      this.handleLostRoom(roomId, code, reason);
    }
    const resumed: Room[] = [];
    for (const { roomId, snapshot } of result.rooms) {
      const room = this.rooms.get(roomId);
      if (room?.state === 'reconnecting') {
        this.handleResumedRoom(room, snapshot);
        resumed.push(room);
      } else if (room === undefined || !room.isAsked) {
        // Left while the servers were unreachable; a login into this room waits for the logout.
        void link.call('room.logout', { roomId }).catch(() => undefined);
      }
    }
    return resumed;
  }

  /** Sets one attribute of a room; an empty value deletes it. */
  async setExtraInfo(roomID: string, key: string, value: string): Promise<ZegoRoomSetRoomExtraInfoResult> {
    try {
      assertText('roomId', roomID, 'roomID');
      for (const [path, text] of Object.entries({ key, value })) {
        if (typeof text !== 'string') {
          throw illegalArgument(path, 'expected a string');
        }
      }
      this.assertIn(roomID, 'ROOM_ROOMID_INCORRECT');
      const changes = [{ key, value }];
      const { attributes } = await this.options.link.call('room.setAttributes', { roomId: roomID, changes });
      this.rooms.get(roomID)?.noteOwnAttributes(attributes);
      return { errorCode: 0 };
    } catch (error) {
      return toFailure(ZegoError.from(error, 'ROOM_INNER_ERROR'));
    }
  }

  /** Enters a room again in a new session. Throws the server's error. */
  relogin(room: Room): Promise<void> {
    return room.track(() => this.enterAgain(room));
  }

  private async enterAgain(room: Room): Promise<void> {
    room.forgetEarlyUpdates();
    const result = await requestLogin(this.options, room);
    if (this.rooms.get(room.roomID) !== room) {
      // Left in the meantime: the new session must not stay in the room.
      await this.options.link.call('room.logout', { roomId: room.roomID });
      return;
    }
    this.enter(room, result, ZegoRoomStateChangedReason.Reconnected, '{}');
  }

  /** The connection is lost: every room reports it separately. */
  markLost(): Room[] {
    const lost = this.all.filter((room) => room.state === 'logined');
    for (const room of lost) {
      room.state = 'reconnecting';
      room.lostAtMs = performance.now();
      this.tell(
        room.roomID,
        ZegoRoomStateChangedReason.Reconnecting,
        ZegoError.of('ROOM_CONNECT_TEMPORARY_BROKEN').code,
      );
    }
    return lost;
  }

  /** Ends a room that cannot be entered again. */
  giveUp(room: Room, code: number): void {
    if (this.rooms.get(room.roomID) === room) {
      this.remove(room, code, ZegoRoomStateChangedReason.ReconnectFailed);
    }
  }

  /** The servers accepted the login; a logout requested in the meantime follows. */
  enter(
    room: Room,
    result: ClientResult<'room.login'>,
    reason: ZegoRoomStateChangedReason,
    extendedData: string,
  ): void {
    room.state = 'logined';
    this.ticket.note(result, room.user.userID);
    this.options.onLogin(result);
    this.tell(room.roomID, reason, 0, extendedData);
    if (this.rooms.get(room.roomID) === room) {
      room.applySnapshot(result.snapshot);
    }
  }

  /** Facts were missed: requests the room's state again and emits the differences. */
  private async resync(roomID: string): Promise<void> {
    const room = this.rooms.get(roomID);
    if (room?.state !== 'logined') {
      return;
    }
    try {
      const snapshot = await this.options.link.call('room.getSnapshot', { roomId: roomID });
      if (this.rooms.get(roomID) === room) {
        room.applySnapshot(snapshot);
      }
    } catch {
      // The connection or the room is lost too: its recovery fetches the room's state.
    }
  }

  private handleResumedRoom(room: Room, snapshot: RoomSnapshot | undefined): void {
    room.state = 'logined';
    this.tell(room.roomID, ZegoRoomStateChangedReason.Reconnected, 0);
    if (snapshot === undefined) {
      room.applyEarly();
    } else {
      room.applySnapshot(snapshot);
    }
  }

  /** A resumed session lost this room, for a reason specific to the room. */
  private handleLostRoom(roomID: string, code: number, reason: string | undefined): void {
    const room = this.rooms.get(roomID);
    // A room that merely expired is entered again; a deliberate removal is reported.
    if (room !== undefined && !canEnterAgain(room, code)) {
      const extendedData = reason === undefined ? '{}' : JSON.stringify({ custom_kickout_message: reason });
      this.remove(room, code, ZegoRoomStateChangedReason.KickOut, extendedData);
    }
  }

  /** The user was removed from one room, or from all if `roomID` is omitted. */
  expel(code: number, roomID?: string, reason?: string): void {
    const rooms = roomID === undefined ? this.all : [this.rooms.get(roomID)];
    const extendedData = reason === undefined ? '{}' : JSON.stringify({ custom_kickout_message: reason });
    for (const room of rooms) {
      if (room !== undefined && room.state !== 'logining') {
        this.remove(room, code, ZegoRoomStateChangedReason.KickOut, extendedData);
      }
    }
  }

  /** Ends the local state of a room. Idempotent, and without effect on a later login into the same room. */
  drop(room: Room, code: number): void {
    if (this.rooms.get(room.roomID) === room) {
      this.rooms.delete(room.roomID);
      this.options.onLeft(room.roomID, code);
    }
  }

  /** The user left the room. Idempotent. */
  noteLeft(room: Room): void {
    if (!room.isOver) {
      room.isOver = true;
      this.drop(room, 0);
      this.tell(room.roomID, ZegoRoomStateChangedReason.Logout, 0);
    }
  }

  /** The room was not entered. */
  discard(room: Room): void {
    room.isOver = true;
    if (this.rooms.get(room.roomID) === room) {
      this.rooms.delete(room.roomID);
    }
  }

  /** Servers end a session with its last room; rooms that were not requested yet open another session. */
  endSessionIfLeft(): void {
    if (this.all.every((room) => !room.isAsked)) {
      this.ticket.forget();
      this.options.onAllLeft();
    }
  }

  private remove(room: Room, code: number, reason: ZegoRoomStateChangedReason, extendedData = '{}'): void {
    room.isOver = true;
    this.drop(room, code);
    this.tell(room.roomID, reason, code, extendedData);
    this.endSessionIfLeft();
  }

  tell(roomID: string, reason: ZegoRoomStateChangedReason, errorCode: number, extendedData = '{}'): void {
    this.options.events.emit('roomStateChanged', roomID, reason, errorCode, extendedData);
  }
}

/** Whether the SDK enters a room again by itself after the session lost it with this code. */
function canEnterAgain(room: Room, code: number): boolean {
  const name = findErrorName(code);
  return (
    name === 'ROOM_SESSION_EXCEPTION_KICKED_OUT' ||
    ((name === 'ROOM_TOKEN_EXPIRED_KICKED_OUT' || name === 'ROOM_TOKEN_REVOKED') &&
      room.unsentToken !== undefined)
  );
}

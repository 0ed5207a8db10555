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
  /** Every successful login, with the media of the session where it opened one. */
  onLogin(result: ClientResult<'room.login'>): void;
  /** The session is taken up again; `media` where its transports are new. */
  onResumed(result: ClientResult<'session.resume'>): void;
  /** The room is gone for this user: left, kicked out of or given up. `code` is 0 where it was left. */
  onLeft(roomID: string, code: number): void;
  /** The last room is gone, and with it the session. */
  onAllLeft(): void;
}

/** The rooms of one engine: which they are, what is told of them, and their way back after a loss. All are equal. */
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

  /** The room that the application wants to be in, whether it has been entered or not. */
  get(roomID: string): Room | undefined {
    return this.rooms.get(roomID);
  }

  add(room: Room): void {
    this.rooms.set(room.roomID, room);
  }

  /** Does it for a room that is known, at once or when its login has been answered. */
  whenIn(roomID: string, work: () => void): void {
    this.rooms.get(roomID)?.whenIn(work);
  }

  /** The room where this user is in it, whatever the state of the connection. */
  find(roomID: string): Room | undefined {
    const room = this.rooms.get(roomID);
    return room?.state === 'logining' ? undefined : room;
  }

  /** Throws 1000002 while in no room, and `error` where not in this one. */
  assertIn(roomID: string, error: ErrorName): void {
    if (this.all.every((room) => room.state === 'logining')) {
      throw ZegoError.of('COMMON_NOT_LOGIN_ROOM');
    }
    if (this.find(roomID) === undefined) {
      throw ZegoError.of(error, { roomID });
    }
  }

  /** The same, but a room that is being entered is good enough: the request goes right behind the login. */
  assertEntering(roomID: string, error: ErrorName): void {
    if (this.rooms.size === 0) {
      throw ZegoError.of('COMMON_NOT_LOGIN_ROOM');
    }
    if (!this.rooms.has(roomID)) {
      throw ZegoError.of(error, { roomID });
    }
  }

  /** When the login into a room that is being entered has been sent. */
  async whenAsked(roomID: string): Promise<void> {
    await this.rooms.get(roomID)?.asked;
  }

  /** The only room of single-room mode. */
  get only(): Room | undefined {
    return this.all[0];
  }

  /** The session has been ended: the rooms are entered again in a new one. */
  forgetSession(): void {
    this.ticket.forget();
  }

  /** The rooms that are lost have their whole time again to come back. */
  restartRetryTime(): void {
    for (const room of this.rooms.values()) {
      room.lostAtMs = performance.now();
    }
  }

  /** The transports of the session do not work any more: the next resume asks for new ones. */
  renewMedia(): void {
    this.ticket.renewMedia();
  }

  /**
   * Takes the session up again on a new connection, with all its rooms in one request. The rooms that it
   * brought back; the others are told why they are lost, or are left to `relogin`. Throws where the
   * connection failed; where the session is over there is nothing to throw.
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
        // Left here while the servers were out of reach; a login into it waits.
        void link.call('room.logout', { roomId }).catch(() => undefined);
      }
    }
    return resumed;
  }

  /** Sets one attribute of a room; an empty value takes it away. */
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

  /** Enters a room again in a new session. Throws what the server answered. */
  relogin(room: Room): Promise<void> {
    return room.track(() => this.enterAgain(room));
  }

  private async enterAgain(room: Room): Promise<void> {
    room.forgetEarlyUpdates();
    const result = await requestLogin(this.options, room);
    if (this.rooms.get(room.roomID) !== room) {
      // Left meanwhile: the new session must not stay in it.
      await this.options.link.call('room.logout', { roomId: room.roomID });
      return;
    }
    this.enter(room, result, ZegoRoomStateChangedReason.Reconnected, '{}');
  }

  /** The connection is lost: every room says so, each for itself. */
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

  /** A room that cannot be entered again. */
  giveUp(room: Room, code: number): void {
    if (this.rooms.get(room.roomID) === room) {
      this.remove(room, code, ZegoRoomStateChangedReason.ReconnectFailed);
    }
  }

  /** The servers have let this user in; a logout that was asked for meanwhile comes next. */
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

  /** Facts were missed: the room is asked for anew, and what differs is told. */
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
      // The connection is lost too, or the room: either brings the room anew.
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

  /** One room of a resumed session is gone, for a reason of its own. */
  private handleLostRoom(roomID: string, code: number, reason: string | undefined): void {
    const room = this.rooms.get(roomID);
    // What only got lost is entered again; what somebody decided is told.
    if (room !== undefined && !canEnterAgain(room, code)) {
      const extendedData = reason === undefined ? '{}' : JSON.stringify({ custom_kickout_message: reason });
      this.remove(room, code, ZegoRoomStateChangedReason.KickOut, extendedData);
    }
  }

  /** This user has been put out of one room, or of all where `roomID` is left out. */
  expel(code: number, roomID?: string, reason?: string): void {
    const rooms = roomID === undefined ? this.all : [this.rooms.get(roomID)];
    const extendedData = reason === undefined ? '{}' : JSON.stringify({ custom_kickout_message: reason });
    for (const room of rooms) {
      if (room !== undefined && room.state !== 'logining') {
        this.remove(room, code, ZegoRoomStateChangedReason.KickOut, extendedData);
      }
    }
  }

  /** Ends what is done here for a room. Idempotent, and without effect on a later login into the same room. */
  drop(room: Room, code: number): void {
    if (this.rooms.get(room.roomID) === room) {
      this.rooms.delete(room.roomID);
      this.options.onLeft(room.roomID, code);
    }
  }

  /** The room was left by this user's own wish. Idempotent. */
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

  /** Servers end a session with its last room; rooms that they have not been asked for yet open another one. */
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
    (name === 'ROOM_TOKEN_EXPIRED_KICKED_OUT' && room.unsentToken !== undefined)
  );
}

import { type ClientResult, type ErrorName, findErrorName, findTextError } from '@polyroom/contracts';
import { type Emitter } from '../emitter.js';
import { type Link } from '../signal/link.js';
import { ZegoError } from '../zego-error.js';
import {
  type ZegoEngineProfile,
  type ZegoEvents,
  type ZegoRoomConfig,
  type ZegoRoomLoginResult,
  type ZegoRoomLogoutResult,
  ZegoRoomMode,
  ZegoRoomStateChangedReason,
  type ZegoUser,
} from '../zego-types.js';
import { Room } from './room.js';

export interface RoomsOptions {
  mode: ZegoRoomMode;
  profile: ZegoEngineProfile;
  link: Link;
  events: Emitter<ZegoEvents>;
  /** Every successful login, with the media of the session where it opened one. */
  onLogin(result: ClientResult<'room.login'>): void;
  /** The room is gone for this user: left, kicked out of or given up. `code` is 0 where it was left. */
  onLeft(roomID: string, code: number): void;
  /** The last room is gone, and with it the session. */
  onAllLeft(): void;
}

/** The rooms of one engine: entering, leaving, and what is told of them. All rooms are equal. */
export class Rooms {
  private readonly rooms = new Map<string, Room>();

  constructor(private readonly options: RoomsOptions) {
    const { events } = options.link;
    events.on('room.userUpdate', (update) => this.rooms.get(update.roomId)?.handleUserUpdate(update));
    events.on('room.streamUpdate', (update) => this.rooms.get(update.roomId)?.handleStreamUpdate(update));
    events.on('room.expelled', ({ code, roomId, reason }) => this.expel(code, roomId, reason));
  }

  get all(): Room[] {
    return [...this.rooms.values()];
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

  /** The only room of single-room mode. */
  get only(): Room | undefined {
    return this.all.find((room) => room.state !== 'logining');
  }

  async login(roomID: string, user: ZegoUser, config: ZegoRoomConfig): Promise<ZegoRoomLoginResult> {
    const problem = this.findLoginProblem(roomID, user);
    if (problem !== undefined) {
      return toResult(ZegoError.of(problem));
    }
    const room = new Room(roomID, { ...user }, { ...config }, this.options.events);
    this.rooms.set(roomID, room);
    this.tell(roomID, ZegoRoomStateChangedReason.Logining, 0);
    const login = this.requestLogin(room);
    room.login = login.catch(() => undefined);
    try {
      const result = await login;
      const extendedData = JSON.stringify({ room_session_id: result.snapshot.roomEpoch });
      this.enter(room, result, ZegoRoomStateChangedReason.Logined, extendedData);
      return { errorCode: 0, extendedData };
    } catch (error) {
      const failure = toLoginError(error);
      this.rooms.delete(roomID);
      this.tell(roomID, ZegoRoomStateChangedReason.LoginFailed, failure.code, describe(failure));
      if (this.rooms.size === 0) {
        this.options.onAllLeft();
      }
      return toResult(failure);
    }
  }

  /** Enters a room again in a new session. Throws what the server answered. */
  async relogin(room: Room): Promise<void> {
    room.forgetEarlyUpdates();
    const result = await this.requestLogin(room);
    if (this.rooms.get(room.roomID) !== room) {
      // Left meanwhile: the new session must not stay in it.
      await this.options.link.call('room.logout', { roomId: room.roomID });
      return;
    }
    this.enter(room, result, ZegoRoomStateChangedReason.Reconnected, '{}');
  }

  /** Leaves one room, or all. Here a room is left even where the server cannot be told. */
  async logout(roomID?: string): Promise<ZegoRoomLogoutResult> {
    if (roomID === undefined) {
      await Promise.all(this.all.map((room) => room.login));
      const rooms = this.all;
      return rooms.length === 0 ? toResult() : this.leave(rooms, undefined);
    }
    const problem = findTextError('roomId', roomID);
    if (problem !== undefined) {
      return toResult(ZegoError.of(problem));
    }
    await this.rooms.get(roomID)?.login;
    const room = this.rooms.get(roomID);
    if (room === undefined) {
      const failure = ZegoError.of('ROOM_ROOMID_INCORRECT', { roomID });
      this.tell(roomID, ZegoRoomStateChangedReason.LogoutFailed, failure.code);
      return toResult(failure);
    }
    return this.leave([room], roomID);
  }

  /** Leaves `fromRoomID` for `toRoomID` with the same user: leaving first keeps the number of rooms. */
  async switch(fromRoomID: string, toRoomID: string, config: ZegoRoomConfig): Promise<ZegoRoomLoginResult> {
    const problem = findTextError('roomId', fromRoomID) ?? findTextError('roomId', toRoomID);
    if (problem !== undefined) {
      return toResult(ZegoError.of(problem));
    }
    const from = this.find(fromRoomID);
    if (from === undefined) {
      return toResult(ZegoError.of('ROOM_ROOMID_INCORRECT', { roomID: fromRoomID }));
    }
    if (this.rooms.has(toRoomID)) {
      return toResult(ZegoError.of('ROOM_ROOM_ID_HAS_BEEN_USED', { roomID: toRoomID }));
    }
    const { isUserStatusNotify } = from.config;
    await this.logout(fromRoomID);
    return this.login(toRoomID, from.user, {
      ...(isUserStatusNotify === undefined ? {} : { isUserStatusNotify }),
      ...config,
    });
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

  private findLoginProblem(roomID: string, user: ZegoUser): ErrorName | undefined {
    const problem =
      findTextError('roomId', roomID) ??
      findTextError('userId', user?.userID) ??
      findTextError('userName', user?.userName);
    if (problem !== undefined || this.rooms.size === 0) {
      return problem;
    }
    if (this.options.mode === ZegoRoomMode.SingleRoom) {
      return 'ROOM_COUNT_EXCEED';
    }
    if (this.rooms.has(roomID)) {
      return 'ROOM_ROOM_ID_HAS_BEEN_USED';
    }
    const isSame = this.all.every(
      (room) => room.user.userID === user.userID && room.user.userName === user.userName,
    );
    return isSame ? undefined : 'ROOM_MULTI_ROOM_LOGIN_USER_NOT_SAME';
  }

  private async requestLogin(room: Room): Promise<ClientResult<'room.login'>> {
    const { link, mode, profile } = this.options;
    const { isUserStatusNotify, maxMemberCount, token } = room.config;
    await link.open();
    return link.call('room.login', {
      appId: profile.appID,
      mode: mode === ZegoRoomMode.MultiRoom ? 'multi' : 'single',
      roomId: room.roomID,
      user: { userId: room.user.userID, userName: room.user.userName },
      ...(profile.appSign ? { appSign: profile.appSign } : {}),
      ...(token === undefined ? {} : { token }),
      config: {
        ...(isUserStatusNotify === undefined ? {} : { isUserStatusNotify }),
        ...(maxMemberCount === undefined ? {} : { maxMemberCount }),
      },
    });
  }

  private enter(
    room: Room,
    result: ClientResult<'room.login'>,
    reason: ZegoRoomStateChangedReason,
    extendedData: string,
  ): void {
    room.state = 'logined';
    this.options.onLogin(result);
    this.tell(room.roomID, reason, 0, extendedData);
    room.applySnapshot(result.snapshot);
  }

  private async leave(rooms: Room[], roomID: string | undefined): Promise<ZegoRoomLogoutResult> {
    let failure: ZegoError | undefined;
    if (this.options.link.isOpen && rooms.some((room) => room.state === 'logined')) {
      try {
        await this.options.link.call('room.logout', roomID === undefined ? {} : { roomId: roomID });
      } catch (error) {
        failure = ZegoError.from(error, 'ROOM_INNER_ERROR');
      }
    }
    for (const room of rooms) {
      if (this.rooms.get(room.roomID) === room) {
        this.remove(room, 0, ZegoRoomStateChangedReason.Logout);
      }
    }
    return toResult(isNetworkError(failure) ? undefined : failure);
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

  private remove(room: Room, code: number, reason: ZegoRoomStateChangedReason, extendedData = '{}'): void {
    this.rooms.delete(room.roomID);
    this.options.onLeft(room.roomID, code);
    this.tell(room.roomID, reason, code, extendedData);
    if (this.rooms.size === 0) {
      this.options.onAllLeft();
    }
  }

  private tell(
    roomID: string,
    reason: ZegoRoomStateChangedReason,
    errorCode: number,
    extendedData = '{}',
  ): void {
    this.options.events.emit('roomStateChanged', roomID, reason, errorCode, extendedData);
  }
}

function toResult(error?: ZegoError): ZegoRoomLoginResult {
  return { errorCode: error?.code ?? 0, extendedData: error === undefined ? '{}' : describe(error) };
}

function describe(error: ZegoError): string {
  return JSON.stringify({
    error_name: error.errorName,
    message: error.message,
    ...(error.details === undefined ? {} : { details: error.details }),
  });
}

function isNetworkError(error: ZegoError | undefined): boolean {
  const name = error === undefined ? undefined : findErrorName(error.code);
  return name === 'PROTOCOL_SOCKET_CLOSED' || name === 'PROTOCOL_NETWORK_TIMEOUT';
}

/** What ZEGO's applications expect where the network failed. */
function toLoginError(error: unknown): ZegoError {
  const failure = ZegoError.from(error, 'ROOM_INNER_ERROR');
  switch (findErrorName(failure.code)) {
    case 'PROTOCOL_SOCKET_CLOSED':
      return ZegoError.of('ROOM_CONNECT_FAILED');
    case 'PROTOCOL_NETWORK_TIMEOUT':
      return ZegoError.of('ROOM_LOGIN_TIMEOUT');
    default:
      return failure;
  }
}

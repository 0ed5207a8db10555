import { type ClientResult } from '@polyroom/contracts';
import { findTextProblem } from '../arguments.js';
import { type Emitter } from '../emitter.js';
import { ZegoError } from '../zego-error.js';
import {
  type ZegoEvents,
  type ZegoRoomConfig,
  type ZegoRoomLoginResult,
  type ZegoRoomLogoutResult,
  ZegoRoomMode,
  ZegoRoomStateChangedReason,
} from '../zego-types.js';
import { type ZegoUser } from '../zego-user.js';
import { Room } from './room.js';
import {
  findLoginProblem,
  isSameUser,
  requestLogin,
  requestSwitch,
  type RoomEntryOptions,
} from './room-entry.js';
import { describe, isNetworkError, leavesAllAsItIs, toLoginError, toResult } from './room-results.js';
import { type Rooms } from './rooms.js';

export interface RoomMovesOptions extends RoomEntryOptions {
  rooms: Rooms;
  events: Emitter<ZegoEvents>;
}

/** A logout in progress. */
interface Leave {
  rooms: Room[];
  isOfAll: boolean;
  /** Never rejects. */
  done: Promise<unknown>;
}

/**
 * Logins, logouts and switches requested by the application. They need not be awaited: calls that concern the
 * same room take effect in call order, so the last call decides.
 */
export class RoomMoves {
  private readonly leaves = new Set<Leave>();

  constructor(private readonly options: RoomMovesOptions) {}

  async login(roomID: string, user: ZegoUser, config: ZegoRoomConfig): Promise<ZegoRoomLoginResult> {
    const { events, mode, rooms } = this.options;
    const staying = rooms.all.filter(({ leaving }) => leaving === undefined);
    const problem = findLoginProblem(mode, staying, roomID, user);
    if (problem !== undefined) {
      return toResult(problem);
    }
    const former = rooms.get(roomID);
    if (former !== undefined) {
      await former.leaving;
      return this.login(roomID, user, config);
    }
    const room = new Room(roomID, { ...user }, { ...config }, events);
    const earlier = this.leavesBefore(room);
    rooms.add(room);
    return room.track(() =>
      this.enter(room, async () => {
        if (earlier.length > 0) {
          await Promise.all(earlier);
          room.forgetEarlyUpdates();
        }
        rooms.tell(roomID, ZegoRoomStateChangedReason.Logining, 0);
        return requestLogin(this.options, room);
      }),
    );
  }

  /**
   * Leaves one room, or all. From the call on, nothing is published, played or received there; the promise
   * resolves with the servers' response. The room is left locally even if the servers are unreachable.
   */
  async logout(roomID?: string): Promise<ZegoRoomLogoutResult> {
    const { rooms } = this.options;
    if (roomID === undefined) {
      return this.leave(
        rooms.all,
        true,
        this.leavesOf(() => true),
      );
    }
    const problem = findTextProblem('roomId', roomID, 'roomID');
    if (problem !== undefined) {
      return toResult(problem);
    }
    const room = rooms.get(roomID);
    if (room?.leaving !== undefined) {
      await room.leaving;
      return this.logout(roomID);
    }
    if (room !== undefined) {
      return this.leave([room], false, []);
    }
    await Promise.all(this.leavesOf((left) => left.roomID === roomID));
    return this.refuseLogout(roomID);
  }

  /**
   * Replaces `fromRoomID` with `toRoomID` for the same user, in one step that does not count against the room
   * limit.
   */
  async switch(fromRoomID: string, toRoomID: string, config: ZegoRoomConfig): Promise<ZegoRoomLoginResult> {
    const { events, rooms } = this.options;
    const problem =
      findTextProblem('roomId', fromRoomID, 'fromRoomID') ?? findTextProblem('roomId', toRoomID, 'toRoomID');
    if (problem !== undefined) {
      return toResult(problem);
    }
    const from = rooms.get(fromRoomID);
    const former = rooms.get(toRoomID);
    if (from?.leaving !== undefined || former?.leaving !== undefined) {
      await Promise.all([from?.leaving, former?.leaving]);
      return this.switch(fromRoomID, toRoomID, config);
    }
    if (from === undefined) {
      return toResult(ZegoError.of('ROOM_ROOMID_INCORRECT', { roomID: fromRoomID }));
    }
    if (former !== undefined) {
      return toResult(ZegoError.of('ROOM_ROOM_ID_HAS_BEEN_USED', { roomID: toRoomID }));
    }
    const { isUserStatusNotify } = from.config;
    const merged = { ...(isUserStatusNotify === undefined ? {} : { isUserStatusNotify }), ...config };
    if (from.state === 'reconnecting') {
      void this.logout(fromRoomID);
      return this.login(toRoomID, from.user, merged);
    }
    const to = new Room(toRoomID, from.user, merged, events);
    const earlier = [...this.leavesBefore(to), ...(from.login === undefined ? [] : [from.login])];
    rooms.add(to);
    return to.track(async () => {
      from.leaving = to.login;
      const result = await this.enter(to, () => this.move(from, to, earlier), from);
      from.leaving = undefined;
      return result;
    });
  }

  private async move(from: Room, to: Room, earlier: Promise<unknown>[]): Promise<ClientResult<'room.login'>> {
    if (earlier.length > 0) {
      await Promise.all(earlier);
      to.forgetEarlyUpdates();
    }
    this.options.rooms.tell(to.roomID, ZegoRoomStateChangedReason.Logining, 0);
    if (from.isOver) {
      throw ZegoError.of('ROOM_ROOMID_INCORRECT', { roomID: from.roomID });
    }
    const switching = requestSwitch(this.options, from.roomID, to);
    to.noteAsked();
    const { snapshot } = await switching;
    return { sessionId: '', snapshot };
  }

  /** Never rejects. `from`: the room that this one replaces. */
  private async enter(
    room: Room,
    ask: () => Promise<ClientResult<'room.login'>>,
    from?: Room,
  ): Promise<ZegoRoomLoginResult> {
    const { rooms } = this.options;
    try {
      const result = await ask();
      if (from !== undefined) {
        rooms.noteLeft(from);
      }
      const extendedData = JSON.stringify({ room_session_id: result.snapshot.roomEpoch });
      rooms.enter(room, result, ZegoRoomStateChangedReason.Logined, extendedData);
      return { errorCode: 0, extendedData };
    } catch (error) {
      const failure = toLoginError(error);
      rooms.discard(room);
      if (from !== undefined && !leavesAllAsItIs(failure)) {
        rooms.noteLeft(from);
      }
      rooms.tell(room.roomID, ZegoRoomStateChangedReason.LoginFailed, failure.code, describe(failure));
      rooms.endSessionIfLeft();
      return toResult(failure);
    } finally {
      room.noteAsked();
    }
  }

  private leave(left: Room[], isOfAll: boolean, earlier: Promise<unknown>[]): Promise<ZegoRoomLogoutResult> {
    // Listeners called by `drop` may log in again; that login waits for this logout.
    const done = Promise.resolve().then(() => this.finishLeave(left, isOfAll, earlier));
    const leave: Leave = { rooms: left, isOfAll, done };
    this.leaves.add(leave);
    void done.finally(() => this.leaves.delete(leave));
    left.forEach((room) => this.options.rooms.drop(room, 0));
    return done;
  }

  private async finishLeave(
    left: Room[],
    isOfAll: boolean,
    earlier: Promise<unknown>[],
  ): Promise<ZegoRoomLogoutResult> {
    const { link, rooms } = this.options;
    const pending = [...earlier, ...left.flatMap(({ login }) => login ?? [])];
    if (pending.length > 0) {
      await Promise.all(pending);
    }
    const entered = left.filter(({ isOver }) => !isOver);
    const [first] = left;
    if (!isOfAll && entered.length === 0 && first !== undefined) {
      return this.refuseLogout(first.roomID);
    }
    let failure: ZegoError | undefined;
    if (link.isOpen && entered.some(({ state }) => state === 'logined')) {
      try {
        await link.call('room.logout', isOfAll || first === undefined ? {} : { roomId: first.roomID });
      } catch (error) {
        failure = ZegoError.from(error, 'ROOM_INNER_ERROR');
      }
    }
    entered.forEach((room) => rooms.noteLeft(room));
    rooms.endSessionIfLeft();
    return toResult(isNetworkError(failure) ? undefined : failure);
  }

  private refuseLogout(roomID: string): ZegoRoomLogoutResult {
    const failure = ZegoError.of('ROOM_ROOMID_INCORRECT', { roomID });
    this.options.rooms.tell(roomID, ZegoRoomStateChangedReason.LogoutFailed, failure.code);
    return toResult(failure);
  }

  /** Pending logouts that block entering a room: of the room itself, of another user, of all rooms. */
  private leavesBefore({ roomID, user }: Room): Promise<unknown>[] {
    const isSingle = this.options.mode === ZegoRoomMode.SingleRoom;
    return this.leavesOf((left) => isSingle || left.roomID === roomID || !isSameUser(left.user, user));
  }

  private leavesOf(concerns: (room: Room) => boolean): Promise<unknown>[] {
    return [...this.leaves]
      .filter((leave) => leave.isOfAll || leave.rooms.some(concerns))
      .map(({ done }) => done);
  }
}

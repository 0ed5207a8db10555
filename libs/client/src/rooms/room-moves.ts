import { type ClientParams, type ClientResult } from '@polyroom/contracts/client';
import { type OnIntent } from '../abort.js';
import { assertText } from '../arguments.js';
import { type ClientEvents, type JoinedRoom, type JoinOptions, type MoveOptions } from '../client-types.js';
import { type Emitter } from '../emitter.js';
import { PolyroomError } from '../polyroom-error.js';
import { Room } from './room.js';
import {
  findJoinProblem,
  isSameUser,
  isSingleRoom,
  requestJoin,
  requestMove,
  type RoomEntryOptions,
} from './room-entry.js';
import { isNetworkError, isUnreachable, leavesAllAsItIs, throwIfLost, toJoinError } from './room-errors.js';
import { type Rooms } from './rooms.js';

export interface RoomMovesOptions extends RoomEntryOptions {
  rooms: Rooms;
  events: Emitter<ClientEvents>;
}

/** For some half a minute, with the time that the servers take until they give up. */
const logoutAttempts = 5;
const logoutRetryMs = 500;

/** A leave in progress. */
interface Leave {
  rooms: Room[];
  isOfAll: boolean;
  /** Never rejects. */
  done: Promise<unknown>;
}

/**
 * Joins, leaves and moves requested by the application. They need not be awaited: calls that concern the same
 * room take effect in call order, so the last call decides.
 */
export class RoomMoves {
  private readonly leaves = new Set<Leave>();

  constructor(private readonly options: RoomMovesOptions) {}

  async join(roomId: string, options: JoinOptions, onIntent?: OnIntent): Promise<JoinedRoom> {
    const { client, events, rooms } = this.options;
    const { user, ...others } = Object(options) as JoinOptions;
    const staying = rooms.all.filter(({ leaving }) => leaving === undefined);
    const problem = findJoinProblem(client, staying, roomId, user);
    if (problem !== undefined) {
      throw problem;
    }
    const former = rooms.get(roomId);
    if (former !== undefined) {
      await former.leaving;
      return this.join(roomId, options, onIntent);
    }
    const room = new Room(roomId, { ...user }, others, events);
    const earlier = this.leavesBefore(room);
    rooms.add(room);
    const joining = room.track(() =>
      this.enter(room, async () => {
        if (earlier.length > 0) {
          await Promise.all(earlier);
          room.forgetEarlyUpdates();
        }
        rooms.tell(roomId, 'joining');
        return requestJoin(this.options, room, rooms);
      }),
    );
    onIntent?.(async () => {
      if (rooms.get(roomId) === room) {
        await this.leave(roomId);
      }
    });
    return joining;
  }

  /**
   * Leaves one room, or all. From the call on, nothing is published, played or received there; the promise
   * resolves with the servers' response. The room is left locally even if the servers are unreachable.
   */
  async leave(roomId?: string): Promise<void> {
    const { rooms } = this.options;
    if (roomId === undefined) {
      return this.leaveRooms(
        rooms.all,
        true,
        this.leavesOf(() => true),
      );
    }
    assertText('roomId', roomId, 'roomId');
    const room = rooms.get(roomId);
    if (room?.leaving !== undefined) {
      await room.leaving;
      return this.leave(roomId);
    }
    if (room !== undefined) {
      return this.leaveRooms([room], false, []);
    }
    await Promise.all(this.leavesOf((left) => left.roomId === roomId));
    throw notIn(roomId);
  }

  /**
   * Replaces `fromRoomId` with `toRoomId` for the same user, in one step that does not count against the room
   * limit.
   */
  async move(fromRoomId: string, toRoomId: string, options: MoveOptions): Promise<JoinedRoom> {
    const { events, rooms } = this.options;
    assertText('roomId', fromRoomId, 'fromRoomId');
    assertText('roomId', toRoomId, 'toRoomId');
    const from = rooms.get(fromRoomId);
    const former = rooms.get(toRoomId);
    if (from?.leaving !== undefined || former?.leaving !== undefined) {
      await Promise.all([from?.leaving, former?.leaving]);
      return this.move(fromRoomId, toRoomId, options);
    }
    if (from === undefined) {
      throw notIn(fromRoomId);
    }
    if (former !== undefined) {
      throw PolyroomError.of('ROOM_ROOM_ID_HAS_BEEN_USED', { roomId: toRoomId });
    }
    const { memberEvents } = from.options;
    const merged = { ...(memberEvents === undefined ? {} : { memberEvents }), ...options };
    if (from.state === 'reconnecting') {
      void this.leave(fromRoomId).catch(() => undefined);
      return this.join(toRoomId, { ...merged, user: from.user });
    }
    const to = new Room(toRoomId, from.user, merged, events);
    const earlier = [...this.leavesBefore(to), ...(from.login === undefined ? [] : [from.login])];
    rooms.add(to);
    return to.track(async () => {
      from.leaving = to.login;
      try {
        return await this.enter(to, () => this.requestMove(from, to, earlier), from);
      } finally {
        from.leaving = undefined;
      }
    });
  }

  private async requestMove(
    from: Room,
    to: Room,
    earlier: Promise<unknown>[],
  ): Promise<ClientResult<'room.login'>> {
    if (earlier.length > 0) {
      await Promise.all(earlier);
      to.forgetEarlyUpdates();
    }
    this.options.rooms.tell(to.roomId, 'joining');
    if (from.isOver) {
      throw notIn(from.roomId);
    }
    const { snapshot } = await requestMove(this.options, from.roomId, to);
    return { sessionId: '', snapshot };
  }

  /** `from`: the room that this one replaces. */
  private async enter(
    room: Room,
    ask: () => Promise<ClientResult<'room.login'>>,
    from?: Room,
  ): Promise<JoinedRoom> {
    const { rooms } = this.options;
    try {
      const result = await ask();
      if (from !== undefined) {
        rooms.noteLeft(from);
      }
      rooms.enter(room, result, 'joined');
      return { roomId: room.roomId, roomSessionId: result.snapshot.roomEpoch };
    } catch (error) {
      const failure = toJoinError(error);
      rooms.discard(room);
      if (from !== undefined && !leavesAllAsItIs(failure)) {
        rooms.noteLeft(from);
      }
      if (isUnreachable(failure)) {
        const unreported = from === undefined ? [room] : [room, from];
        rooms.noteUnreported(unreported);
        this.leaveUnanswered(unreported);
      }
      rooms.tell(room.roomId, 'joinFailed', { error: failure });
      rooms.endSessionIfLeft(!isUnreachable(failure));
      throw failure;
    } finally {
      room.noteAsked();
    }
  }

  private leaveRooms(left: Room[], isOfAll: boolean, earlier: Promise<unknown>[]): Promise<void> {
    const { rooms } = this.options;
    // Listeners called by `drop` may join again; that join waits for this leave.
    const leaving = Promise.resolve().then(() => this.finishLeave(left, isOfAll, earlier));
    const done = leaving.catch(() => undefined);
    this.addLeave({ rooms: left, isOfAll, done });
    for (const room of left) {
      rooms.drop(room);
      rooms.tell(room.roomId, 'leaving');
    }
    return leaving;
  }

  /**
   * The servers may enter a room after its login has timed out: the next login into it would be refused with
   * 1002064, so it waits for this logout. A logout sent earlier may have been refused before the room was entered,
   * so the late answer to the login sends another one.
   */
  leaveUnanswered(unanswered: Room[]): void {
    const { link, rooms } = this.options;
    const leaving = unanswered.map(({ roomId }) => link.call('room.logout', { roomId }).catch(throwIfLost));
    const done = Promise.all(leaving).then(
      // If all logouts are refused, a late login may have opened a session: it is kept.
      (answers) => answers.some(Boolean) && rooms.endSessionIfLeft(),
      () => rooms.endSessionIfLeft(false),
    );
    this.addLeave({ rooms: unanswered, isOfAll: false, done });
  }

  private addLeave(leave: Leave): void {
    this.leaves.add(leave);
    void leave.done.then(() => this.leaves.delete(leave));
  }

  private async finishLeave(left: Room[], isOfAll: boolean, earlier: Promise<unknown>[]): Promise<void> {
    const { link, rooms } = this.options;
    const pending = [...earlier, ...left.flatMap(({ login }) => login ?? [])];
    if (pending.length > 0) {
      await Promise.all(pending);
    }
    const entered = left.filter(({ isOver }) => !isOver);
    const [first] = left;
    if (!isOfAll && entered.length === 0 && first !== undefined) {
      throw notIn(first.roomId);
    }
    let failure: PolyroomError | undefined;
    const isAsked = link.isOpen && entered.some(({ state }) => state === 'joined');
    if (isAsked) {
      failure = await this.requestLogout(isOfAll || first === undefined ? {} : { roomId: first.roomId });
    }
    const isReported = isAsked && !isNetworkError(failure);
    if (!isReported) {
      rooms.noteUnreported(entered);
    }
    entered.forEach((room) => rooms.noteLeft(room));
    rooms.endSessionIfLeft(isReported || entered.length === 0);
    if (failure !== undefined && !isNetworkError(failure)) {
      throw failure;
    }
  }

  /**
   * Returns why the servers refuse. The room is left here in any case: if they only cannot answer at the moment, they are
   * asked again, because the next join of the room would be refused with 1002064.
   */
  private async requestLogout(params: ClientParams<'room.logout'>): Promise<PolyroomError | undefined> {
    const { link } = this.options;
    for (let attempt = 1; ; attempt++) {
      try {
        await link.call('room.logout', params);
        return undefined;
      } catch (error) {
        const failure = PolyroomError.from(error, 'ROOM_INNER_ERROR');
        if (attempt > 1 && failure.errorName === 'ROOM_ROOMID_INCORRECT') {
          // An attempt without an answer has left the room.
          return undefined;
        }
        const isWorthwhile = failure.retryable && !isNetworkError(failure) && link.isOpen;
        if (!isWorthwhile || attempt === logoutAttempts) {
          return failure;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, logoutRetryMs));
    }
  }

  /** Pending leaves that block entering a room: of the room itself, of another user, of all rooms. */
  private leavesBefore({ roomId, user }: Room): Promise<unknown>[] {
    const isSingle = isSingleRoom(this.options.client);
    return this.leavesOf((left) => isSingle || left.roomId === roomId || !isSameUser(left.user, user));
  }

  private leavesOf(concerns: (room: Room) => boolean): Promise<unknown>[] {
    return [...this.leaves]
      .filter((leave) => leave.isOfAll || leave.rooms.some(concerns))
      .map(({ done }) => done);
  }
}

function notIn(roomId: string): PolyroomError {
  return PolyroomError.of('ROOM_ROOMID_INCORRECT', { roomId });
}

import { type ClientResult } from '@polyroom/contracts/client';
import { type RoomChange, type RoomStateInfo } from '../client-types.js';
import { PolyroomError } from '../polyroom-error.js';
import { Room } from './room.js';
import { type RoomEntered, type RoomsOptions } from './rooms-options.js';

/** The client's rooms, as far as a room that was entered by the application's server changes them. */
interface KnownRooms {
  readonly all: Room[];
  get(roomId: string): Room | undefined;
  add(room: Room): void;
  drop(room: Room): void;
  tell(roomId: string, change: RoomChange, info?: Omit<RoomStateInfo, 'change' | 'roomId' | 'state'>): void;
  resync(roomId: string): Promise<void>;
}

/** Rooms into which the application's server takes the user. */
export class TakenRooms {
  constructor(
    private readonly rooms: KnownRooms,
    private readonly options: RoomsOptions,
  ) {
    options.link.events.on('room.entered', (entered) => void this.enter(entered));
  }

  /** Enters the rooms of a resumed session that the client does not know: the event could not arrive. */
  enterMissed(
    { rooms, upstreams }: ClientResult<'session.resume'>,
    leftByApplication: ReadonlySet<string>,
  ): void {
    for (const { roomId, snapshot } of rooms) {
      if (snapshot !== undefined && this.rooms.get(roomId) === undefined && !leftByApplication.has(roomId)) {
        const streams = upstreams
          .filter((upstream) => upstream.roomIds.includes(roomId))
          .map(({ streamId }) => ({ streamId, mutedKinds: [] }));
        void this.enter({ roomId, fromRoomId: '', left: false, snapshot, streams });
      }
    }
  }

  /** Leaves the former room, too, if it was a move. */
  private async enter(entered: RoomEntered): Promise<void> {
    const { fromRoomId, left, roomId, snapshot } = entered;
    const { rooms } = this;
    const pending = rooms.get(roomId);
    if (pending !== undefined) {
      // A join of the application, which the servers refuse because the user is in the room already.
      await pending.login;
      if (rooms.get(roomId) !== undefined) {
        return;
      }
    }
    const from = rooms.get(fromRoomId);
    const model = from ?? rooms.all[0];
    if (model === undefined) {
      return;
    }
    const { memberEvents } = model.options;
    const options = memberEvents === undefined ? {} : { memberEvents };
    const room = new Room(roomId, model.user, options, this.options.events);
    room.noteAsked();
    rooms.add(room);
    // First, so that a stream of the former room does not end with it.
    this.options.onTaken(entered);
    if (left && from !== undefined) {
      from.isOver = true;
      rooms.drop(from);
      const error = PolyroomError.of('ROOM_MANUAL_KICKED_OUT', { movedTo: roomId });
      rooms.tell(fromRoomId, 'removed', { error, movedTo: roomId });
    }
    room.state = 'joined';
    rooms.tell(roomId, 'joined', {
      roomSessionId: snapshot.roomEpoch,
      ...(left ? { movedFrom: fromRoomId } : {}),
    });
    if (rooms.get(roomId) === room) {
      room.applySnapshot(snapshot);
    }
    if (pending !== undefined) {
      // Updates that came during the join are lost.
      await rooms.resync(roomId);
    }
  }
}

import { type ErrorName } from '@polyroom/contracts';
import { assertText, refuseArgument } from '../arguments.js';
import { ZegoError } from '../zego-error.js';
import { ZegoRoomMode } from '../zego-types.js';
import { type Rooms } from './rooms.js';

/** Resolves the room of a publish or play request. */
export class RoomChooser {
  constructor(
    private readonly mode: ZegoRoomMode,
    private readonly rooms: Rooms,
  ) {}

  /** In multi-room mode the config must name the room; in single-room mode there is only one. */
  choose(config: { roomID?: string } | undefined, errors: { missing: ErrorName; empty: ErrorName }): string {
    if (this.mode === ZegoRoomMode.MultiRoom) {
      if (config === undefined || config === null) {
        throw refuseArgument(errors.missing, 'config');
      }
      if (!config.roomID) {
        throw refuseArgument(errors.empty, 'config.roomID');
      }
    }
    const roomID = config?.roomID || this.rooms.only?.roomID;
    if (roomID === undefined) {
      throw ZegoError.of('COMMON_NOT_LOGIN_ROOM');
    }
    assertText('roomId', roomID, 'config.roomID');
    this.rooms.assertEntering(roomID, 'ROOM_ROOMID_INCORRECT');
    return roomID;
  }

  /**
   * Waits for a pending login of the room. Await it before the session's media, because the login may open
   * another session. Throws if the room is not entered.
   */
  async whenAsked(roomID: string): Promise<void> {
    await this.rooms.whenAsked(roomID);
    this.rooms.assertEntering(roomID, 'ROOM_ROOMID_INCORRECT');
  }
}

import { type ErrorName } from '@polyroom/contracts';
import { assertText, refuseArgument } from '../arguments.js';
import { ZegoError } from '../zego-error.js';
import { ZegoRoomMode } from '../zego-types.js';
import { type Rooms } from './rooms.js';

/** For which room something is published or played. */
export class RoomChooser {
  constructor(
    private readonly mode: ZegoRoomMode,
    private readonly rooms: Rooms,
  ) {}

  /** In multi-room mode the config must say it; in single-room mode there is only one. */
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
   * What is asked for a room goes behind the login into it. To be awaited before the session's media: the login may
   * open another session. Throws where the room is not entered after all.
   */
  async whenAsked(roomID: string): Promise<void> {
    await this.rooms.whenAsked(roomID);
    this.rooms.assertEntering(roomID, 'ROOM_ROOMID_INCORRECT');
  }
}

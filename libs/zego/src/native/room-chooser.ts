import { type ClientErrorName } from '@polyroom/contracts/client';
import { type Client } from '@polyroom/sdk';
import { refuseArgument } from '../shared/arguments.js';
import { ZegoError } from '../shared/zego-error.js';
import { ZegoRoomMode } from './zego-types.js';

/**
 * Resolves the room of a publish or play request. In multi-room mode the config must name it; in single-room
 * mode there is only one.
 */
export function chooseRoom(
  client: Client,
  mode: ZegoRoomMode,
  config: { roomID?: string } | undefined,
  errors: { missing: ClientErrorName; empty: ClientErrorName },
): string {
  if (mode === ZegoRoomMode.MultiRoom) {
    if (config === undefined || config === null) {
      throw refuseArgument(errors.missing, 'config');
    }
    if (!config.roomID) {
      throw refuseArgument(errors.empty, 'config.roomID');
    }
  }
  const roomID = config?.roomID || client.dump().rooms[0]?.roomId;
  if (roomID === undefined) {
    throw ZegoError.of('COMMON_NOT_LOGIN_ROOM');
  }
  return roomID;
}

import { assertText, illegalArgument, refuseArgument } from '../arguments.js';
import { type Emitter } from '../emitter.js';
import { type Link } from '../signal/link.js';
import { toFailure, ZegoError } from '../zego-error.js';
import { type ZegoEvents, type ZegoRoomRenewTokenResult } from '../zego-types.js';
import { isNetworkError } from './room-results.js';
import { type Rooms } from './rooms.js';

/** The tokens of rooms: reports an upcoming expiry, and sends renewed tokens to the servers. */
export class RoomTokens {
  constructor(
    private readonly link: Link,
    private readonly rooms: Rooms,
    events: Emitter<ZegoEvents>,
  ) {
    link.events.on('room.tokenWillExpire', ({ roomId, remainingSeconds }) =>
      rooms.whenIn(roomId, () => {
        events.emit('roomTokenWillExpire', roomId, remainingSeconds);
        events.emit('tokenWillExpire', roomId);
      }),
    );
  }

  /** A token that cannot be sent now is sent, or used for the next login, once the servers are reachable. */
  async renew(roomID: string, token: string): Promise<ZegoRoomRenewTokenResult> {
    try {
      assertText('roomId', roomID, 'roomID');
      if (typeof token !== 'string') {
        throw illegalArgument('token', 'expected a string');
      }
      if (token === '') {
        throw refuseArgument('ROOM_NO_TOKEN', 'token');
      }
      this.rooms.assertIn(roomID, 'ROOM_ROOMID_INCORRECT');
      await this.deliver(roomID, token);
      return { errorCode: 0 };
    } catch (error) {
      return toFailure(ZegoError.from(error, 'ROOM_INNER_ERROR'));
    }
  }

  /** The room was restored after the connection was lost. */
  handleRecovered(roomID: string): void {
    const token = this.rooms.find(roomID)?.unsentToken;
    if (token !== undefined) {
      void this.renew(roomID, token);
    }
  }

  private async deliver(roomID: string, token: string): Promise<void> {
    const room = this.rooms.find(roomID);
    try {
      const { roomIds } = await this.link.call('room.renewToken', { roomId: roomID, token });
      roomIds.forEach((roomId) => this.rooms.find(roomId)?.noteToken(token));
    } catch (error) {
      if (isNetworkError(ZegoError.from(error, 'ROOM_INNER_ERROR'))) {
        room?.noteUnsentToken(token);
      }
      throw error;
    }
  }
}

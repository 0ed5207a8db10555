import { assertText, illegalArgument, refuseArgument } from '../arguments.js';
import { type ClientEvents, type ClientOptions } from '../client-types.js';
import { type Emitter } from '../emitter.js';
import { type Link } from '../signal/link.js';
import { PolyroomError } from '../polyroom-error.js';
import { provideToken } from './room-entry.js';
import { isNetworkError } from './room-errors.js';
import { type Rooms } from './rooms.js';

/** The tokens of rooms: reports an upcoming expiry, and sends renewed tokens to the servers. */
export class RoomTokens {
  constructor(
    private readonly link: Link,
    private readonly rooms: Rooms,
    events: Emitter<ClientEvents>,
    private readonly client: ClientOptions,
  ) {
    link.events.on('room.tokenWillExpire', ({ roomId, remainingSeconds }) =>
      rooms.whenIn(roomId, () => {
        events.emit('tokenWillExpire', { roomId, remainingSeconds });
        if (client.tokenProvider !== undefined) {
          // If it fails, the application may still renew the token itself.
          void this.renewFromProvider(roomId).catch(() => undefined);
        }
      }),
    );
  }

  /** A token that cannot be sent now is sent, or used for the next login, once the servers are reachable. */
  async renew(roomId: string, token: string): Promise<void> {
    try {
      assertText('roomId', roomId, 'roomId');
      if (typeof token !== 'string') {
        throw illegalArgument('token', 'expected a string');
      }
      if (token === '') {
        throw refuseArgument('ROOM_NO_TOKEN', 'token');
      }
      this.rooms.assertIn(roomId, 'ROOM_ROOMID_INCORRECT');
      await this.deliver(roomId, token);
    } catch (error) {
      throw PolyroomError.from(error, 'ROOM_INNER_ERROR');
    }
  }

  /** The room was restored after the connection was lost. */
  handleRecovered(roomId: string): void {
    const token = this.rooms.find(roomId)?.unsentToken;
    if (token !== undefined) {
      void this.renew(roomId, token).catch(() => undefined);
    }
  }

  private async renewFromProvider(roomId: string): Promise<void> {
    await this.renew(roomId, await provideToken(this.client, roomId));
  }

  private async deliver(roomId: string, token: string): Promise<void> {
    const room = this.rooms.find(roomId);
    try {
      if (room?.state === 'reconnecting') {
        // The socket may be open again while its session is not: the servers would refuse the token.
        throw PolyroomError.of('PROTOCOL_SOCKET_CLOSED');
      }
      const { roomIds } = await this.link.call('room.renewToken', { roomId, token });
      roomIds.forEach((roomId) => this.rooms.find(roomId)?.noteToken(token));
    } catch (error) {
      if (isNetworkError(PolyroomError.from(error, 'ROOM_INNER_ERROR'))) {
        room?.noteUnsentToken(token);
      }
      throw error;
    }
  }
}

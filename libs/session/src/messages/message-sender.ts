import { Injectable } from '@nestjs/common';
import { AppError, messagingRpc } from '@polyroom/contracts';
import { MessagingInstances } from './messaging-instances.js';
import { RoomSends } from './room-sends.js';
import { type Sent } from './sent.js';

/** Sends messages to the messaging service, batched per room. */
@Injectable()
export class MessageSender {
  private readonly rooms = new Map<string, RoomSends>();

  constructor(private readonly instances: MessagingInstances) {}

  /**
   * Resolves once the message is stored. Throws the error with which the messaging service refused it. With a
   * statement it is a message of an application server, which travels apart from those of users.
   */
  send(message: messagingRpc.StoredSend, options: { statement?: string } = {}): Promise<Sent> {
    const { appId, roomId } = message;
    const key = `${appId}:${roomId}:${options.statement ?? ''}`;
    let room = this.rooms.get(key);
    if (room === undefined) {
      room = new RoomSends(
        async (messages) =>
          (await this.instances.ask(messagingRpc.send, { appId, roomId }, { messages }, options)).outcomes,
        () => this.rooms.delete(key),
      );
      this.rooms.set(key, room);
    }
    return room.send(message);
  }

  /** Same as `send`, for a message to all members or to named users, which always has a number. */
  async sendNumbered(
    message: messagingRpc.StoredSend,
  ): Promise<{ messageId: number; seq: number; sentAtMs: number }> {
    const { messageId, seq, sentAtMs } = await this.send(message);
    if (messageId === undefined || seq === undefined || sentAtMs === undefined) {
      throw new AppError('ROOM_INNER_ERROR');
    }
    return { messageId, seq, sentAtMs };
  }
}

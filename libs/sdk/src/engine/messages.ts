import { type ClientEventData, findErrorName, findTextError } from '@polyroom/contracts';
import { type Emitter } from '../emitter.js';
import { type Link } from '../signal/link.js';
import { ZegoError } from '../zego-error.js';
import { type ZegoEvents, type ZegoIMSendBroadcastMessageResult } from '../zego-types.js';
import { type Rooms } from './rooms.js';

/** Room messages, out and in. Each belongs to one room. */
export class Messages {
  constructor(
    private readonly link: Link,
    private readonly rooms: Rooms,
    private readonly events: Emitter<ZegoEvents>,
  ) {
    link.events.on('message.received', (received) => this.handleReceived(received));
  }

  async sendBroadcast(roomID: string, message: string): Promise<ZegoIMSendBroadcastMessageResult> {
    try {
      const problem = findTextError('roomId', roomID);
      if (problem !== undefined) {
        throw ZegoError.of(problem);
      }
      if (typeof message !== 'string' || message === '') {
        throw ZegoError.of('IM_CONTENT_NULL');
      }
      this.rooms.assertIn(roomID, 'IM_INCONSISTENT_ROOM_ID');
      const { messageId } = await this.link.call('message.broadcast', {
        roomId: roomID,
        content: message,
        clientMessageId: crypto.randomUUID(),
      });
      return { errorCode: 0, messageID: messageId };
    } catch (error) {
      return { errorCode: toSendError(error).code, messageID: 0 };
    }
  }

  private handleReceived(received: ClientEventData<'message.received'>): void {
    const { roomId } = received;
    const messages = received.messages.map((message) => ({
      message: message.content,
      messageID: message.messageId,
      sendTime: message.sentAtMs,
      fromUser: { userID: message.from.userId, userName: message.from.userName },
    }));
    this.rooms.whenIn(roomId, () => this.events.emit('IMRecvBroadcastMessage', roomId, messages));
  }
}

function toSendError(error: unknown): ZegoError {
  const failure = ZegoError.from(error, 'IM_SEND_FAILED');
  switch (findErrorName(failure.code)) {
    case 'PROTOCOL_SOCKET_CLOSED':
    case 'PROTOCOL_NETWORK_TIMEOUT':
      return ZegoError.of('IM_SEND_FAILED');
    default:
      return failure;
  }
}

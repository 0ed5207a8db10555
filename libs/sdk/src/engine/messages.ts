import { findErrorName, findTextError, newId } from '@polyroom/contracts';
import { type Link } from '../signal/link.js';
import { ZegoError } from '../zego-error.js';
import {
  type ZegoIMSendBarrageMessageResult,
  type ZegoIMSendBroadcastMessageResult,
  type ZegoIMSendCustomCommandResult,
  type ZegoIMSendToRoomResult,
  type ZegoRoomSendTransparentMessage,
  type ZegoRoomSendTransparentMessageResult,
  ZegoRoomTransparentMessageMode,
} from '../zego-message-types.js';
import { type ZegoUser } from '../zego-user.js';
import { type Rooms } from './rooms.js';

/** How long a message is tried to be stored. Below the time for which the cluster knows its ID. */
const sendBudgetMs = 15_000;
const retryDelayMs = 250;
/** Failures after which nobody knows whether the message was stored: the same message ID again tells. */
const unsureFailures = new Set([
  'PROTOCOL_SOCKET_CLOSED',
  'PROTOCOL_NETWORK_TIMEOUT',
  'IM_SEND_FAILED',
  'BUS_TIMEOUT',
  'BUS_UNAVAILABLE',
]);

const modes = {
  [ZegoRoomTransparentMessageMode.OnlyClient]: 'clients',
  [ZegoRoomTransparentMessageMode.OnlyServer]: 'server',
  [ZegoRoomTransparentMessageMode.ClientAndServer]: 'both',
} as const;

/** Messages on their way out. Results carry the code, as with ZEGO; a success means stored. */
export class Messages {
  constructor(
    private readonly link: Link,
    private readonly rooms: Rooms,
  ) {}

  async sendBroadcast(roomID: string, message: string): Promise<ZegoIMSendBroadcastMessageResult> {
    const clientMessageId = newId('message');
    try {
      this.assertMaySend(roomID, message);
      const { messageId } = await this.sendSurely([roomID], sendBudgetMs, () =>
        this.link.call('message.broadcast', { roomId: roomID, content: message, clientMessageId }),
      );
      return { errorCode: 0, messageID: messageId };
    } catch (error) {
      return { errorCode: toSendError(error).code, messageID: 0 };
    }
  }

  /** One message in several rooms; each has a result of its own. */
  async sendBroadcastToRooms(roomIDs: string[], message: string): Promise<ZegoIMSendToRoomResult[]> {
    const clientMessageId = newId('message');
    const unique = [...new Set(roomIDs)];
    try {
      if (typeof message !== 'string' || message === '') {
        throw ZegoError.of('IM_CONTENT_NULL');
      }
      const { results } = await this.sendSurely(unique, sendBudgetMs, () =>
        this.link.call('message.broadcastToRooms', { roomIds: unique, content: message, clientMessageId }),
      );
      return results.map((result) =>
        'error' in result
          ? { roomID: result.roomId, errorCode: result.error.code, messageID: 0 }
          : { roomID: result.roomId, errorCode: 0, messageID: result.sent.messageId },
      );
    } catch (error) {
      const { code } = toSendError(error);
      return unique.map((roomID) => ({ roomID, errorCode: code, messageID: 0 }));
    }
  }

  /** Tried once: a barrage message may be lost. */
  async sendBarrage(roomID: string, message: string): Promise<ZegoIMSendBarrageMessageResult> {
    try {
      this.assertMaySend(roomID, message);
      const { messageId } = await this.link.call('message.barrage', { roomId: roomID, content: message });
      return { errorCode: 0, messageID: messageId };
    } catch (error) {
      return { errorCode: toSendError(error).code, messageID: '' };
    }
  }

  async sendCustomCommand(
    roomID: string,
    command: string,
    toUserList: ZegoUser[] | undefined,
  ): Promise<ZegoIMSendCustomCommandResult> {
    const clientMessageId = newId('message');
    try {
      this.assertMaySend(roomID, command);
      const to = toUserIds(toUserList);
      await this.sendSurely([roomID], sendBudgetMs, () =>
        this.link.call('message.command', { roomId: roomID, content: command, to, clientMessageId }),
      );
      return { errorCode: 0 };
    } catch (error) {
      return { errorCode: toSendError(error).code };
    }
  }

  async sendTransparent(
    roomID: string,
    message: ZegoRoomSendTransparentMessage,
  ): Promise<ZegoRoomSendTransparentMessageResult> {
    const clientMessageId = newId('message');
    try {
      const content = toBase64(message.content);
      this.assertMaySend(roomID, content);
      const mode = modes[message.sendMode ?? ZegoRoomTransparentMessageMode.OnlyClient];
      if (mode === undefined) {
        throw ZegoError.of('COMMON_ILLEGAL_PARAM', { path: 'sendMode' });
      }
      const to = toUserIds(message.recvUserList);
      await this.sendSurely([roomID], (message.timeOut ?? 10) * 1000, () =>
        this.link.call('message.transparent', { roomId: roomID, mode, content, to, clientMessageId }),
      );
      return { errorCode: 0 };
    } catch (error) {
      return { errorCode: toSendError(error).code };
    }
  }

  private assertMaySend(roomID: string, content: string): void {
    const problem = findTextError('roomId', roomID);
    if (problem !== undefined) {
      throw ZegoError.of(problem);
    }
    if (typeof content !== 'string' || content === '') {
      throw ZegoError.of('IM_CONTENT_NULL');
    }
    this.rooms.assertIn(roomID, 'IM_INCONSISTENT_ROOM_ID');
  }

  /** Asks until there is a clear answer, over new connections too: the message ID makes it one message. */
  private async sendSurely<T>(roomIDs: string[], budgetMs: number, ask: () => Promise<T>): Promise<T> {
    const deadlineMs = performance.now() + budgetMs;
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        const failure = ZegoError.from(error, 'IM_SEND_FAILED');
        const isUnsure = unsureFailures.has(findErrorName(failure.code) ?? '');
        if (!isUnsure || !(await this.waitForRooms(roomIDs, deadlineMs))) {
          throw failure;
        }
      }
    }
  }

  /** True once all the rooms are entered; false where one was left, or in time. */
  private async waitForRooms(roomIDs: string[], deadlineMs: number): Promise<boolean> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, retryDelayMs));
      const rooms = roomIDs.flatMap((roomID) => this.rooms.find(roomID) ?? []);
      if (rooms.length === 0 || performance.now() >= deadlineMs) {
        return false;
      }
      if (this.link.isOpen && rooms.every((room) => room.state === 'logined')) {
        return true;
      }
    }
  }
}

function toUserIds(users: ZegoUser[] | undefined): string[] {
  return (users ?? []).map((user) => {
    switch (findTextError('userId', user?.userID)) {
      case undefined:
        return user.userID;
      case 'ROOM_USER_ID_NULL':
        throw ZegoError.of('IM_USER_ID_EMPTY');
      case 'ROOM_USER_ID_TOO_LONG':
        throw ZegoError.of('IM_USER_ID_TOO_LONG');
      default:
        throw ZegoError.of('ROOM_USER_ID_INVALID_CHARACTER');
    }
  });
}

function toBase64(bytes: unknown): string {
  if (!(bytes instanceof Uint8Array)) {
    throw ZegoError.of('COMMON_ILLEGAL_PARAM', { path: 'content' });
  }
  let text = '';
  for (const byte of bytes) {
    text += String.fromCharCode(byte);
  }
  return btoa(text);
}

/** What the network did is a failed sending to the application. */
function toSendError(error: unknown): ZegoError {
  const failure = ZegoError.from(error, 'IM_SEND_FAILED');
  return unsureFailures.has(findErrorName(failure.code) ?? '') ? ZegoError.of('IM_SEND_FAILED') : failure;
}

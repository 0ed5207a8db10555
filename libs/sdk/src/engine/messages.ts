import { type ErrorName, findErrorName, findTextError, newId } from '@polyroom/contracts';
import { assertText, illegalArgument, refuseArgument } from '../arguments.js';
import { type Link } from '../signal/link.js';
import { toFailure, ZegoError } from '../zego-error.js';
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

/** How long storing a message is retried. Shorter than the time for which the cluster remembers its ID. */
const sendBudgetMs = 15_000;
const retryDelayMs = 250;
/**
 * After these failures it is unknown whether the message was stored; a retry with the same message ID
 * resolves it.
 */
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

/**
 * Sends messages. Results carry an error code, as in ZEGO's SDK; success means that the message is stored.
 */
export class Messages {
  constructor(
    private readonly link: Link,
    private readonly rooms: Rooms,
  ) {}

  async sendBroadcast(roomID: string, message: string): Promise<ZegoIMSendBroadcastMessageResult> {
    const clientMessageId = newId('message');
    try {
      this.assertMaySend(roomID, message, 'message');
      const { messageId } = await this.sendSurely([roomID], sendBudgetMs, () =>
        this.link.call('message.broadcast', { roomId: roomID, content: message, clientMessageId }),
      );
      return { errorCode: 0, messageID: messageId };
    } catch (error) {
      return { ...toFailure(toSendError(error)), messageID: 0 };
    }
  }

  /** Sends one message to several rooms; each room has its own result. */
  async sendBroadcastToRooms(roomIDs: string[], message: string): Promise<ZegoIMSendToRoomResult[]> {
    const clientMessageId = newId('message');
    const unique = Array.isArray(roomIDs) ? [...new Set(roomIDs)] : [''];
    try {
      if (!Array.isArray(roomIDs)) {
        throw illegalArgument('roomIDs', 'expected a list of room IDs');
      }
      roomIDs.forEach((roomID, index) => assertText('roomId', roomID, `roomIDs[${index}]`));
      assertContent(message, 'message');
      const { results } = await this.sendSurely(unique, sendBudgetMs, () =>
        this.link.call('message.broadcastToRooms', { roomIds: unique, content: message, clientMessageId }),
      );
      return results.map((result) =>
        'error' in result
          ? { roomID: result.roomId, ...toFailure(ZegoError.fromWire(result.error)), messageID: 0 }
          : { roomID: result.roomId, errorCode: 0, messageID: result.sent.messageId },
      );
    } catch (error) {
      const failure = toFailure(toSendError(error));
      return unique.map((roomID) => ({ roomID, ...failure, messageID: 0 }));
    }
  }

  /** Sent without a retry: a barrage message may be lost. */
  async sendBarrage(roomID: string, message: string): Promise<ZegoIMSendBarrageMessageResult> {
    try {
      this.assertMaySend(roomID, message, 'message');
      const { messageId } = await this.link.call('message.barrage', { roomId: roomID, content: message });
      return { errorCode: 0, messageID: messageId };
    } catch (error) {
      return { ...toFailure(toSendError(error)), messageID: '' };
    }
  }

  async sendCustomCommand(
    roomID: string,
    command: string,
    toUserList: ZegoUser[] | undefined,
  ): Promise<ZegoIMSendCustomCommandResult> {
    const clientMessageId = newId('message');
    try {
      this.assertMaySend(roomID, command, 'command');
      const to = toUserIds(toUserList, 'toUserList');
      await this.sendSurely([roomID], sendBudgetMs, () =>
        this.link.call('message.command', { roomId: roomID, content: command, to, clientMessageId }),
      );
      return { errorCode: 0 };
    } catch (error) {
      return toFailure(toSendError(error));
    }
  }

  async sendTransparent(
    roomID: string,
    message: ZegoRoomSendTransparentMessage,
  ): Promise<ZegoRoomSendTransparentMessageResult> {
    const clientMessageId = newId('message');
    try {
      const {
        recvUserList,
        sendMode = ZegoRoomTransparentMessageMode.OnlyClient,
        timeOut = 10,
      } = Object(message) as ZegoRoomSendTransparentMessage;
      const content = toBase64(message?.content);
      this.assertMaySend(roomID, content, 'message.content');
      const mode = modes[sendMode];
      if (mode === undefined) {
        throw illegalArgument('message.sendMode', 'expected a ZegoRoomTransparentMessageMode (0 to 2)');
      }
      if (!(timeOut > 0)) {
        throw illegalArgument('message.timeOut', 'expected a number of seconds above 0');
      }
      const to = toUserIds(recvUserList, 'message.recvUserList');
      await this.sendSurely([roomID], timeOut * 1000, () =>
        this.link.call('message.transparent', { roomId: roomID, mode, content, to, clientMessageId }),
      );
      return { errorCode: 0 };
    } catch (error) {
      return toFailure(toSendError(error));
    }
  }

  private assertMaySend(roomID: string, content: string, path: string): void {
    assertText('roomId', roomID, 'roomID');
    assertContent(content, path);
    this.rooms.assertIn(roomID, 'IM_INCONSISTENT_ROOM_ID');
  }

  /**
   * Retries until there is a definite answer, across reconnections too; the message ID prevents duplicates.
   */
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

  /** Resolves to true once all rooms are entered, to false if one was left or the deadline passed. */
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

const userIdErrors: { [Name in ErrorName]?: ErrorName } = {
  ROOM_USER_ID_NULL: 'IM_USER_ID_EMPTY',
  ROOM_USER_ID_TOO_LONG: 'IM_USER_ID_TOO_LONG',
};

function toUserIds(users: ZegoUser[] | undefined, path: string): string[] {
  if (users !== undefined && !Array.isArray(users)) {
    throw illegalArgument(path, 'expected a list of users');
  }
  return (users ?? []).map((user, index) => {
    const problem = findTextError('userId', user?.userID);
    if (problem !== undefined) {
      throw refuseArgument(userIdErrors[problem] ?? problem, `${path}[${index}].userID`);
    }
    return user.userID;
  });
}

function assertContent(content: unknown, path: string): void {
  if (typeof content !== 'string' || content === '') {
    throw refuseArgument('IM_CONTENT_NULL', path);
  }
}

function toBase64(bytes: unknown): string {
  if (!(bytes instanceof Uint8Array)) {
    throw illegalArgument('message.content', 'expected a Uint8Array');
  }
  let text = '';
  for (const byte of bytes) {
    text += String.fromCharCode(byte);
  }
  return btoa(text);
}

/** Maps network errors to a failed send. */
function toSendError(error: unknown): ZegoError {
  const failure = ZegoError.from(error, 'IM_SEND_FAILED');
  return unsureFailures.has(findErrorName(failure.code) ?? '') ? ZegoError.of('IM_SEND_FAILED') : failure;
}

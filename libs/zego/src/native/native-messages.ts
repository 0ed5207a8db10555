import { type Client, type SendBytesOptions } from '@polyroom/sdk';
import { illegalArgument } from '../shared/arguments.js';
import { toFailure, toZegoError } from '../shared/zego-error.js';
import {
  type ZegoIMSendBarrageMessageResult,
  type ZegoIMSendBroadcastMessageResult,
  type ZegoIMSendCustomCommandResult,
  type ZegoIMSendToRoomResult,
  type ZegoRoomSendTransparentMessage,
  type ZegoRoomSendTransparentMessageResult,
  ZegoRoomTransparentMessageMode,
} from './zego-message-types.js';
import { type ZegoUser } from './zego-user.js';

const targets: Record<ZegoRoomTransparentMessageMode, SendBytesOptions['target'] & string> = {
  [ZegoRoomTransparentMessageMode.OnlyClient]: 'clients',
  [ZegoRoomTransparentMessageMode.OnlyServer]: 'server',
  [ZegoRoomTransparentMessageMode.ClientAndServer]: 'both',
};

/** The message methods of the native SDKs. They never reject: results carry the error code. */
export class NativeMessages {
  constructor(private readonly client: Client) {}

  async sendBroadcast(roomID: string, message: string): Promise<ZegoIMSendBroadcastMessageResult> {
    try {
      const { messageId } = await this.client.send(roomID, message);
      return { errorCode: 0, messageID: messageId };
    } catch (error) {
      return { ...toFailure(toZegoError(error, { text: 'message' })), messageID: 0 };
    }
  }

  async sendBroadcastToRooms(roomIDs: string[], message: string): Promise<ZegoIMSendToRoomResult[]> {
    try {
      const results = await this.client.sendToRooms(roomIDs, message);
      return results.map((result) =>
        'error' in result
          ? { roomID: result.roomId, ...toFailure(toZegoError(result.error)), messageID: 0 }
          : { roomID: result.roomId, errorCode: 0, messageID: result.messageId },
      );
    } catch (error) {
      const failure = toFailure(toZegoError(error, { text: 'message' }));
      const unique = Array.isArray(roomIDs) ? [...new Set(roomIDs)] : [''];
      return unique.map((roomID) => ({ roomID, ...failure, messageID: 0 }));
    }
  }

  async sendBarrage(roomID: string, message: string): Promise<ZegoIMSendBarrageMessageResult> {
    try {
      const { messageId } = await this.client.sendDroppable(roomID, message);
      return { errorCode: 0, messageID: messageId };
    } catch (error) {
      return { ...toFailure(toZegoError(error, { text: 'message' })), messageID: '' };
    }
  }

  async sendCustomCommand(
    roomID: string,
    command: string,
    toUserList: ZegoUser[] | undefined,
  ): Promise<ZegoIMSendCustomCommandResult> {
    try {
      await this.client.sendCommand(roomID, command, toUserIds(toUserList));
      return { errorCode: 0 };
    } catch (error) {
      const names = { text: 'command', userIds: 'toUserList', 'userIds[]': 'toUserList[].userID' };
      return toFailure(toZegoError(error, names));
    }
  }

  async sendTransparent(
    roomID: string,
    message: ZegoRoomSendTransparentMessage,
  ): Promise<ZegoRoomSendTransparentMessageResult> {
    try {
      const {
        content,
        recvUserList,
        sendMode = ZegoRoomTransparentMessageMode.OnlyClient,
        timeOut = 10,
      } = Object(message) as ZegoRoomSendTransparentMessage;
      const target = targets[sendMode];
      if (target === undefined) {
        throw illegalArgument('message.sendMode', 'expected a ZegoRoomTransparentMessageMode (0 to 2)');
      }
      if (!(timeOut > 0)) {
        throw illegalArgument('message.timeOut', 'expected a number of seconds above 0');
      }
      const to = toUserIds(recvUserList);
      await this.client.sendBytes(roomID, content, { to, target, timeoutMs: timeOut * 1000 });
      return { errorCode: 0 };
    } catch (error) {
      const names = {
        bytes: 'message.content',
        'options.to': 'message.recvUserList',
        'options.to[]': 'message.recvUserList[].userID',
      };
      return toFailure(toZegoError(error, names));
    }
  }
}

/** The core checks the list, and the face names it in the error. */
function toUserIds(users: ZegoUser[] | undefined): string[] {
  return Array.isArray(users) ? users.map((user) => user?.userID) : ((users ?? []) as unknown as string[]);
}

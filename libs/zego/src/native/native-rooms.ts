import { type Client, type Emitter, type JoinedRoom, type MoveOptions } from '@polyroom/sdk';
import { assertKnown } from '../shared/known-options.js';
import { describe, toFailure, toZegoError, ZegoError } from '../shared/zego-error.js';
import { toZegoStream } from './native-events.js';
import {
  type ZegoEvents,
  type ZegoRoomConfig,
  type ZegoRoomLoginResult,
  type ZegoRoomLogoutResult,
  type ZegoRoomRenewTokenResult,
  type ZegoRoomSetRoomExtraInfoResult,
  type ZegoRoomStreamList,
  ZegoRoomStateChangedReason,
} from './zego-types.js';
import { ZegoUser } from './zego-user.js';

/** The room methods of the native SDKs. They never reject: results carry the error code. */
export class NativeRooms {
  /** The user of the last login. All rooms have the same one. */
  private user = new ZegoUser('', '');

  constructor(
    private readonly client: Client,
    private readonly events: Emitter<ZegoEvents>,
    /** The text of an own stream. */
    private readonly extraInfoOf: (streamID: string) => string,
  ) {}

  async login(roomID: string, user: ZegoUser, config: ZegoRoomConfig): Promise<ZegoRoomLoginResult> {
    try {
      const { userID, userName } = Object(user) as ZegoUser;
      const options = { ...toMoveOptions(config), user: { userId: userID, userName } };
      const result = toLoginResult(await this.client.join(roomID, options));
      this.user = new ZegoUser(userID, userName);
      return result;
    } catch (error) {
      return toResult(toZegoError(error));
    }
  }

  async logout(roomID: string | undefined): Promise<ZegoRoomLogoutResult> {
    try {
      await this.client.leave(roomID);
      return { errorCode: 0, extendedData: '{}' };
    } catch (error) {
      const failure = toZegoError(error);
      if (failure.errorName === 'ROOM_ROOMID_INCORRECT' && roomID !== undefined) {
        const { LogoutFailed } = ZegoRoomStateChangedReason;
        this.events.emit('roomStateChanged', roomID, LogoutFailed, failure.code, '{}');
      }
      return toResult(failure);
    }
  }

  async switch(fromRoomID: string, toRoomID: string, config: ZegoRoomConfig): Promise<ZegoRoomLoginResult> {
    try {
      const { isUserStatusNotify } = config;
      // An omitted value is that of the room that is left.
      const { memberEvents, ...options } = toMoveOptions(config);
      const members = isUserStatusNotify === undefined ? {} : { memberEvents };
      return toLoginResult(await this.client.move(fromRoomID, toRoomID, { ...options, ...members }));
    } catch (error) {
      return toResult(toZegoError(error));
    }
  }

  async setExtraInfo(roomID: string, key: string, value: string): Promise<ZegoRoomSetRoomExtraInfoResult> {
    try {
      await this.client.setAttribute(roomID, key, value);
      return { errorCode: 0 };
    } catch (error) {
      return toFailure(toZegoError(error));
    }
  }

  getStreamList(roomID: string): ZegoRoomStreamList {
    const { publications, rooms } = this.client.dump();
    if (rooms.every(({ roomId }) => roomId !== roomID)) {
      throw ZegoError.of('ROOM_ROOMID_INCORRECT', { roomID });
    }
    return {
      publishStreamList: publications
        .filter(({ roomIds }) => roomIds.includes(roomID))
        .map(({ streamId }) => ({
          user: this.user,
          streamID: streamId,
          extraInfo: this.extraInfoOf(streamId),
        })),
      playStreamList: this.client.streams(roomID).map(toZegoStream),
    };
  }

  async renewToken(roomID: string, token: string): Promise<ZegoRoomRenewTokenResult> {
    try {
      await this.client.renewToken(roomID, token);
      return { errorCode: 0 };
    } catch (error) {
      return toFailure(toZegoError(error));
    }
  }
}

/** `capabilityNegotiationTypes` and `roomType` are ZEGO's, without effect. */
const roomOptions = [
  ...['isListenOnly', 'isUserStatusNotify', 'maxMemberCount', 'token'],
  ...['capabilityNegotiationTypes', 'roomType'],
];

function toMoveOptions(config: ZegoRoomConfig): MoveOptions & { memberEvents: boolean } {
  assertKnown(config, 'config', roomOptions);
  const { isListenOnly, isUserStatusNotify, maxMemberCount, token } = config;
  return {
    memberEvents: isUserStatusNotify === true,
    ...(isListenOnly === undefined ? {} : { listenOnly: isListenOnly }),
    ...(maxMemberCount === undefined ? {} : { maxMembers: maxMemberCount }),
    ...(token === undefined ? {} : { token }),
  };
}

function toLoginResult({ roomSessionId }: JoinedRoom): ZegoRoomLoginResult {
  return { errorCode: 0, extendedData: JSON.stringify({ room_session_id: roomSessionId }) };
}

function toResult(error: ZegoError): ZegoRoomLoginResult {
  return { errorCode: error.code, extendedData: describe(error) };
}

import { type ZegoUser } from './zego-user.js';

/** Names and numbers of ZEGO Express for messages. */
export enum ZegoRoomTransparentMessageMode {
  OnlyClient = 0,
  OnlyServer = 1,
  ClientAndServer = 2,
}

/** Accepted for compatibility: every transparent message is delivered in the room's order. */
export enum ZegoRoomTransparentMessageType {
  Normal = 0,
  Sequence = 1,
}

export interface ZegoBroadcastMessageInfo {
  message: string;
  messageID: number;
  /** Unix time in ms. */
  sendTime: number;
  fromUser: ZegoUser;
}

export interface ZegoBarrageMessageInfo {
  message: string;
  messageID: string;
  /** Unix time in ms. */
  sendTime: number;
  fromUser: ZegoUser;
}

export interface ZegoRoomSendTransparentMessage {
  sendMode?: ZegoRoomTransparentMessageMode;
  sendType?: ZegoRoomTransparentMessageType;
  content: Uint8Array;
  /** Seconds; 10 by default. */
  timeOut?: number;
  /** Empty or omitted: all members of the room. */
  recvUserList?: ZegoUser[];
}

export interface ZegoRoomRecvTransparentMessage {
  sendUser: ZegoUser;
  content: Uint8Array;
}

export interface ZegoIMSendBroadcastMessageResult {
  errorCode: number;
  /** Polyroom extension: the cause, unless `errorCode` is 0. */
  errorMessage?: string;
  messageID: number;
}

export interface ZegoIMSendBarrageMessageResult {
  errorCode: number;
  /** Polyroom extension: the cause, unless `errorCode` is 0. */
  errorMessage?: string;
  messageID: string;
}

export interface ZegoIMSendCustomCommandResult {
  errorCode: number;
  /** Polyroom extension: the cause, unless `errorCode` is 0. */
  errorMessage?: string;
}

export interface ZegoRoomSendTransparentMessageResult {
  errorCode: number;
  /** Polyroom extension: the cause, unless `errorCode` is 0. */
  errorMessage?: string;
}

/** The result of one room when sending to several. */
export interface ZegoIMSendToRoomResult extends ZegoIMSendBroadcastMessageResult {
  roomID: string;
}

/** Message events of the engine. Lists contain at most 50 entries. */
export type ZegoMessageEvents = {
  IMRecvBroadcastMessage: [roomID: string, messageList: ZegoBroadcastMessageInfo[]];
  IMRecvBarrageMessage: [roomID: string, messageList: ZegoBarrageMessageInfo[]];
  /**
   * Custom commands and transparent messages come without an ID, as in ZEGO Express: `roomMessageDeleted` cannot be
   * matched to them. `commandReceived` and `bytesReceived` of `@polyroom/sdk` have the ID.
   */
  IMRecvCustomCommand: [roomID: string, fromUser: ZegoUser, command: string];
  /** Without an ID, see `IMRecvCustomCommand`. */
  recvRoomTransparentMessage: [roomID: string, message: ZegoRoomRecvTransparentMessage];
  /** A message of the room was deleted: remove it from the view. Not in ZEGO Express. */
  roomMessageDeleted: [roomID: string, messageID: number];
  /**
   * Messages of the room were missed during a disconnection and are no longer stored. Not in ZEGO Express.
   */
  roomMessagesLost: [roomID: string];
};

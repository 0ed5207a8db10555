import { type ZegoUser } from './zego-user.js';

/** The names and numbers of ZEGO Express for messages. */
export enum ZegoRoomTransparentMessageMode {
  OnlyClient = 0,
  OnlyServer = 1,
  ClientAndServer = 2,
}

/** Accepted for compatibility: every transparent message comes in its place in the room's order. */
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
  /** In seconds; 10 by default. */
  timeOut?: number;
  /** Empty or left out: everybody in the room. */
  recvUserList?: ZegoUser[];
}

export interface ZegoRoomRecvTransparentMessage {
  sendUser: ZegoUser;
  content: Uint8Array;
}

export interface ZegoIMSendBroadcastMessageResult {
  errorCode: number;
  /** Ours: what is wrong, where `errorCode` is not 0. */
  errorMessage?: string;
  messageID: number;
}

export interface ZegoIMSendBarrageMessageResult {
  errorCode: number;
  /** Ours: what is wrong, where `errorCode` is not 0. */
  errorMessage?: string;
  messageID: string;
}

export interface ZegoIMSendCustomCommandResult {
  errorCode: number;
  /** Ours: what is wrong, where `errorCode` is not 0. */
  errorMessage?: string;
}

export interface ZegoRoomSendTransparentMessageResult {
  errorCode: number;
  /** Ours: what is wrong, where `errorCode` is not 0. */
  errorMessage?: string;
}

/** Of one room of a send to several. */
export interface ZegoIMSendToRoomResult extends ZegoIMSendBroadcastMessageResult {
  roomID: string;
}

/** What the engine tells about messages. Lists hold at most 50. */
export type ZegoMessageEvents = {
  IMRecvBroadcastMessage: [roomID: string, messageList: ZegoBroadcastMessageInfo[]];
  IMRecvBarrageMessage: [roomID: string, messageList: ZegoBarrageMessageInfo[]];
  IMRecvCustomCommand: [roomID: string, fromUser: ZegoUser, command: string];
  recvRoomTransparentMessage: [roomID: string, message: ZegoRoomRecvTransparentMessage];
  /** Messages of the room came while this device was away and are no longer kept. Not in ZEGO Express. */
  roomMessagesLost: [roomID: string];
};

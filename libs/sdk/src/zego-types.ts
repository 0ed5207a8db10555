import { type types as mediasoupTypes } from 'mediasoup-client';
import { type ZegoQualityEvents } from './quality/zego-quality-types.js';
import { type ZegoMessageEvents } from './zego-message-types.js';
import { type ZegoUser } from './zego-user.js';

/** The names and numbers of ZEGO Express; docs/sdk.md lists what an application that moves has to change. */
export enum ZegoRoomMode {
  SingleRoom = 0,
  MultiRoom = 1,
}

export enum ZegoScenario {
  Default = 3,
  StandardVideoCall = 4,
  HighQualityVideoCall = 5,
  StandardChatroom = 6,
  HighQualityChatroom = 7,
  Broadcast = 8,
}

export enum ZegoRoomStateChangedReason {
  Logining = 0,
  Logined = 1,
  LoginFailed = 2,
  Reconnecting = 3,
  Reconnected = 4,
  ReconnectFailed = 5,
  KickOut = 6,
  Logout = 7,
  LogoutFailed = 8,
}

export enum ZegoUpdateType {
  Add = 0,
  Delete = 1,
}

export enum ZegoPublishChannel {
  Main = 0,
  Aux = 1,
  Third = 2,
  Fourth = 3,
}

export enum ZegoPublisherState {
  NoPublish = 0,
  PublishRequesting = 1,
  Publishing = 2,
}

export enum ZegoPlayerState {
  NoPlay = 0,
  PlayRequesting = 1,
  Playing = 2,
}

export interface ZegoStream {
  user: ZegoUser;
  streamID: string;
  extraInfo: string;
  /** Ours: real-time sequential data, for `startSubscribing`; left out: sound and picture. */
  isData?: true;
}

export interface ZegoEngineProfile {
  appID: number;
  /** 64 hexadecimal characters; leave it out where logins bring a token. */
  appSign?: string;
  /** `ws://…` or `http://…` addresses of gateways; with several the SDK moves on when one fails. */
  server: string | string[];
  /** Accepted for compatibility; the media settings do not depend on it. */
  scenario?: ZegoScenario | number;
  /** How long a lost connection is tried to be restored before `ReconnectFailed`; 1200 by default. */
  roomRetryTimeSeconds?: number;
  /** A WebRTC implementation for platforms without one of their own (a mediasoup-client handler). */
  handlerFactory?: mediasoupTypes.HandlerFactory;
}

export interface ZegoRoomConfig {
  /** The first login of a room sets it; 0 = no limit. */
  maxMemberCount?: number;
  /** Whether `roomUserUpdate` is wanted; false by default, as with ZEGO. */
  isUserStatusNotify?: boolean;
  /** Only watch and listen there, whatever the token grants. */
  isListenOnly?: boolean;
  token?: string;
}

/** One attribute of a room. An empty value says that it was taken away. */
export interface ZegoRoomExtraInfo {
  key: string;
  value: string;
  /** Without an ID where the application's server set it. */
  updateUser: ZegoUser;
  /** Unix time in ms. */
  updateTime: number;
}

export interface ZegoRoomSetRoomExtraInfoResult {
  errorCode: number;
  /** Ours: what is wrong, where `errorCode` is not 0. */
  errorMessage?: string;
}

export interface ZegoRoomRenewTokenResult {
  errorCode: number;
  /** A Polyroom extension: the cause, unless `errorCode` is 0. */
  errorMessage?: string;
}

export interface ZegoRoomLoginResult {
  errorCode: number;
  /** JSON; after a success it holds `room_session_id`. */
  extendedData: string;
}

export type ZegoRoomLogoutResult = ZegoRoomLoginResult;

export interface ZegoPublisherConfig {
  /** Needed in multi-room mode. */
  roomID?: string;
  /** Takes precedence over `setLocalStream`. */
  mediaStream?: MediaStream;
}

export interface ZegoPlayerConfig {
  /** Needed in multi-room mode. */
  roomID?: string;
}

/** One of them; without any, camera and microphone. */
export interface ZegoStreamSource {
  camera?: ZegoCameraSource;
  /** `true` for the defaults. */
  screen?: boolean | ZegoScreenSource;
  custom?: ZegoCustomSource;
}

export interface ZegoCameraSource {
  /** True by default. */
  audio?: boolean | MediaTrackConstraints;
  /** True by default. */
  video?: boolean | MediaTrackConstraints;
  /** Device ID of a microphone. */
  audioInput?: string;
  /** Device ID of a camera. */
  videoInput?: string;
  facingMode?: 'user' | 'environment';
  width?: ConstrainULong;
  height?: ConstrainULong;
  frameRate?: ConstrainDouble;
}

export interface ZegoScreenSource {
  /** The sound of what is shared, where the browser offers it; false by default. */
  audio?: boolean;
  width?: ConstrainULong;
  height?: ConstrainULong;
  frameRate?: ConstrainDouble;
}

export interface ZegoCustomSource {
  source: MediaStream | HTMLMediaElement;
}

/** ZEGO's publisher callback, with the rooms it leaves out. */
export interface ZegoPublisherStateInfo {
  streamID: string;
  state: ZegoPublisherState;
  errorCode: number;
  roomIDs: string[];
  /** Ours: kinds whose tracks have ended, left out while there are none. The others are published. */
  endedKinds?: ('audio' | 'video')[];
}

/** ZEGO's player callback, with the rooms it leaves out. */
export interface ZegoPlayerStateInfo {
  streamID: string;
  state: ZegoPlayerState;
  errorCode: number;
  roomIDs: string[];
}

/** What the engine tells; a type, so that it can stand for an event map. */
export type ZegoEvents = ZegoMessageEvents &
  ZegoQualityEvents & {
    roomStateChanged: [
      roomID: string,
      reason: ZegoRoomStateChangedReason,
      errorCode: number,
      extendedData: string,
    ];
    roomUserUpdate: [roomID: string, updateType: ZegoUpdateType, userList: ZegoUser[]];
    roomStreamUpdate: [
      roomID: string,
      updateType: ZegoUpdateType,
      streamList: ZegoStream[],
      extendedData: string,
    ];
    roomOnlineUserCountUpdate: [roomID: string, count: number];
    /** The token of a room expires in 30 s or less. Without `renewToken` the user is removed (1002056). */
    roomTokenWillExpire: [roomID: string, remainTimeInSecond: number];
    /** The same event under the name of ZEGO's Web SDK. */
    tokenWillExpire: [roomID: string];
    roomExtraInfoUpdate: [roomID: string, roomExtraInfoList: ZegoRoomExtraInfo[]];
    /** Ours: an operator keeps these kinds of a stream from the room, be it one's own; none = it is over. */
    roomStreamMuted: [roomID: string, streamID: string, kinds: ('audio' | 'video')[]];
    publisherStateUpdate: [info: ZegoPublisherStateInfo];
    playerStateUpdate: [info: ZegoPlayerStateInfo];
  };

/** What the engine holds at this moment, for people and tests. */
export interface ZegoEngineDump {
  rooms: {
    roomID: string;
    state: 'logining' | 'logined' | 'reconnecting';
    users: string[];
    streams: string[];
  }[];
  publishing: { streamID: string; channel: number; state: ZegoPublisherState; roomIDs: string[] }[];
  playing: { streamID: string; state: ZegoPlayerState; roomIDs: string[]; trackIds: string[] }[];
  peerConnections: { send: number; recv: number };
  sockets: number;
}

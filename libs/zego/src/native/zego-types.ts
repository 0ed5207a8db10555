import {
  type CameraSource,
  type CaptureSource,
  type CustomSource,
  type HandlerFactory,
  type Platform,
  type ScreenSource,
} from '@polyroom/sdk';
import { type ZegoMessageEvents } from './zego-message-types.js';
import { type ZegoQualityEvents } from './zego-quality-types.js';
import { type ZegoUser } from './zego-user.js';

/**
 * Names and numbers of ZEGO Express; docs/sdk.md lists the changes that a migrating application has to make.
 */
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

/** Of the microphone or the camera of another user. */
export enum ZegoRemoteDeviceState {
  Open = 0,
  GenericError = 1,
  InvalidID = 2,
  NoAuthorization = 3,
  ZeroFPS = 4,
  InUseByOther = 5,
  Unplugged = 6,
  RebootRequired = 7,
  SystemMediaServicesLost = 8,
  Disable = 9,
  Mute = 10,
  Interruption = 11,
  InBackground = 12,
  MultiForegroundApp = 13,
  BySystemPressure = 14,
  NotSupport = 15,
}

export enum ZegoVideoStreamType {
  /** By the network. */
  Default = 0,
  Small = 1,
  Big = 2,
}

export interface ZegoStream {
  user: ZegoUser;
  streamID: string;
  extraInfo: string;
  /** Polyroom extension: kinds that the members do not receive; omitted if there are none. */
  mutedKinds?: ('audio' | 'video')[];
  /** Polyroom extension: real-time sequential data, for `startSubscribing`; omitted for audio and video. */
  isData?: true;
}

export interface ZegoEngineProfile {
  appID: number;
  /** 64 hexadecimal characters; omit it if logins carry a token. */
  appSign?: string;
  /** `ws://…` or `http://…` addresses of gateways; the SDK tries the next one when one fails. */
  server: string | string[];
  /** Accepted for compatibility; the media settings do not depend on it. */
  scenario?: ZegoScenario | number;
  /** How long to try to restore a lost connection before `ReconnectFailed`; 1200 by default. */
  roomRetryTimeSeconds?: number;
  /** A WebRTC implementation for platforms without a built-in one (a mediasoup-client handler). */
  handlerFactory?: HandlerFactory;
  /** Replaces parts of the runtime: `nodePlatform` or `reactNativePlatform` of `@polyroom/sdk`. */
  platform?: Partial<Platform>;
}

export interface ZegoRoomConfig {
  /** Set by the first login of a room; 0 = no limit. */
  maxMemberCount?: number;
  /** Whether to emit `roomUserUpdate`; false by default, as in ZEGO's SDK. */
  isUserStatusNotify?: boolean;
  /** Subscribe only, regardless of the token's grants. */
  isListenOnly?: boolean;
  token?: string;
}

/** One attribute of a room. An empty value means that it was deleted. */
export interface ZegoRoomExtraInfo {
  key: string;
  value: string;
  /** Without an ID if the application's server set the attribute. */
  updateUser: ZegoUser;
  /** Unix time in ms. */
  updateTime: number;
}

export interface ZegoRoomSetRoomExtraInfoResult {
  errorCode: number;
  /** Polyroom extension: the cause, unless `errorCode` is 0. */
  errorMessage?: string;
}

export interface ZegoPublisherSetStreamExtraInfoResult {
  errorCode: number;
  /** Polyroom extension: the cause, unless `errorCode` is 0. */
  errorMessage?: string;
}

export interface ZegoRoomRenewTokenResult {
  errorCode: number;
  /** Polyroom extension: the cause, unless `errorCode` is 0. */
  errorMessage?: string;
}

export interface ZegoRoomLoginResult {
  errorCode: number;
  /** JSON; on success it contains `room_session_id`. */
  extendedData: string;
}

export type ZegoRoomLogoutResult = ZegoRoomLoginResult;

/** A plain object with these fields does as well. */
export class ZegoPublisherConfig {
  /** Required in multi-room mode. */
  roomID?: string;
  /** Takes precedence over `setLocalStream`. */
  mediaStream?: MediaStream;

  constructor(roomID?: string) {
    if (roomID !== undefined) {
      this.roomID = roomID;
    }
  }
}

/** A plain object with these fields does as well. */
export class ZegoPlayerConfig {
  /** Required in multi-room mode. */
  roomID?: string;

  constructor(roomID?: string) {
    if (roomID !== undefined) {
      this.roomID = roomID;
    }
  }

  static defaultConfig(): ZegoPlayerConfig {
    return new ZegoPlayerConfig();
  }
}

export enum ZegoViewMode {
  AspectFit = 0,
  AspectFill = 1,
  ScaleToFill = 2,
}

/** Where a stream is shown: a media element, or the ID that `createCanvasView` passed. */
export class ZegoCanvas {
  constructor(
    public view: HTMLMediaElement | number,
    public viewMode: ZegoViewMode = ZegoViewMode.AspectFit,
    public backgroundColor = 0,
  ) {}

  static view(view: HTMLMediaElement | number): ZegoCanvas {
    return new ZegoCanvas(view);
  }
}

export interface ZegoRoomStreamList {
  publishStreamList: ZegoStream[];
  playStreamList: ZegoStream[];
}

/** At most one of these; without any, camera and microphone. */
export type ZegoStreamSource = CaptureSource;
export type ZegoCameraSource = CameraSource;
export type ZegoScreenSource = ScreenSource;
export type ZegoCustomSource = CustomSource;

/** ZEGO's publisher callback, plus the rooms. */
export interface ZegoPublisherStateInfo {
  streamID: string;
  state: ZegoPublisherState;
  errorCode: number;
  roomIDs: string[];
  /**
   * Polyroom extension: kinds whose tracks have all ended, omitted if there are none. The other kinds are
   * still published.
   */
  endedKinds?: ('audio' | 'video')[];
  /** Polyroom extension: kinds that the system mutes, as during a phone call, omitted if there are none. */
  interruptedKinds?: ('audio' | 'video')[];
}

/** ZEGO's player callback, plus the rooms. */
export interface ZegoPlayerStateInfo {
  streamID: string;
  state: ZegoPlayerState;
  errorCode: number;
  roomIDs: string[];
}

/** Events of the engine; a type alias, because an interface is not assignable to an event map. */
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
    roomStreamExtraInfoUpdate: [roomID: string, streamList: ZegoStream[]];
    /** `Mute` if the publisher, or an operator, mutes the video in all rooms in which the user sees the stream. */
    remoteCameraStateUpdate: [streamID: string, state: ZegoRemoteDeviceState];
    remoteMicStateUpdate: [streamID: string, state: ZegoRemoteDeviceState];
    roomOnlineUserCountUpdate: [roomID: string, count: number];
    /** The token of a room expires in 30 s or less. Without `renewToken` the user is removed (1002056). */
    roomTokenWillExpire: [roomID: string, remainTimeInSecond: number];
    /** The same event under the name of ZEGO's Web SDK. */
    tokenWillExpire: [roomID: string];
    roomExtraInfoUpdate: [roomID: string, roomExtraInfoList: ZegoRoomExtraInfo[]];
    /**
     * Polyroom extension: the kinds of a stream that an operator mutes in the room, own streams included; an
     * empty list ends the mute.
     */
    roomStreamMuted: [roomID: string, streamID: string, kinds: ('audio' | 'video')[]];
    /**
     * An event of ZEGO's Web SDK: the browser plays no audio of the stream before the user interacts with the page.
     * The next click or key starts it.
     */
    autoplayFailed: [streamID: string];
    publisherStateUpdate: [info: ZegoPublisherStateInfo];
    playerStateUpdate: [info: ZegoPlayerStateInfo];
  };

/** Current state of the engine, for debugging and tests. */
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

import { type MediaKind } from '@polyroom/sdk';
import { type ZegoMessageEvents } from '../native/zego-message-types.js';
import {
  type ZegoDominantSpeaker,
  type ZegoPlayStreamQuality,
  type ZegoPublishStreamQuality,
} from '../native/zego-quality-types.js';
import { type ZegoRoomExtraInfo, type ZegoStream } from '../native/zego-types.js';
import { type ZegoUser } from '../native/zego-user.js';

/** The result of a call: `errorCode` is 0 for success, `extendedData` JSON with the cause otherwise. */
export interface ZegoServerResponse {
  errorCode: number;
  extendedData: string;
}

export interface ZegoWebRoomConfig {
  /** Whether to emit `roomUserUpdate`; false by default, as in ZEGO's SDK. */
  userUpdate?: boolean;
  maxMemberCount?: number;
}

export interface ZegoWebPublishOption {
  /** Required in multi-room mode. */
  roomID?: string;
}

export interface ZegoWebPlayOption {
  /** Whether to play the kind; true by default. */
  audio?: boolean;
  video?: boolean;
}

/** Options of `createZegoStream`. */
export interface ZegoStreamOptions {
  camera?: {
    audio?: boolean;
    video?: boolean | { input?: string; width?: number; height?: number; frameRate?: number };
  };
  screen?: { audio?: boolean; video?: boolean | { width?: number; height?: number; frameRate?: number } };
  custom?: { audio?: { input: MediaStreamTrack }; video?: { input: MediaStreamTrack } };
}

export interface ZegoPublishStreamConfig {
  width?: number;
  height?: number;
  frameRate?: number;
}

export interface ZegoDeviceInfo {
  deviceName: string;
  deviceID: string;
}

export interface ZegoDeviceInfos {
  microphones: ZegoDeviceInfo[];
  speakers: ZegoDeviceInfo[];
  cameras: ZegoDeviceInfo[];
}

export interface ZegoCapabilityDetection {
  webRTC: boolean;
  customCapture: boolean;
  camera: boolean;
  microphone: boolean;
  screenSharing: boolean;
  videoCodec: { H264: boolean; H265: boolean; VP8: boolean; VP9: boolean };
  /** Empty if nothing is missing. */
  errInfo: Record<string, { name: string; message: string }>;
  result: boolean;
}

export type ZegoRoomState = 'DISCONNECTED' | 'CONNECTING' | 'CONNECTED';
export type ZegoRoomStateReason =
  | 'LOGINING'
  | 'LOGINED'
  | 'LOGIN_FAILED'
  | 'RECONNECTING'
  | 'RECONNECTED'
  | 'RECONNECT_FAILED'
  | 'KICKOUT'
  | 'LOGOUT'
  | 'LOGOUT_FAILED';
export type ZegoWebUpdateType = 'ADD' | 'DELETE';
export type ZegoWebPublisherState = 'NO_PUBLISH' | 'PUBLISH_REQUESTING' | 'PUBLISHING';
export type ZegoWebPlayerState = 'NO_PLAY' | 'PLAY_REQUESTING' | 'PLAYING';

/** The state of a stream; `roomIDs` is a Polyroom extension. */
export interface ZegoStreamStateResult<State> {
  streamID: string;
  state: State;
  errorCode: number;
  extendedData: string;
  roomIDs: string[];
}

export type ZegoWebEvents = ZegoMessageEvents & {
  roomStateChanged: [roomID: string, reason: ZegoRoomStateReason, errorCode: number, extendedData: string];
  roomStateUpdate: [roomID: string, state: ZegoRoomState, errorCode: number, extendedData: string];
  roomUserUpdate: [roomID: string, updateType: ZegoWebUpdateType, userList: ZegoUser[]];
  roomStreamUpdate: [
    roomID: string,
    updateType: ZegoWebUpdateType,
    streamList: ZegoStream[],
    extendedData: string,
  ];
  roomOnlineUserCountUpdate: [roomID: string, count: number];
  roomExtraInfoUpdate: [roomID: string, roomExtraInfoList: ZegoRoomExtraInfo[]];
  tokenWillExpire: [roomID: string];
  publisherStateUpdate: [result: ZegoStreamStateResult<ZegoWebPublisherState>];
  playerStateUpdate: [result: ZegoStreamStateResult<ZegoWebPlayerState>];
  publishQualityUpdate: [streamID: string, stats: ZegoPublishStreamQuality];
  playQualityUpdate: [streamID: string, stats: ZegoPlayStreamQuality];
  soundLevelUpdate: [list: { streamID: string; soundLevel: number; type: 'push' | 'pull' }[]];
  capturedSoundLevelUpdate: [soundLevel: number];
  /** The user stopped sharing the screen. */
  screenSharingEnded: [localStream: MediaStream];
  /** Polyroom extensions. */
  roomStreamMuted: [roomID: string, streamID: string, kinds: MediaKind[]];
  roomDominantSpeakerUpdate: [roomID: string, speaker: ZegoDominantSpeaker];
  /** The browser plays no audio before the user interacts with the page; it plays with the next gesture. */
  autoplayFailed: [streamID: string];
};

import { type MediaKind } from '@polyroom/sdk';
import { type ZegoMessageEvents } from '../native/zego-message-types.js';
import { type ZegoDominantSpeaker } from '../native/zego-quality-types.js';
import { type ZegoRoomExtraInfo, type ZegoStream } from '../native/zego-types.js';
import { type ZegoUser } from '../native/zego-user.js';
import { type ZegoPlayStats, type ZegoPublishStats } from './web-quality.js';

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

/** ZEGO's other publish options are accepted without effect. */
export interface ZegoWebPublishOption {
  /** Required in multi-room mode. */
  roomID?: string;
  /** The text of `setStreamExtraInfo`. */
  extraInfo?: string;
  streamParams?: string;
  videoCodec?: string;
  isSEIStart?: boolean;
  SEIType?: number;
  enableDTX?: boolean;
  inspectFlag?: number;
  trafficControlFocusOnMode?: number;
  trafficControlMinVideoBitrate?: number;
  trafficControlMinVideoMode?: number;
  enableTrafficControl?: boolean;
  enableAutoSwitchVideoCodec?: boolean;
  forceSynchronousNetworkTime?: 0 | 1;
}

/** ZEGO's other play options are accepted without effect. */
export interface ZegoWebPlayOption {
  /** Whether to play the kind; true by default. */
  audio?: boolean;
  video?: boolean;
  /** As in `setPlayStreamVideoType`. */
  streamType?: 0 | 1 | 2;
  streamParams?: string;
  resourceMode?: number;
  isSEIStart?: boolean;
  CDNPlayer?: unknown;
  CDNVideo?: HTMLVideoElement;
  playoutDelayHint?: number;
  jitterBufferTarget?: number;
  enableLowLatency?: boolean;
  customResourceConfig?: unknown;
  codecTemplateID?: number;
  adaptiveSwitch?: boolean;
  adaptiveTemplateIDList?: number[];
  transcodeOnDecodeFail?: boolean;
  posterType?: 0 | 1 | 2;
}

/** 1 to 3 are presets of size, frame rate and bitrate; 4 takes those of the other options. */
export type ZegoVideoQuality = 1 | 2 | 3 | 4;

interface ZegoAudioProcessing {
  /** Noise suppression. */
  ANS?: boolean;
  /** Automatic gain control. */
  AGC?: boolean;
  /** Echo cancellation. */
  AEC?: boolean;
}

interface ZegoVideoSize {
  width?: ConstrainULong;
  height?: ConstrainULong;
  frameRate?: ConstrainDouble;
}

interface ZegoEncoderOptions {
  /** kbit/s. */
  bitrate?: number;
  videoOptimizationMode?: 'default' | 'motion' | 'detail';
  /** Without effect: the encoding adapts to the network by itself. */
  startBitrate?: 'default' | 'target';
  minBitrate?: number;
  keyFrameInterval?: number;
}

export interface ZegoCamera extends ZegoAudioProcessing, ZegoVideoSize, ZegoEncoderOptions {
  audio?: boolean;
  video?: boolean;
  audioInput?: string;
  videoInput?: string;
  facingMode?: 'user' | 'environment';
  videoQuality?: ZegoVideoQuality;
  /** kbit/s. */
  audioBitrate?: number;
  channelCount?: 1 | 2;
}

export interface ZegoScreen extends ZegoAudioProcessing, ZegoVideoSize, ZegoEncoderOptions {
  audio?: boolean;
  videoQuality?: ZegoVideoQuality;
  /** The same as `bitrate`. */
  bitRate?: number;
  /** Of Electron; refused. */
  sourceID?: string;
}

export interface ZegoCustom extends ZegoEncoderOptions {
  source: HTMLMediaElement | MediaStream;
  audioBitrate?: number;
  channelCount?: number;
}

/** Options of `createStream`: at most one source; camera and microphone by default. */
export interface ZegoLocalStreamConfig {
  camera?: ZegoCamera;
  screen?: boolean | ZegoScreen;
  custom?: ZegoCustom;
}

export interface ZegoCaptureMicrophone extends ZegoAudioProcessing {
  input?: string;
  channelCount?: 1 | 2;
}

interface ZegoCaptureVideo extends ZegoVideoSize {
  quality?: ZegoVideoQuality;
  optimizationMode?: 'default' | 'motion' | 'detail';
  keyFrameInterval?: number;
}

export interface ZegoCaptureCamera extends ZegoCaptureVideo {
  input?: string;
  facingMode?: 'user' | 'environment';
}

export interface ZegoCaptureScreenVideo extends ZegoCaptureVideo {
  sourceID?: string;
}

export type ZegoCaptureScreenAudio = ZegoAudioProcessing;

export interface ZegoCustomSourceOptions {
  source: HTMLMediaElement | MediaStream;
  optimizationMode?: 'default' | 'motion' | 'detail';
  keyFrameInterval?: number;
  channelCount?: 1 | 2;
}

/** Options of `createZegoStream`. */
export interface ZegoStreamOptions {
  /** Whether to open the source; true by default. */
  autoCapture?: boolean;
  /** Shows the video here. */
  view?: HTMLElement;
  /** The same as `view`. */
  captureView?: HTMLElement;
  autoPlay?: boolean;
  multiplacePreview?: boolean;
  /** kbit/s. */
  videoBitrate?: number | { bitrate?: number; startBitrate?: 'default' | 'target'; minBitrate?: number };
  /** kbit/s. */
  audioBitrate?: number;
  camera?: { video?: boolean | ZegoCaptureCamera; audio?: boolean | ZegoCaptureMicrophone };
  screen?: { video?: boolean | ZegoCaptureScreenVideo; audio?: boolean | ZegoCaptureScreenAudio };
  custom?: { video?: ZegoCustomSourceOptions; audio?: ZegoCustomSourceOptions };
}

export enum ZegoStreamUpdateType {
  video = 0,
  audio = 1,
  videoAndAudio = 2,
}

export interface ZegoPublishStreamConfig extends ZegoVideoSize {
  /** kbit/s. */
  maxBitrate?: number;
  videoQuality?: ZegoVideoQuality;
}

export interface ZegoAutoSwitchDeviceConfig {
  camera?: boolean;
  microphone?: boolean;
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

export interface ZegoStreamText {
  streamID: string;
  user: ZegoUser;
  extraInfo: string;
}

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
  publishQualityUpdate: [streamID: string, stats: ZegoPublishStats];
  playQualityUpdate: [streamID: string, stats: ZegoPlayStats];
  soundLevelUpdate: [list: { streamID: string; soundLevel: number; type: 'push' | 'pull' }[]];
  capturedSoundLevelUpdate: [soundLevel: number];
  /** The user stopped sharing the screen. */
  screenSharingEnded: [localStream: MediaStream];
  streamExtraInfoUpdate: [roomID: string, streamList: ZegoStreamText[]];
  /** The publisher, or an operator, mutes the video of a stream in all rooms in which the user sees it. */
  remoteCameraStatusUpdate: [streamID: string, status: 'OPEN' | 'MUTE'];
  remoteMicStatusUpdate: [streamID: string, status: 'OPEN' | 'MUTE'];
  /** `userID` is empty: the user's own network. */
  networkQuality: [userID: string, upstreamQuality: number, downstreamQuality: number];
  videoDeviceStateChanged: [updateType: ZegoWebUpdateType, deviceInfo: ZegoDeviceInfo];
  audioDeviceStateChanged: [
    updateType: ZegoWebUpdateType,
    deviceType: 'Input' | 'Output',
    deviceInfo: ZegoDeviceInfo,
  ];
  /** A device that `enableAutoSwitchDevice` opened instead of another one failed. */
  deviceError: [errorCode: number, deviceName: string];
  /** Polyroom extensions. */
  roomStreamMuted: [roomID: string, streamID: string, kinds: MediaKind[]];
  roomDominantSpeakerUpdate: [roomID: string, speaker: ZegoDominantSpeaker];
  /** The browser plays no audio before the user interacts with the page; it plays with the next gesture. */
  autoplayFailed: [streamID: string];
};

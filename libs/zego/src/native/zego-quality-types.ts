export enum ZegoStreamQualityLevel {
  Excellent = 0,
  Good = 1,
  Medium = 2,
  Bad = 3,
  Die = 4,
  Unknown = 5,
}

export enum ZegoVideoCodecID {
  /** H.264. */
  Default = 0,
  Vp8 = 2,
  Unknown = 100,
}

/** Quality of a published stream, over the last three seconds. */
export interface ZegoPublishStreamQuality {
  videoCaptureFPS: number;
  videoEncodeFPS: number;
  videoSendFPS: number;
  videoKBPS: number;
  audioCaptureFPS: number;
  audioSendFPS: number;
  audioKBPS: number;
  /** ms. */
  rtt: number;
  /** 0 to 1. */
  packetLostRate: number;
  level: ZegoStreamQualityLevel;
  isHardwareEncode: boolean;
  videoCodecID: ZegoVideoCodecID;
  totalSendBytes: number;
  audioSendBytes: number;
  videoSendBytes: number;
}

/** Quality of a played stream, over the last three seconds. */
export interface ZegoPlayStreamQuality {
  videoRecvFPS: number;
  videoDejitterFPS: number;
  videoDecodeFPS: number;
  videoRenderFPS: number;
  videoKBPS: number;
  /** Freezes in ten seconds. */
  videoBreakRate: number;
  audioRecvFPS: number;
  audioDejitterFPS: number;
  audioDecodeFPS: number;
  audioRenderFPS: number;
  audioKBPS: number;
  /** Breaks in ten seconds. */
  audioBreakRate: number;
  /** Estimated mean opinion score of the audio, 1 to 5; -1 without audio. */
  mos: number;
  /** Round-trip time in ms between this device and the media node. */
  rtt: number;
  /** 0 to 1, between the media node and this device. */
  packetLostRate: number;
  /** ms; the part known to this device: half of its `rtt`, plus `delay`. */
  peerToPeerDelay: number;
  /**
   * 0 to 1. The media node recovers losses from the publisher, so the remaining loss is on this device's
   * link.
   */
  peerToPeerPacketLostRate: number;
  level: ZegoStreamQualityLevel;
  /** Jitter buffer delay of audio and video, in ms. */
  delay: number;
  /** ms by which audio is ahead of video; negative if it is behind. */
  avTimestampDiff: number;
  isHardwareDecode: boolean;
  videoCodecID: ZegoVideoCodecID;
  totalRecvBytes: number;
  audioRecvBytes: number;
  videoRecvBytes: number;
}

/** One stream in `soundLevelUpdate`; perceived loudness, 0 to 100. */
export interface ZegoSoundLevelInfo {
  streamID: string;
  soundLevel: number;
  type: 'push' | 'pull';
  roomIDs: string[];
}

export interface ZegoSoundLevelConfig {
  /** 100 to 3000; 1000 by default. */
  millisecond?: number;
}

/** The dominant speaker of a room; both fields are empty if there is none. */
export interface ZegoDominantSpeaker {
  userID: string;
  streamID: string;
}

/** ZEGO's callbacks of quality and sound levels, plus the rooms of each stream. */
export type ZegoQualityEvents = {
  publisherQualityUpdate: [streamID: string, quality: ZegoPublishStreamQuality, roomIDs: string[]];
  playerQualityUpdate: [streamID: string, quality: ZegoPlayStreamQuality, roomIDs: string[]];
  /** The upstream and downstream quality of this user (`userID` is empty), every two seconds. */
  networkQuality: [
    userID: string,
    upstreamQuality: ZegoStreamQualityLevel,
    downstreamQuality: ZegoStreamQualityLevel,
  ];
  /** Polyroom extension; the speaker may be this user, or a member whose stream is not played. */
  roomDominantSpeakerUpdate: [roomID: string, speaker: ZegoDominantSpeaker];
  /** The captured level, also while muted: 0 to 100. */
  capturedSoundLevelUpdate: [soundLevel: number];
  /** By stream ID. */
  remoteSoundLevelUpdate: [soundLevels: Record<string, number>];
  /** As in ZEGO's Web SDK: sent and played streams in one list. */
  soundLevelUpdate: [soundLevelList: ZegoSoundLevelInfo[]];
};

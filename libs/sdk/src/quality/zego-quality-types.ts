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

/** How a published stream does, over the last three seconds. */
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

/** How a played stream does, over the last three seconds. */
export interface ZegoPlayStreamQuality {
  videoRecvFPS: number;
  videoDejitterFPS: number;
  videoDecodeFPS: number;
  videoRenderFPS: number;
  videoKBPS: number;
  /** Breaks in ten seconds. */
  videoBreakRate: number;
  audioRecvFPS: number;
  audioDejitterFPS: number;
  audioDecodeFPS: number;
  audioRenderFPS: number;
  audioKBPS: number;
  /** Breaks in ten seconds. */
  audioBreakRate: number;
  /** What a listener would say of the sound, 1 to 5; -1 where there is none. */
  mos: number;
  /** ms between this device and the media node. */
  rtt: number;
  /** 0 to 1, between the media node and this device. */
  packetLostRate: number;
  /** ms: what is known here of the way, half of this end's `rtt` and `delay`. */
  peerToPeerDelay: number;
  /** 0 to 1. The media node asks the publisher again for what it misses: what is left is lost here. */
  peerToPeerPacketLostRate: number;
  level: ZegoStreamQualityLevel;
  /** ms that sound and picture wait here until they are due. */
  delay: number;
  /** ms that the sound is ahead of the picture; negative where it is behind. */
  avTimestampDiff: number;
  isHardwareDecode: boolean;
  videoCodecID: ZegoVideoCodecID;
  totalRecvBytes: number;
  audioRecvBytes: number;
  videoRecvBytes: number;
}

/** One stream in `soundLevelUpdate`; 0 to 100, as loud as it is heard. */
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

/** Who has the word in a room; both empty where nobody has. */
export interface ZegoDominantSpeaker {
  userID: string;
  streamID: string;
}

/** ZEGO's callbacks of quality and sound; those of a stream say for which rooms, which ZEGO leaves out. */
export type ZegoQualityEvents = {
  publisherQualityUpdate: [streamID: string, quality: ZegoPublishStreamQuality, roomIDs: string[]];
  playerQualityUpdate: [streamID: string, quality: ZegoPlayStreamQuality, roomIDs: string[]];
  /** Of this user (`userID` is empty), every two seconds: what it sends and what it receives. */
  networkQuality: [
    userID: string,
    upstreamQuality: ZegoStreamQualityLevel,
    downstreamQuality: ZegoStreamQualityLevel,
  ];
  /** Ours: it may be oneself, and may be somebody whom one does not play. */
  roomDominantSpeakerUpdate: [roomID: string, speaker: ZegoDominantSpeaker];
  /** What goes out, also while it is muted: 0 to 100. */
  capturedSoundLevelUpdate: [soundLevel: number];
  /** By stream ID. */
  remoteSoundLevelUpdate: [soundLevels: Record<string, number>];
  /** As with ZEGO's Web SDK: what is sent and what is played, in one list. */
  soundLevelUpdate: [soundLevelList: ZegoSoundLevelInfo[]];
};

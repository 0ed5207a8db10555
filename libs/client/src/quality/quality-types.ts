/** From best to worst; `Unknown` if there is nothing to measure. */
export enum QualityLevel {
  Excellent = 0,
  Good = 1,
  Medium = 2,
  Bad = 3,
  /** Nothing arrives. */
  Down = 4,
  Unknown = 5,
}

export type VideoCodec = 'h264' | 'vp8' | 'unknown';

/** Quality of a published stream, over the last three seconds. */
export interface PublicationQuality {
  videoCaptureFps: number;
  videoEncodeFps: number;
  videoSendFps: number;
  videoKbps: number;
  audioCaptureFps: number;
  audioSendFps: number;
  audioKbps: number;
  rttMs: number;
  /** 0 to 1. */
  lossRate: number;
  level: QualityLevel;
  isHardwareEncoder: boolean;
  videoCodec: VideoCodec;
  /** Of the largest layer that is sent; 0 without video. */
  videoWidth: number;
  videoHeight: number;
  sentBytes: number;
  audioSentBytes: number;
  videoSentBytes: number;
}

/** Quality of a played stream, over the last three seconds. */
export interface SubscriptionQuality {
  videoReceiveFps: number;
  videoDejitterFps: number;
  videoDecodeFps: number;
  videoRenderFps: number;
  videoKbps: number;
  /** Freezes in ten seconds. */
  videoBreakRate: number;
  audioReceiveFps: number;
  audioDejitterFps: number;
  audioDecodeFps: number;
  audioRenderFps: number;
  audioKbps: number;
  /** Breaks in ten seconds. */
  audioBreakRate: number;
  /** Estimated mean opinion score of the audio, 1 to 5; -1 without audio. */
  mos: number;
  /** Round-trip time between this device and the media node. */
  rttMs: number;
  /** 0 to 1, between the media node and this device. */
  lossRate: number;
  /** ms; the part known to this device: half of `rttMs`, plus `jitterBufferMs`. */
  endToEndDelayMs: number;
  /**
   * 0 to 1. The media node recovers losses from the publisher, so the remaining loss is on this device's
   * link.
   */
  endToEndLossRate: number;
  level: QualityLevel;
  /** Delay of the jitter buffers of audio and video. */
  jitterBufferMs: number;
  /** ms by which audio is ahead of video; negative if it is behind. */
  audioLeadMs: number;
  isHardwareDecoder: boolean;
  videoCodec: VideoCodec;
  /** 0 without video. */
  videoWidth: number;
  videoHeight: number;
  receivedBytes: number;
  audioReceivedBytes: number;
  videoReceivedBytes: number;
}

/** The audio level of one stream; perceived loudness, 0 to 100. */
export interface AudioLevel {
  streamId: string;
  level: number;
  direction: 'sent' | 'received';
  roomIds: string[];
}

export type QualityEvents = {
  /** Every three seconds for each stream that is sent. */
  publicationQuality: [info: { streamId: string; roomIds: string[]; quality: PublicationQuality }];
  /** Every three seconds for each stream that is received. */
  subscriptionQuality: [info: { streamId: string; roomIds: string[]; quality: SubscriptionQuality }];
  /** The worst stream of each direction, every two seconds. */
  networkQuality: [info: { up: QualityLevel; down: QualityLevel }];
  /** The speaker may be this user, or a member whose stream is not played; omitted if there is none. */
  dominantSpeakerChanged: [info: { roomId: string; speaker?: { userId: string; streamId: string } }];
  /** Sent streams are measured while they are muted too. */
  audioLevels: [levels: AudioLevel[]];
};

import { type PublicationQuality, type SubscriptionQuality } from '@polyroom/sdk';

interface VideoStats {
  frameWidth: number;
  frameHeight: number;
  googCodecName: string;
  /** '1': muted. */
  muteState: '0' | '1';
  /** kbit/s. */
  videoBitrate: number;
  videoFPS: number;
  videoTransferFPS: number;
  /** 0 to 1. */
  videoPacketsLostRate: number;
  /** 0 excellent to 4 very bad; -1 unknown. */
  videoQuality: number;
}

interface AudioStats {
  audioCodec: string;
  googCodecName: string;
  /** '1': muted. */
  muteState: '0' | '1';
  /** kbit/s. */
  audioBitrate: number;
  audioFPS: number;
  /** 0 to 1. */
  audioPacketsLostRate: number;
  /** 0 excellent to 4 very bad; -1 unknown. */
  audioQuality: number;
}

/** The figures of a published stream, over the last three seconds. */
export interface ZegoPublishStats {
  video: VideoStats & { isHardwareEncode: boolean };
  audio: AudioStats;
}

/** The figures of a played stream, over the last three seconds. */
export interface ZegoPlayStats {
  video: VideoStats & { videoRenderFPS: number; videoCumulativeBreakRate: number };
  audio: AudioStats & { audioCumulativeBreakRate: number };
  /** ms. */
  peerToPeerDelay: number;
  /** 0 to 1. */
  peerToPeerPacketLostRate: number;
}

const unknownLevel = 5;

export function toPublishStats(quality: PublicationQuality): ZegoPublishStats {
  const level = toLevel(quality.level);
  return {
    video: {
      ...toVideo(quality, level, quality.lossRate),
      videoFPS: quality.videoEncodeFps,
      videoTransferFPS: quality.videoSendFps,
      isHardwareEncode: quality.isHardwareEncoder,
    },
    audio: { ...toAudio(quality, level, quality.lossRate), audioFPS: quality.audioSendFps },
  };
}

export function toPlayStats(quality: SubscriptionQuality): ZegoPlayStats {
  const level = toLevel(quality.level);
  return {
    video: {
      ...toVideo(quality, level, quality.lossRate),
      videoFPS: quality.videoDecodeFps,
      videoTransferFPS: quality.videoReceiveFps,
      videoRenderFPS: quality.videoRenderFps,
      videoCumulativeBreakRate: quality.videoBreakRate,
    },
    audio: {
      ...toAudio(quality, level, quality.lossRate),
      audioFPS: quality.audioDecodeFps,
      audioCumulativeBreakRate: quality.audioBreakRate,
    },
    peerToPeerDelay: quality.endToEndDelayMs,
    peerToPeerPacketLostRate: quality.endToEndLossRate,
  };
}

type Common = Pick<
  PublicationQuality,
  'videoKbps' | 'audioKbps' | 'videoCodec' | 'videoWidth' | 'videoHeight'
>;

function toVideo(
  { videoCodec, videoHeight, videoKbps, videoWidth }: Common,
  videoQuality: number,
  videoPacketsLostRate: number,
): Omit<VideoStats, 'videoFPS' | 'videoTransferFPS'> {
  return {
    frameWidth: videoWidth,
    frameHeight: videoHeight,
    googCodecName: videoCodec === 'unknown' ? '' : videoCodec.toUpperCase(),
    muteState: videoKbps > 0 ? '0' : '1',
    videoBitrate: videoKbps,
    videoPacketsLostRate,
    videoQuality,
  };
}

function toAudio(
  { audioKbps }: Common,
  audioQuality: number,
  audioPacketsLostRate: number,
): Omit<AudioStats, 'audioFPS'> {
  return {
    audioCodec: 'opus',
    googCodecName: 'opus',
    muteState: audioKbps > 0 ? '0' : '1',
    audioBitrate: audioKbps,
    audioPacketsLostRate,
    audioQuality,
  };
}

function toLevel(level: number): number {
  return level === unknownLevel ? -1 : level;
}

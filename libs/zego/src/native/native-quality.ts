import { type PublicationQuality, type SubscriptionQuality } from '@polyroom/sdk';
import {
  type ZegoPlayStreamQuality,
  type ZegoPublishStreamQuality,
  ZegoVideoCodecID,
} from './zego-quality-types.js';

const codecs: Record<PublicationQuality['videoCodec'], ZegoVideoCodecID> = {
  h264: ZegoVideoCodecID.Default,
  vp8: ZegoVideoCodecID.Vp8,
  unknown: ZegoVideoCodecID.Unknown,
};

export function toZegoPublishQuality(quality: PublicationQuality): ZegoPublishStreamQuality {
  return {
    videoCaptureFPS: quality.videoCaptureFps,
    videoEncodeFPS: quality.videoEncodeFps,
    videoSendFPS: quality.videoSendFps,
    videoKBPS: quality.videoKbps,
    audioCaptureFPS: quality.audioCaptureFps,
    audioSendFPS: quality.audioSendFps,
    audioKBPS: quality.audioKbps,
    rtt: quality.rttMs,
    packetLostRate: quality.lossRate,
    level: +quality.level,
    isHardwareEncode: quality.isHardwareEncoder,
    videoCodecID: codecs[quality.videoCodec],
    totalSendBytes: quality.sentBytes,
    audioSendBytes: quality.audioSentBytes,
    videoSendBytes: quality.videoSentBytes,
  };
}

export function toZegoPlayQuality(quality: SubscriptionQuality): ZegoPlayStreamQuality {
  return {
    videoRecvFPS: quality.videoReceiveFps,
    videoDejitterFPS: quality.videoDejitterFps,
    videoDecodeFPS: quality.videoDecodeFps,
    videoRenderFPS: quality.videoRenderFps,
    videoKBPS: quality.videoKbps,
    videoBreakRate: quality.videoBreakRate,
    audioRecvFPS: quality.audioReceiveFps,
    audioDejitterFPS: quality.audioDejitterFps,
    audioDecodeFPS: quality.audioDecodeFps,
    audioRenderFPS: quality.audioRenderFps,
    audioKBPS: quality.audioKbps,
    audioBreakRate: quality.audioBreakRate,
    mos: quality.mos,
    rtt: quality.rttMs,
    packetLostRate: quality.lossRate,
    peerToPeerDelay: quality.endToEndDelayMs,
    peerToPeerPacketLostRate: quality.endToEndLossRate,
    level: +quality.level,
    delay: quality.jitterBufferMs,
    avTimestampDiff: quality.audioLeadMs,
    isHardwareDecode: quality.isHardwareDecoder,
    videoCodecID: codecs[quality.videoCodec],
    totalRecvBytes: quality.receivedBytes,
    audioRecvBytes: quality.audioReceivedBytes,
    videoRecvBytes: quality.videoReceivedBytes,
  };
}

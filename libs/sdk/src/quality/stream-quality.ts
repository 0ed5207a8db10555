import { type MediaKind } from '@polyroom/contracts';
import { type StatsReading } from '../media/media-tracks.js';
import { levelOf, mosOf } from './quality-level.js';
import { type Counters, growthOf, readRttMs, readTrack, type TrackState } from './stats-counters.js';
import {
  type ZegoPlayStreamQuality,
  type ZegoPublishStreamQuality,
  ZegoStreamQualityLevel,
  ZegoVideoCodecID,
} from './zego-quality-types.js';

/** Counters of one stream at one time. */
export interface StreamState {
  atMs: number;
  rttMs: number;
  audio: TrackState | undefined;
  video: TrackState | undefined;
}

const breakPeriodSeconds = 10;

export function readStream(reading: StatsReading, streamID: string): StreamState {
  const find = (kind: MediaKind): TrackState | undefined => {
    const track = reading.tracks.find((one) => one.streamID === streamID && one.kind === kind);
    return track === undefined ? undefined : readTrack(reading, track.mid);
  };
  return { atMs: reading.atMs, rttMs: readRttMs(reading), audio: find('audio'), video: find('video') };
}

export function publishQualityOf(
  before: StreamState | undefined,
  after: StreamState,
): ZegoPublishStreamQuality {
  const { audio, seconds, video } = growth(before, after);
  const lossRate = Math.max(after.audio?.fractionLost ?? 0, after.video?.fractionLost ?? 0);
  return {
    videoCaptureFPS: video.captured / seconds,
    videoEncodeFPS: video.encoded / seconds,
    videoSendFPS: video.encoded / seconds,
    videoKBPS: kbps(video.bytes, seconds),
    // Browsers do not report the capture rate of the microphone: everything captured is sent.
    audioCaptureFPS: audio.packets / seconds,
    audioSendFPS: audio.packets / seconds,
    audioKBPS: kbps(audio.bytes, seconds),
    rtt: after.rttMs,
    packetLostRate: lossRate,
    level: levelWhere(audio.packets + video.packets > 0, lossRate, after.rttMs),
    isHardwareEncode: after.video?.isHardware ?? false,
    videoCodecID: after.video?.codec ?? ZegoVideoCodecID.Unknown,
    totalSendBytes: bytesOf(after.audio) + bytesOf(after.video),
    audioSendBytes: bytesOf(after.audio),
    videoSendBytes: bytesOf(after.video),
  };
}

export function playQualityOf(before: StreamState | undefined, after: StreamState): ZegoPlayStreamQuality {
  const { audio, seconds, video } = growth(before, after);
  const lossRate = lossRateOf([audio, video]);
  const delayMs = Math.max(waitOf(audio), waitOf(video));
  const oneWayMs = after.rttMs / 2 + delayMs;
  const [audioAtMs, videoAtMs] = [after.audio?.playoutAtMs, after.video?.playoutAtMs];
  return {
    videoRecvFPS: video.received / seconds,
    videoDejitterFPS: video.received / seconds,
    videoDecodeFPS: video.decoded / seconds,
    videoRenderFPS: Math.max(0, video.decoded - video.dropped) / seconds,
    videoKBPS: kbps(video.bytes, seconds),
    videoBreakRate: (video.breaks * breakPeriodSeconds) / seconds,
    audioRecvFPS: audio.packets / seconds,
    audioDejitterFPS: audio.packets / seconds,
    audioDecodeFPS: audio.packets / seconds,
    audioRenderFPS: audio.packets / seconds,
    audioKBPS: kbps(audio.bytes, seconds),
    audioBreakRate: (audio.breaks * breakPeriodSeconds) / seconds,
    mos: after.audio === undefined ? -1 : mosOf(lossRateOf([audio]), oneWayMs),
    rtt: after.rttMs,
    packetLostRate: lossRate,
    peerToPeerDelay: oneWayMs,
    peerToPeerPacketLostRate: lossRate,
    level: levelWhere(audio.packets + video.packets > 0, lossRate, after.rttMs),
    delay: delayMs,
    avTimestampDiff: audioAtMs === undefined || videoAtMs === undefined ? 0 : audioAtMs - videoAtMs,
    isHardwareDecode: after.video?.isHardware ?? false,
    videoCodecID: after.video?.codec ?? ZegoVideoCodecID.Unknown,
    totalRecvBytes: bytesOf(after.audio) + bytesOf(after.video),
    audioRecvBytes: bytesOf(after.audio),
    videoRecvBytes: bytesOf(after.video),
  };
}

const nothing: Counters = {
  packets: 0,
  bytes: 0,
  lost: 0,
  captured: 0,
  encoded: 0,
  received: 0,
  decoded: 0,
  dropped: 0,
  breaks: 0,
  jitterBufferMs: 0,
  jitterBufferItems: 0,
};

function growth(
  before: StreamState | undefined,
  after: StreamState,
): { seconds: number; audio: Counters; video: Counters } {
  const of = (kind: MediaKind): Counters =>
    after[kind] === undefined ? nothing : growthOf(before?.[kind]?.counters, after[kind].counters);
  // Without an earlier reading the interval is unknown, so the counters are taken as per second.
  const seconds = before === undefined ? 1 : Math.max(0.001, (after.atMs - before.atMs) / 1000);
  return { seconds, audio: of('audio'), video: of('video') };
}

/** Reports Die if no packets arrive, regardless of earlier loss and round-trip time. */
function levelWhere(flows: boolean, lossRate: number, rttMs: number): ZegoStreamQualityLevel {
  return flows ? levelOf(lossRate, rttMs) : ZegoStreamQualityLevel.Die;
}

function lossRateOf(growths: Counters[]): number {
  const lost = growths.reduce((sum, one) => sum + one.lost, 0);
  const expected = lost + growths.reduce((sum, one) => sum + one.packets, 0);
  return expected === 0 ? 0 : lost / expected;
}

function waitOf({ jitterBufferItems, jitterBufferMs }: Counters): number {
  return jitterBufferItems === 0 ? 0 : jitterBufferMs / jitterBufferItems;
}

function bytesOf(track: TrackState | undefined): number {
  return track?.counters.bytes ?? 0;
}

function kbps(bytes: number, seconds: number): number {
  return (bytes * 8) / 1000 / seconds;
}

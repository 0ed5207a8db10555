import { type MediaKind } from '@polyroom/contracts/client';
import { type StatsReading } from '../media/media-tracks.js';
import { levelOf, mosOf } from './quality-level.js';
import { type Counters, growthOf, readRttMs, readTrack, type TrackState } from './stats-counters.js';
import { type SubscriptionQuality, type PublicationQuality, QualityLevel } from './quality-types.js';

/** Counters of one stream at one time. */
export interface StreamState {
  atMs: number;
  rttMs: number;
  audio: TrackState | undefined;
  video: TrackState | undefined;
}

const breakPeriodSeconds = 10;

export function readStream(reading: StatsReading, streamId: string): StreamState {
  const find = (kind: MediaKind): TrackState | undefined => {
    const track = reading.tracks.find((one) => one.streamId === streamId && one.kind === kind);
    return track === undefined ? undefined : readTrack(reading, track.mid);
  };
  return { atMs: reading.atMs, rttMs: readRttMs(reading), audio: find('audio'), video: find('video') };
}

export function publishQualityOf(before: StreamState | undefined, after: StreamState): PublicationQuality {
  const { audio, seconds, video } = growth(before, after);
  const lossRate = Math.max(after.audio?.fractionLost ?? 0, after.video?.fractionLost ?? 0);
  return {
    videoCaptureFps: video.captured / seconds,
    videoEncodeFps: video.encoded / seconds,
    videoSendFps: video.encoded / seconds,
    videoKbps: kbps(video.bytes, seconds),
    // Browsers do not report the capture rate of the microphone: everything captured is sent.
    audioCaptureFps: audio.packets / seconds,
    audioSendFps: audio.packets / seconds,
    audioKbps: kbps(audio.bytes, seconds),
    rttMs: after.rttMs,
    lossRate: lossRate,
    level: levelWhere(audio.packets + video.packets > 0, lossRate, after.rttMs),
    isHardwareEncoder: after.video?.isHardware ?? false,
    videoCodec: after.video?.codec ?? 'unknown',
    videoWidth: after.video?.width ?? 0,
    videoHeight: after.video?.height ?? 0,
    sentBytes: bytesOf(after.audio) + bytesOf(after.video),
    audioSentBytes: bytesOf(after.audio),
    videoSentBytes: bytesOf(after.video),
  };
}

export function playQualityOf(before: StreamState | undefined, after: StreamState): SubscriptionQuality {
  const { audio, seconds, video } = growth(before, after);
  const lossRate = lossRateOf([audio, video]);
  const delayMs = Math.max(waitOf(audio), waitOf(video));
  const oneWayMs = after.rttMs / 2 + delayMs;
  const [audioAtMs, videoAtMs] = [after.audio?.playoutAtMs, after.video?.playoutAtMs];
  return {
    videoReceiveFps: video.received / seconds,
    videoDejitterFps: video.received / seconds,
    videoDecodeFps: video.decoded / seconds,
    videoRenderFps: Math.max(0, video.decoded - video.dropped) / seconds,
    videoKbps: kbps(video.bytes, seconds),
    videoBreakRate: (video.breaks * breakPeriodSeconds) / seconds,
    audioReceiveFps: audio.packets / seconds,
    audioDejitterFps: audio.packets / seconds,
    audioDecodeFps: audio.packets / seconds,
    audioRenderFps: audio.packets / seconds,
    audioKbps: kbps(audio.bytes, seconds),
    audioBreakRate: (audio.breaks * breakPeriodSeconds) / seconds,
    mos: after.audio === undefined ? -1 : mosOf(lossRateOf([audio]), oneWayMs),
    rttMs: after.rttMs,
    lossRate: lossRate,
    endToEndDelayMs: oneWayMs,
    endToEndLossRate: lossRate,
    level: levelWhere(audio.packets + video.packets > 0, lossRate, after.rttMs),
    jitterBufferMs: delayMs,
    audioLeadMs: audioAtMs === undefined || videoAtMs === undefined ? 0 : audioAtMs - videoAtMs,
    isHardwareDecoder: after.video?.isHardware ?? false,
    videoCodec: after.video?.codec ?? 'unknown',
    videoWidth: after.video?.width ?? 0,
    videoHeight: after.video?.height ?? 0,
    receivedBytes: bytesOf(after.audio) + bytesOf(after.video),
    audioReceivedBytes: bytesOf(after.audio),
    videoReceivedBytes: bytesOf(after.video),
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

/** Reports Down if no packets arrive, regardless of earlier loss and round-trip time. */
function levelWhere(flows: boolean, lossRate: number, rttMs: number): QualityLevel {
  return flows ? levelOf(lossRate, rttMs) : QualityLevel.Down;
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

import { type StatsReading, type StatsReport } from '../media/media-tracks.js';
import { type VideoCodec } from './quality-types.js';

/** Cumulative WebRTC counters of one stream and kind. */
export interface Counters {
  packets: number;
  bytes: number;
  lost: number;
  captured: number;
  encoded: number;
  received: number;
  decoded: number;
  dropped: number;
  breaks: number;
  jitterBufferMs: number;
  jitterBufferItems: number;
}

/** One stream and kind at one moment. */
export interface TrackState {
  counters: Counters;
  /** Loss reported by the remote end, 0 to 1. */
  fractionLost: number;
  codec: VideoCodec;
  isHardware: boolean;
  /** Of the largest layer; 0 for audio. */
  width: number;
  height: number;
  playoutAtMs: number | undefined;
}

const msPerSecond = 1000;

/** Reads the counters of one track; undefined if the statistics do not include it yet. */
export function readTrack(reading: StatsReading, mid: string | undefined): TrackState | undefined {
  const streams = reading.reports.filter(
    (report) =>
      (report.type === 'outbound-rtp' || report.type === 'inbound-rtp') &&
      mid !== undefined &&
      report['mid'] === mid,
  );
  if (streams.length === 0) {
    return undefined;
  }
  const ids = new Set(streams.map(({ id }) => id));
  const sum = (field: string): number => streams.reduce((total, report) => total + number(report, field), 0);
  const most = (field: string): number => Math.max(...streams.map((report) => number(report, field)));
  const source = reading.reports.find(
    ({ id, type }) => type === 'media-source' && streams.some((report) => report['mediaSourceId'] === id),
  );
  const far = reading.reports.filter(
    (report) => report.type === 'remote-inbound-rtp' && ids.has(String(report['localId'])),
  );
  const codec = reading.reports.find(({ id }) => id === streams[0]!['codecId']);
  const { encoderImplementation, decoderImplementation } = streams[0]!;
  const implementation = encoderImplementation ?? decoderImplementation;
  const playout = streams[0]!['estimatedPlayoutTimestamp'];
  return {
    counters: {
      packets: sum('packetsSent') + sum('packetsReceived'),
      bytes: sum('bytesSent') + sum('bytesReceived'),
      lost: sum('packetsLost'),
      captured: source === undefined ? 0 : number(source, 'frames'),
      // Each simulcast layer counts its own frames: the highest rate is the video's frame rate.
      encoded: most('framesEncoded'),
      received: sum('framesReceived'),
      decoded: sum('framesDecoded'),
      dropped: sum('framesDropped'),
      breaks: sum('freezeCount') + sum('concealmentEvents'),
      jitterBufferMs: sum('jitterBufferDelay') * msPerSecond,
      jitterBufferItems: sum('jitterBufferEmittedCount'),
    },
    fractionLost: Math.max(0, ...far.map((report) => number(report, 'fractionLost'))),
    codec: codecOf(codec),
    width: most('frameWidth'),
    height: most('frameHeight'),
    isHardware:
      streams[0]!['powerEfficientEncoder'] === true ||
      streams[0]!['powerEfficientDecoder'] === true ||
      (typeof implementation === 'string' && /hardware|external/i.test(implementation)),
    playoutAtMs: typeof playout === 'number' ? playout : undefined,
  };
}

/** Round-trip time to the media node in ms, as measured by ICE. */
export function readRttMs({ reports }: StatsReading): number {
  const selected = new Set(reports.map((report) => report['selectedCandidatePairId']));
  const pairs = reports.filter(
    (report) => report.type === 'candidate-pair' && (selected.has(report.id) || report['nominated'] === true),
  );
  return Math.max(0, ...pairs.map((pair) => number(pair, 'currentRoundTripTime'))) * msPerSecond;
}

/** The increase of each counter. A counter that was reset has increased by its new value. */
export function growthOf(before: Counters | undefined, after: Counters): Counters {
  const names = Object.keys(after) as (keyof Counters)[];
  const grown = names.map((name) => {
    const former = before?.[name] ?? 0;
    return [name, after[name] >= former ? after[name] - former : after[name]];
  });
  return Object.fromEntries(grown) as Counters;
}

function codecOf(codec: StatsReport | undefined): VideoCodec {
  switch (String(codec?.['mimeType']).toLowerCase()) {
    case 'video/h264':
      return 'h264';
    case 'video/vp8':
      return 'vp8';
    default:
      return 'unknown';
  }
}

function number(report: StatsReport, field: string): number {
  const value = report[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

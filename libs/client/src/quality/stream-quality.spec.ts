import { describe, expect, test } from '@jest/globals';
import { type StatsReading, type StatsReport } from '../media/media-tracks.js';
import { levelOf, mosOf, audioLevelOf } from './quality-level.js';
import { playQualityOf, publishQualityOf, readStream } from './stream-quality.js';
import { QualityLevel as Level } from './quality-types.js';

const tracks: StatsReading['tracks'] = [
  { streamId: 'mine', kind: 'audio', mid: '0' },
  { streamId: 'mine', kind: 'video', mid: '1' },
  { streamId: 'other', kind: 'video', mid: '2' },
];

const pair: StatsReport = {
  id: 'P',
  type: 'candidate-pair',
  nominated: true,
  currentRoundTripTime: 0.04,
};

function sending(atMs: number, counted: { frames: number; bytes: number; packets: number }): StatsReading {
  const { bytes, frames, packets } = counted;
  return {
    atMs,
    tracks,
    reports: [
      pair,
      { id: 'C', type: 'codec', mimeType: 'video/VP8' },
      { id: 'S', type: 'media-source', kind: 'video', frames },
      // Two layers of one video, and an unrelated stream.
      {
        id: 'V0',
        type: 'outbound-rtp',
        mid: '1',
        codecId: 'C',
        mediaSourceId: 'S',
        bytesSent: bytes,
        packetsSent: packets,
        framesEncoded: frames / 2,
      },
      {
        id: 'V1',
        type: 'outbound-rtp',
        mid: '1',
        mediaSourceId: 'S',
        bytesSent: bytes,
        packetsSent: packets,
        framesEncoded: frames,
      },
      { id: 'X', type: 'outbound-rtp', mid: '2', bytesSent: 999_999, packetsSent: 999_999 },
      { id: 'A', type: 'outbound-rtp', mid: '0', bytesSent: bytes / 10, packetsSent: packets },
      { id: 'R', type: 'remote-inbound-rtp', localId: 'V1', fractionLost: 0.04 },
    ],
  };
}

test('sums the simulcast layers of a published video, per second of the interval', () => {
  const before = readStream(sending(1000, { frames: 60, bytes: 30_000, packets: 100 }), 'mine');
  const after = readStream(sending(4000, { frames: 120, bytes: 90_000, packets: 250 }), 'mine');
  const quality = publishQualityOf(before, after);
  expect(quality).toMatchObject({
    videoCaptureFps: 20,
    videoEncodeFps: 20,
    videoKbps: (2 * 60_000 * 8) / 1000 / 3,
    audioKbps: (6000 * 8) / 1000 / 3,
    audioSendFps: 50,
    rttMs: 40,
    lossRate: 0.04,
    level: Level.Good,
    videoCodec: 'vp8',
    sentBytes: 189_000,
    audioSentBytes: 9000,
    videoSentBytes: 180_000,
  });
});

test('reports Die when no packets arrive any more', () => {
  const still = { frames: 60, bytes: 30_000, packets: 100 };
  const quality = publishQualityOf(
    readStream(sending(1000, still), 'mine'),
    readStream(sending(4000, still), 'mine'),
  );
  expect(quality.level).toBe(Level.Down);
});

function receiving(atMs: number, share: number): StatsReading {
  return {
    atMs,
    tracks,
    reports: [
      pair,
      {
        id: 'V',
        type: 'inbound-rtp',
        mid: '1',
        packetsReceived: 270 * share,
        packetsLost: 30 * share,
        bytesReceived: 150_000 * share,
        framesReceived: 75 * share,
        framesDecoded: 60 * share,
        framesDropped: 15 * share,
        freezeCount: 3 * share,
        jitterBufferDelay: 6 * share,
        jitterBufferEmittedCount: 60 * share,
        estimatedPlayoutTimestamp: 5000,
      },
      {
        id: 'A',
        type: 'inbound-rtp',
        mid: '0',
        packetsReceived: 150 * share,
        packetsLost: 0,
        bytesReceived: 15_000 * share,
        jitterBufferDelay: 0,
        jitterBufferEmittedCount: 100 * share,
        estimatedPlayoutTimestamp: 5030,
      },
    ],
  };
}

test('reports frames, freezes per 10 s, loss, jitter buffer delay and A/V sync of a played stream', () => {
  const quality = playQualityOf(
    readStream(receiving(1000, 1), 'mine'),
    readStream(receiving(4000, 2), 'mine'),
  );
  expect(quality).toMatchObject({
    videoReceiveFps: 25,
    videoDecodeFps: 20,
    videoRenderFps: 15,
    videoKbps: 400,
    videoBreakRate: 10,
    audioReceiveFps: 50,
    rttMs: 40,
    lossRate: 30 / 450,
    level: Level.Medium,
    jitterBufferMs: 100,
    endToEndDelayMs: 120,
    audioLeadMs: 30,
    receivedBytes: 330_000,
  });
  expect(quality.mos).toBeGreaterThan(4.2);
});

test('treats a counter reset as growth from zero', () => {
  const quality = playQualityOf(
    readStream(receiving(1000, 9), 'mine'),
    readStream(receiving(4000, 1), 'mine'),
  );
  expect(quality.videoReceiveFps).toBe(25);
});

test('reports Die and no MOS for a stream without statistics', () => {
  const silent = { atMs: 4000, tracks, reports: [] };
  const quality = playQualityOf(readStream({ ...silent, atMs: 1000 }, 'mine'), readStream(silent, 'mine'));
  expect(quality).toMatchObject({ level: Level.Down, mos: -1, videoCodec: 'unknown' });
});

describe('the scales', () => {
  test('lowers the level with loss and round-trip time', () => {
    expect(levelOf(0, 0)).toBe(Level.Excellent);
    expect(levelOf(0.03, 10)).toBe(Level.Good);
    expect(levelOf(0, 400)).toBe(Level.Medium);
    expect(levelOf(0.2, 10)).toBe(Level.Bad);
    expect(levelOf(0.6, 10)).toBe(Level.Down);
  });

  test('keeps MOS between 1 and 5 and lowers it with loss and delay', () => {
    expect(mosOf(0, 20)).toBeGreaterThan(4.3);
    expect(mosOf(0.05, 20)).toBeLessThan(mosOf(0, 20));
    expect(mosOf(0, 600)).toBeLessThan(mosOf(0, 150));
    expect(mosOf(1, 5000)).toBe(1);
  });

  test('maps loudness to 0 to 100, with silence at 0', () => {
    expect(audioLevelOf(0)).toBe(0);
    expect(audioLevelOf(1)).toBe(100);
    expect(audioLevelOf(0.1)).toBeCloseTo(66.7, 1);
    expect(audioLevelOf(0.0001)).toBe(0);
  });
});

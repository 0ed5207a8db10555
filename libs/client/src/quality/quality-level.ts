import { QualityLevel } from './quality-types.js';

/** Upper limits of each level. Loss degrades audio and video, a long round trip degrades conversation. */
const limits = [
  { level: QualityLevel.Excellent, lossRate: 0.02, rttMs: 150 },
  { level: QualityLevel.Good, lossRate: 0.05, rttMs: 300 },
  { level: QualityLevel.Medium, lossRate: 0.12, rttMs: 500 },
  { level: QualityLevel.Bad, lossRate: 0.4, rttMs: 2000 },
];

/** The quality of a connection on which packets arrive. */
export function levelOf(lossRate: number, rttMs: number): QualityLevel {
  const fitting = limits.find((limit) => lossRate <= limit.lossRate && rttMs <= limit.rttMs);
  return fitting?.level ?? QualityLevel.Down;
}

/** The common simplification of the E-model (ITU-T G.107): delay and loss to a mean opinion score. */
export function mosOf(lossRate: number, oneWayMs: number): number {
  const effectiveMs = oneWayMs + 10;
  const rating =
    93.2 - (effectiveMs < 160 ? effectiveMs / 40 : (effectiveMs - 120) / 10) - 250 * Math.min(lossRate, 0.3);
  const bounded = Math.max(0, Math.min(100, rating));
  return 1 + 0.035 * bounded + 0.000007 * bounded * (bounded - 60) * (100 - bounded);
}

/** Converts a linear level to perceived loudness: 60 dB below full scale is silence. */
export function audioLevelOf(audioLevel: number): number {
  return audioLevel <= 0 ? 0 : Math.max(0, Math.min(100, 100 * (1 + (20 * Math.log10(audioLevel)) / 60)));
}

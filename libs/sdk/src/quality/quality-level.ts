import { ZegoStreamQualityLevel } from './zego-quality-types.js';

/** Worse than either of these: the next level. Loss hurts sound and picture, a long way hurts the talk. */
const limits = [
  { level: ZegoStreamQualityLevel.Excellent, lossRate: 0.02, rttMs: 150 },
  { level: ZegoStreamQualityLevel.Good, lossRate: 0.05, rttMs: 300 },
  { level: ZegoStreamQualityLevel.Medium, lossRate: 0.12, rttMs: 500 },
  { level: ZegoStreamQualityLevel.Bad, lossRate: 0.4, rttMs: 2000 },
];

/** How good a way is on which packets do pass. */
export function levelOf(lossRate: number, rttMs: number): ZegoStreamQualityLevel {
  const fitting = limits.find((limit) => lossRate <= limit.lossRate && rttMs <= limit.rttMs);
  return fitting?.level ?? ZegoStreamQualityLevel.Die;
}

/** The E-model of ITU-T G.107 as it is commonly shortened: delay and loss to a listener's opinion. */
export function mosOf(lossRate: number, oneWayMs: number): number {
  const effectiveMs = oneWayMs + 10;
  const rating =
    93.2 - (effectiveMs < 160 ? effectiveMs / 40 : (effectiveMs - 120) / 10) - 250 * Math.min(lossRate, 0.3);
  const bounded = Math.max(0, Math.min(100, rating));
  return 1 + 0.035 * bounded + 0.000007 * bounded * (bounded - 60) * (100 - bounded);
}

/** From a linear level to one as loud as it is heard: 60 dB below the loudest is silence. */
export function soundLevelOf(audioLevel: number): number {
  return audioLevel <= 0 ? 0 : Math.max(0, Math.min(100, 100 * (1 + (20 * Math.log10(audioLevel)) / 60)));
}

import { socketLimits } from '@polyroom/contracts';

const refillMs = 1000;

/**
 * Limits the frames of a client: beyond the rate its socket is read more slowly, and malformed ones are
 * limited in number. A request of a session that a limit refuses counts as
 * `socketLimits.framesPerRefusal` frames.
 */
export class FrameBudget {
  private frames = 0;
  private malformed = 0;
  private countedSinceMs = 0;

  /** How long to stop reading, in ms; 0 = not at all. Without a session the limit is lower. */
  take(hasSession: boolean, nowMs: number = Date.now()): number {
    return this.count(1, hasSession, nowMs);
  }

  /** The same, for a request of a session that a limit refused after its frame was counted. */
  takeRefusal(nowMs: number = Date.now()): number {
    return this.count(socketLimits.framesPerRefusal - 1, true, nowMs);
  }

  private count(frames: number, hasSession: boolean, nowMs: number): number {
    if (nowMs - this.countedSinceMs >= refillMs) {
      this.countedSinceMs = nowMs;
      this.frames = 0;
      this.malformed = 0;
    }
    this.frames += frames;
    const most = hasSession ? socketLimits.framesPerSecond : socketLimits.framesPerSecondWithoutSession;
    return this.frames < most ? 0 : Math.max(1, this.countedSinceMs + refillMs - nowMs);
  }

  /** True if the limit is exceeded. Call after `take`. */
  takeMalformed(hasSession: boolean): boolean {
    this.malformed += 1;
    const most = hasSession
      ? socketLimits.malformedFramesPerSecond
      : socketLimits.malformedFramesPerSecondWithoutSession;
    return this.malformed > most;
  }
}

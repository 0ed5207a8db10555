import { socketLimits } from '@polyroom/contracts';

const refillMs = 1000;

/** How many frames a client may send before its socket is read more slowly, and how many broken ones at all. */
export class FrameBudget {
  private frames = 0;
  private malformed = 0;
  private countedSinceMs = 0;

  /** How long to stop reading, in ms; 0 = not at all. Who is not logged in has less to say. */
  take(hasSession: boolean, nowMs: number = Date.now()): number {
    if (nowMs - this.countedSinceMs >= refillMs) {
      this.countedSinceMs = nowMs;
      this.frames = 0;
      this.malformed = 0;
    }
    this.frames += 1;
    const most = hasSession ? socketLimits.framesPerSecond : socketLimits.framesPerSecondWithoutSession;
    return this.frames < most ? 0 : Math.max(1, this.countedSinceMs + refillMs - nowMs);
  }

  /** True where it is one too many. To be called after `take`. */
  takeMalformed(hasSession: boolean): boolean {
    this.malformed += 1;
    const most = hasSession
      ? socketLimits.malformedFramesPerSecond
      : socketLimits.malformedFramesPerSecondWithoutSession;
    return this.malformed > most;
  }
}

import { socketLimits } from '@polyroom/contracts';

/** So short that what all strangers may send in one takes a fraction of it, even where it comes at once. */
const windowMs = 10;
/** Over how many windows those that wait come back. */
const spread = 100;

/**
 * How many frames all sockets without a session may send together. Logins of everybody at once fit in;
 * beyond that strangers wait, so that those who are in notice nothing of them.
 */
export class StrangerBudget {
  private frames = 0;
  private sinceMs = 0;

  /** How long not to read the socket that sent this frame, in ms; 0 = go on. */
  take(nowMs: number = Date.now(), random: () => number = Math.random): number {
    if (nowMs - this.sinceMs >= windowMs) {
      this.sinceMs = nowMs;
      this.frames = 0;
    }
    this.frames += 1;
    if (this.frames <= (socketLimits.framesPerSecondOfStrangers * windowMs) / 1000) {
      return 0;
    }
    // Not all in the same moment again, and the longer the more are waiting.
    return this.sinceMs + windowMs - nowMs + random() * spread * windowMs;
  }
}

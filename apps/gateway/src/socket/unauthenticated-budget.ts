import { socketLimits } from '@polyroom/contracts';

/** So short that the frames allowed in a window take a fraction of it to process, even as one burst. */
const windowMs = 10;
/** The number of windows over which paused sockets resume. */
const spread = 100;

/**
 * Limits the frames that all sockets without a session may send together. The logins of all users after a restart
 * fit in; beyond the limit these sockets are paused, so that sessions are not slowed down.
 */
export class UnauthenticatedBudget {
  private frames = 0;
  private sinceMs = 0;

  /** How long to pause the socket that sent this frame, in ms; 0 = not at all. */
  take(nowMs: number = Date.now(), random: () => number = Math.random): number {
    if (nowMs - this.sinceMs >= windowMs) {
      this.sinceMs = nowMs;
      this.frames = 0;
    }
    this.frames += 1;
    if (this.frames <= (socketLimits.framesPerSecondOfUnauthenticated * windowMs) / 1000) {
      return 0;
    }
    // Spread out, so that paused sockets do not resume in the same moment.
    return this.sinceMs + windowMs - nowMs + random() * spread * windowMs;
  }
}

/** Some hundred µs of work. */
const framesPerTick = 16;

/**
 * Handles the frames of all sockets without a session, a few per event-loop tick and in order of arrival: a packet
 * may hold thousands of them, and sessions are served between the ticks.
 */
export class UnauthenticatedQueue {
  private waiting: (() => void)[] = [];
  private left = framesPerTick;
  private isScheduled = false;

  /** Runs the work now, or in one of the next ticks. */
  run(work: () => void): void {
    this.schedule();
    if (this.left > 0) {
      this.left -= 1;
      work();
    } else {
      this.waiting.push(work);
    }
  }

  private schedule(): void {
    if (this.isScheduled) {
      return;
    }
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      const next = this.waiting.slice(0, framesPerTick);
      this.waiting = this.waiting.slice(framesPerTick);
      // Frames that arrive before the next tick wait behind the queued ones.
      this.left = this.waiting.length > 0 ? 0 : framesPerTick - next.length;
      if (this.waiting.length > 0 || next.length > 0) {
        this.schedule();
      }
      next.forEach((work) => work());
    });
  }
}

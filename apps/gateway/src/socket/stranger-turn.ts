/** Some hundred µs of work. */
const framesPerTurn = 16;

/**
 * Lets the frames of all sockets without a session be looked at a few in each turn of the event loop, in the order
 * in which they came: a packet may hold thousands of them, and those who are in are served between the turns.
 */
export class StrangerTurn {
  private waiting: (() => void)[] = [];
  private left = framesPerTurn;
  private isScheduled = false;

  /** Runs it now, or in one of the next turns. */
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
      const next = this.waiting.slice(0, framesPerTurn);
      this.waiting = this.waiting.slice(framesPerTurn);
      // What comes before the next turn waits behind those that wait.
      this.left = this.waiting.length > 0 ? 0 : framesPerTurn - next.length;
      if (this.waiting.length > 0 || next.length > 0) {
        this.schedule();
      }
      next.forEach((work) => work());
    });
  }
}

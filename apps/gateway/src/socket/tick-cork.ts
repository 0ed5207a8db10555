import { type Writable } from 'node:stream';

/**
 * Holds a stream's writes until the tick ends, so that the frames of one tick leave in one system call:
 * the write call is what a delivery costs, not the frame.
 */
export class TickCork {
  private corked = false;

  constructor(private readonly stream: Writable) {}

  /** To be called before each write. */
  hold(): void {
    if (this.corked) {
      return;
    }
    this.corked = true;
    this.stream.cork();
    // setImmediate runs after all data events of this turn of the loop, so a burst off the bus is one write.
    setImmediate(() => {
      this.corked = false;
      this.stream.uncork();
    });
  }
}

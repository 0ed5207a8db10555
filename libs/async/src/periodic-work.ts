export interface PeriodicWorkOptions {
  /** Between the end of a run and the start of the next one. */
  intervalMs: number | (() => number);
  /** Random part added to each interval, as a share of it, so that instances do not run at the same time. */
  jitter?: number;
  run: () => Promise<void>;
  /** A run failed; the next one follows. */
  onError: (error: unknown) => void;
}

/** Runs work periodically, one run at a time. */
export class PeriodicWork {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | undefined;
  private closed = false;

  constructor(private readonly options: PeriodicWorkOptions) {}

  /** Starts the first run after one interval. Idempotent. */
  start(): void {
    if (this.timer === undefined && this.running === undefined) {
      this.schedule();
    }
  }

  /** Starts the first run now. Idempotent. */
  startNow(): void {
    if (this.timer === undefined && this.running === undefined && !this.closed) {
      this.runOnce();
    }
  }

  /** Waits for the current run. Idempotent. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(): void {
    if (this.closed) {
      return;
    }
    const { intervalMs, jitter = 0 } = this.options;
    const delayMs = typeof intervalMs === 'number' ? intervalMs : intervalMs();
    this.timer = setTimeout(() => this.runOnce(), delayMs * (1 + Math.random() * jitter));
  }

  private runOnce(): void {
    const { run, onError } = this.options;
    this.running = run()
      .catch(onError)
      .then(() => this.schedule());
  }
}

import { type Logger } from '@polyroom/observability';

export interface PeriodicWorkOptions {
  everyMs: number;
  /** For the log. */
  name: string;
  logger: Logger;
  run: () => Promise<void>;
}

/** Runs work periodically, one run at a time. A failure is logged and the next run follows. */
export class PeriodicWork {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(private readonly options: PeriodicWorkOptions) {}

  start(): void {
    if (this.closed) {
      return;
    }
    const { everyMs } = this.options;
    // Jitter: instances that run at the same time would take the same entries.
    this.timer = setTimeout(() => this.runOnce(), everyMs * (1 + Math.random() / 2));
  }

  /** Waits for the current run. Idempotent. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private runOnce(): void {
    const { run, logger, name } = this.options;
    this.running = run()
      .catch((error: unknown) => logger.error({ err: error }, `${name} failed; it will be retried`))
      .then(() => this.start());
  }
}

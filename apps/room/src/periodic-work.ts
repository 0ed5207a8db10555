import { type Logger } from '@polyroom/observability';

export interface PeriodicWorkOptions {
  everyMs: number;
  /** For the log. */
  name: string;
  logger: Logger;
  run: () => Promise<void>;
}

/** Work that is done again and again, never twice at a time; a failure is logged and the next turn comes. */
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
    // Instances that look at the same time would ask for the same; they drift apart by this much.
    this.timer = setTimeout(() => this.turn(), everyMs * (1 + Math.random() / 2));
  }

  /** Lets the current turn finish. Idempotent. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private turn(): void {
    const { run, logger, name } = this.options;
    this.running = run()
      .catch((error: unknown) => logger.error({ err: error }, `${name} failed; it will be tried again`))
      .then(() => this.start());
  }
}

/** Silence after which the socket is probed. Servers ping every 15 s, but browsers do not show that to pages. */
const silenceMs = 15_000;
const answerTimeoutMs = 10_000;
/** After a hint that the socket is dead, such as the device going offline. */
const doubtTimeoutMs = 3000;

export interface HeartbeatOptions {
  /** Sends a request that is always answered. Rejections count as answers, unless `isLost`. */
  ping(timeoutMs: number): Promise<unknown>;
  /** When the last frame arrived, in ms of `performance.now()`. */
  lastReceivedAtMs(): number;
  /** No answer: the socket does not work, although it never closed. */
  onDead(): void;
}

/** Detects a socket that is dead without having closed: lost Wi-Fi, a proxy that drops silently. */
export class Heartbeat {
  private readonly timer: ReturnType<typeof setInterval>;
  private probing = false;
  private stopped = false;

  constructor(private readonly options: HeartbeatOptions) {
    this.timer = setInterval(() => this.tick(), silenceMs / 3);
    // The timer must not keep a Node.js process alive.
    (this.timer as { unref?: () => void }).unref?.();
  }

  /** There is reason to doubt the socket: probes it now. */
  doubt(): void {
    void this.probe(doubtTimeoutMs);
  }

  /** Idempotent. */
  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
  }

  private tick(): void {
    if (performance.now() - this.options.lastReceivedAtMs() >= silenceMs) {
      void this.probe(answerTimeoutMs);
    }
  }

  private async probe(timeoutMs: number): Promise<void> {
    if (this.probing && timeoutMs !== doubtTimeoutMs) {
      return;
    }
    this.probing = true;
    const sentAtMs = performance.now();
    await this.options.ping(timeoutMs).catch(() => undefined);
    this.probing = false;
    if (!this.stopped && this.options.lastReceivedAtMs() < sentAtMs) {
      this.options.onDead();
    }
  }
}

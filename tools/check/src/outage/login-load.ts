import { setTimeout as sleep } from 'node:timers/promises';

/** Logins at a steady rate, counted by their codes. */
export class LoginLoad {
  private readonly pending = new Set<Promise<void>>();
  private codes = new Map<number, number>();
  private running = true;
  private readonly loop: Promise<void>;

  constructor(login: () => Promise<number>, perSecond: number) {
    this.loop = this.run(login, 1000 / perSecond);
  }

  /** Counts by code since the last call, of logins that have ended. */
  take(): Map<number, number> {
    const { codes } = this;
    this.codes = new Map();
    return codes;
  }

  /** Resolves when the last login has ended. */
  async stop(): Promise<void> {
    this.running = false;
    await this.loop;
    await Promise.all(this.pending);
  }

  private async run(login: () => Promise<number>, intervalMs: number): Promise<void> {
    // A busy machine must not be sent a burst afterwards.
    for (
      let nextMs = performance.now();
      this.running;
      nextMs = Math.max(nextMs + intervalMs, performance.now())
    ) {
      await sleep(Math.max(0, nextMs - performance.now()));
      const attempt = login().then((code) => {
        this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
        this.pending.delete(attempt);
      });
      this.pending.add(attempt);
    }
  }
}

export function totalOf(codes: ReadonlyMap<number, number>): number {
  return [...codes.values()].reduce((sum, count) => sum + count, 0);
}

/** `1190204 3×, 1002033 1×`: everything but success. */
export function describeFailures(codes: ReadonlyMap<number, number>): string {
  const failed = [...codes].filter(([code]) => code !== 0);
  return failed.length === 0 ? 'none' : failed.map(([code, count]) => `${code} ${count}×`).join(', ');
}

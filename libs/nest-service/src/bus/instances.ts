import { type OnApplicationBootstrap, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type Bus, type BusSubscription } from '@polyroom/bus';
import { type recorderReported, type webhooksReported } from '@polyroom/contracts';

const reportIntervalMs = 1000;
/** An instance that has been silent for this long has ended. */
export const silentMs = 4000;

/**
 * The instances of a service: this one sends a report every second, and receives those of the other instances.
 */
export class Instances implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly reportedAtMsById = new Map<string, number>();
  /** A process that has ended never returns under its name. */
  private readonly left = new Set<string>();
  private subscription: BusSubscription | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Start of the period in which reports of other instances would have been received. */
  private listeningSinceMs = performance.now();
  private reportedAtMs = performance.now();

  constructor(
    private readonly bus: Bus,
    readonly ownId: string,
    private readonly report: typeof recorderReported | typeof webhooksReported,
  ) {}

  onModuleInit(): void {
    this.subscription = this.bus.subscribe(this.report, {}, ({ instanceId, state }) => {
      if (state === 'active') {
        this.hear(instanceId);
      } else {
        this.left.add(instanceId);
      }
    });
    this.listeningSinceMs = performance.now();
    this.bus.onReconnect(() => this.listenAgain());
  }

  onApplicationBootstrap(): void {
    this.send('active');
    this.timer = setInterval(() => {
      // This process was suspended, or too busy to process reports.
      if (performance.now() - this.reportedAtMs > 2 * reportIntervalMs) {
        this.listenAgain();
      }
      this.send('active');
    }, reportIntervalMs);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.subscription?.close();
  }

  /** Hands the orders of this instance over. Call once it works on none of them. */
  async leave(): Promise<void> {
    clearInterval(this.timer);
    this.send('leaving');
    await this.bus.flush();
  }

  /** Any activity of an instance shows that it runs. */
  hear(instanceId: string): void {
    this.reportedAtMsById.set(instanceId, performance.now());
  }

  /**
   * Whether it has left or is silent. No instance counts as silent before this one has listened for long
   * enough.
   */
  isGone(instanceId: string): boolean {
    if (this.left.has(instanceId)) {
      return true;
    }
    const silentSinceMs = Math.max(this.listeningSinceMs, this.reportedAtMsById.get(instanceId) ?? -Infinity);
    const isGone = performance.now() - silentSinceMs >= silentMs;
    if (isGone) {
      this.reportedAtMsById.delete(instanceId);
    }
    return isGone;
  }

  private listenAgain(): void {
    this.listeningSinceMs = performance.now();
  }

  private send(state: 'active' | 'leaving'): void {
    this.reportedAtMs = performance.now();
    this.bus.publish(this.report, {}, { instanceId: this.ownId, state });
  }
}

import { type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type Bus } from '@polyroom/bus';
import { messagingReported } from '@polyroom/contracts';

const reportIntervalMs = 1000;

/** Announces this instance every second, so that all gateways assign a room to the same instance. */
export class Presence implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly instanceId: string,
    private readonly moderatedAppIds: number[],
  ) {}

  onApplicationBootstrap(): void {
    this.report('active');
    this.timer = setInterval(() => this.report('active'), reportIntervalMs);
  }

  /** Withdraws the instance before anything closes: gateways route new requests to other instances. */
  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.report('ending');
    await this.bus.flush();
  }

  private report(state: 'active' | 'ending'): void {
    const { instanceId, moderatedAppIds } = this;
    this.bus.publish(messagingReported, {}, { instanceId, state, moderatedAppIds });
  }
}

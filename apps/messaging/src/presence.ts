import { type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type Bus } from '@polyroom/bus';
import { messagingReported } from '@polyroom/contracts';

const reportIntervalMs = 1000;

/** Says every second that this instance is there, so that gateways can agree on who takes which room. */
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

  /** Before anything closes: what comes from now on goes to the others. */
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

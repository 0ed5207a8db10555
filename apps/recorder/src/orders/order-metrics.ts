import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { ScrapedGauges } from '@polyroom/observability';
import { RecordingOrders } from './recording-orders.js';

/** Exposes the recording orders on /metrics. */
@Injectable()
export class OrderMetrics implements OnModuleInit, OnModuleDestroy {
  private gauges: ScrapedGauges | undefined;

  constructor(private readonly orders: RecordingOrders) {}

  onModuleInit(): void {
    this.gauges = new ScrapedGauges([
      {
        name: 'polyroom_recorder_orders',
        help: 'Recording orders that this instance carries out.',
        read: (set) => set(this.orders.counts().own),
      },
      {
        name: 'polyroom_recorder_orphaned_orders',
        help: 'Recording orders of the cluster whose owner has ended, and that no instance has taken over.',
        read: (set) => set(this.orders.counts().orphaned),
      },
    ]);
  }

  onModuleDestroy(): void {
    this.gauges?.close();
  }
}

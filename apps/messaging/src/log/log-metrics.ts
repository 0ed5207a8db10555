import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { ScrapedGauges } from '@polyroom/observability';
import { MessageLog } from './message-log.js';

/** Exposes the message log on /metrics. */
@Injectable()
export class LogMetrics implements OnModuleInit, OnModuleDestroy {
  private gauges: ScrapedGauges | undefined;

  constructor(private readonly log: MessageLog) {}

  onModuleInit(): void {
    this.gauges = new ScrapedGauges([
      {
        name: 'polyroom_messaging_fullest_quota_ratio',
        help: 'Used share of maxStoredMessageBytes of the AppID nearest to its quota, among those with messages in the last minute.',
        read: (set) => set(this.log.fullestQuota),
      },
    ]);
  }

  onModuleDestroy(): void {
    this.gauges?.close();
  }
}

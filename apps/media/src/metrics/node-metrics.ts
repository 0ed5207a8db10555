import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { MediaNode, type MediaNodeCounts } from '@polyroom/media-engine';
import { ScrapedGauges, type SetSample } from '@polyroom/observability';
import { type MediaConfig } from '../media.config.js';
import { configToken } from '../media-tokens.js';
import { eventCounters } from './event-counters.js';

const counts: Record<keyof MediaNodeCounts, string> = {
  workers: 'Running mediasoup workers.',
  sessions: 'Sessions anchored here.',
  transports: 'WebRTC transports, two per session.',
  upstreams: 'Streams published here.',
  downlinks: 'Streams played here, each once per viewer.',
  pipes: 'Streams piped between workers.',
  pipesIn: 'Streams received from other nodes, one per stream and worker.',
  pipesOut: 'Streams sent to other nodes.',
  recordings: 'Streams that are recorded here.',
};

/** Exposes the node's counts on /metrics. They are read at scrape time only. */
@Injectable()
export class NodeMetrics implements OnModuleInit, OnModuleDestroy {
  private gauges: ScrapedGauges | undefined;

  constructor(
    private readonly node: MediaNode,
    @Inject(configToken) private readonly config: MediaConfig,
  ) {}

  onModuleInit(): void {
    const { node, config } = this;
    const labels = { node: config.nodeId };
    // Prometheus sees no increase in a series that begins with its first event.
    eventCounters.workerDeaths.inc(labels, 0);
    eventCounters.endedRecordings.inc({ ...labels, reason: 'failed' }, 0);
    this.gauges = new ScrapedGauges([
      ...(Object.keys(counts) as (keyof MediaNodeCounts)[]).map((name) => ({
        name: metricName(name),
        help: counts[name],
        labelNames: ['node'],
        read: (set: SetSample) => set(node.counts()[name], labels),
      })),
      {
        name: metricName('workersConfigured'),
        help: 'mediasoup workers that the node should run.',
        labelNames: ['node'],
        read: (set: SetSample) => set(config.workerCount, labels),
      },
    ]);
  }

  onModuleDestroy(): void {
    this.gauges?.close();
  }
}

function metricName(name: string): string {
  return `polyroom_media_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { MediaNode, type MediaNodeCounts } from '@polyroom/media-engine';
import { Gauge, register } from 'prom-client';
import { type MediaConfig } from '../media.config.js';
import { configToken } from '../media-tokens.js';

const gauges: Record<keyof MediaNodeCounts, string> = {
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
  constructor(
    private readonly node: MediaNode,
    @Inject(configToken) private readonly config: MediaConfig,
  ) {}

  onModuleInit(): void {
    const { node, config } = this;
    for (const name of Object.keys(gauges) as (keyof MediaNodeCounts)[]) {
      new Gauge({
        name: metricName(name),
        help: gauges[name],
        labelNames: ['node'],
        collect() {
          this.set({ node: config.nodeId }, node.counts()[name]);
        },
      });
    }
  }

  onModuleDestroy(): void {
    Object.keys(gauges).forEach((name) => register.removeSingleMetric(metricName(name)));
  }
}

function metricName(name: string): string {
  return `polyroom_media_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_count`;
}

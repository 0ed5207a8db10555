import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { MediaNode, type WorkerFigures } from '@polyroom/media-engine';
import { Counter, Gauge, register } from 'prom-client';
import { type MediaConfig } from '../media.config.js';
import { configToken } from '../media-tokens.js';

interface WorkerMetric {
  /** Ends in `_total` for a counter, as Prometheus expects. */
  name: string;
  help: string;
  labels?: Record<string, string>;
  value: (figures: WorkerFigures) => number;
}

const metrics: WorkerMetric[] = [
  {
    name: 'cpu_seconds_total',
    help: 'CPU time that the worker has used.',
    value: ({ cpuMs }) => cpuMs / 1000,
  },
  { name: 'sessions', help: 'Sessions anchored on the worker.', value: ({ sessions }) => sessions },
  {
    name: 'transports',
    help: 'Transports of the worker, those of pipes included.',
    value: ({ totals }) => totals.transports,
  },
  {
    name: 'producers',
    help: 'Received tracks, including those of pipes.',
    value: ({ totals }) => totals.producers,
  },
  {
    name: 'consumers',
    help: 'Sent tracks, including those of pipes.',
    value: ({ totals }) => totals.consumers,
  },
  {
    name: 'bytes_total',
    help: 'Bytes through all transports, at most 15 s old.',
    labels: { direction: 'in' },
    value: ({ totals }) => totals.bytesReceived,
  },
  {
    name: 'bytes_total',
    help: 'Bytes through all transports, at most 15 s old.',
    labels: { direction: 'out' },
    value: ({ totals }) => totals.bytesSent,
  },
  {
    name: 'packet_loss_ratio',
    help: 'Share of packets lost, the mean of the transports, at most 15 s old.',
    labels: { direction: 'in' },
    value: ({ totals }) => totals.lossReceived,
  },
  {
    name: 'packet_loss_ratio',
    help: 'Share of packets lost, the mean of the transports, at most 15 s old.',
    labels: { direction: 'out' },
    value: ({ totals }) => totals.lossSent,
  },
];

const prefix = 'polyroom_media_worker_';

/** Metrics per worker slot. A replacement continues the slot of its predecessor with counters reset. */
@Injectable()
export class WorkerMetrics implements OnModuleInit, OnModuleDestroy {
  constructor(
    private readonly node: MediaNode,
    @Inject(configToken) private readonly config: MediaConfig,
  ) {}

  onModuleInit(): void {
    const { config, node } = this;
    for (const name of new Set(metrics.map((metric) => metric.name))) {
      const ofName = metrics.filter((metric) => metric.name === name);
      const Metric = name.endsWith('_total') ? Counter : Gauge;
      new Metric({
        name: prefix + name,
        help: ofName[0]!.help,
        labelNames: ['node', 'worker', ...Object.keys(ofName[0]!.labels ?? {})],
        collect() {
          this.reset();
          for (const figures of node.workerFigures()) {
            const place = { node: config.nodeId, worker: String(figures.slot) };
            ofName.forEach(({ labels, value }) => this.inc({ ...place, ...labels }, value(figures)));
          }
        },
      });
    }
  }

  onModuleDestroy(): void {
    metrics.forEach(({ name }) => register.removeSingleMetric(prefix + name));
  }
}

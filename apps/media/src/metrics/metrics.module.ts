import { Module } from '@nestjs/common';
import { NodeMetrics } from './node-metrics.js';
import { WorkerMetrics } from './worker-metrics.js';

/** Metrics of the node and of its workers. */
@Module({ providers: [NodeMetrics, WorkerMetrics] })
export class MetricsModule {}

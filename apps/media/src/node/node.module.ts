import { Module } from '@nestjs/common';
import { MetricsModule } from '../metrics/metrics.module.js';
import { Neighbours } from './neighbours.js';
import { NextNodeWatch } from './next-node-watch.js';
import { NodeEvents } from './node-events.js';
import { NodeReporter } from './node-reporter.js';
import { NodeState } from './node-state.js';

/**
 * This node in the cluster: its reports and events, its drain, and the other nodes. Imports the metrics: Nest
 * closes a module before its imports, so they are served until the node has drained.
 */
@Module({
  imports: [MetricsModule],
  providers: [Neighbours, NextNodeWatch, NodeEvents, NodeReporter, NodeState],
  exports: [NodeState],
})
export class NodeModule {}

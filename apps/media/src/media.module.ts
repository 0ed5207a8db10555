import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type Bus } from '@polyroom/bus';
import { MediaNode } from '@polyroom/media-engine';
import { HealthModule } from '@polyroom/nest-service';
import { type MediaConfig } from './media.config.js';
import { MediaHandler } from './media.handler.js';
import { configToken } from './media-tokens.js';
import { Neighbours } from './neighbours.js';
import { NextNodeWatch } from './next-node-watch.js';
import { NodeEvents } from './node-events.js';
import { NodeMetrics } from './node-metrics.js';
import { NodeReporter } from './node-reporter.js';
import { NodeState } from './node-state.js';
import { WorkerMetrics } from './worker-metrics.js';
import { PipeHandler } from './pipe.handler.js';
import { RecordingHandler } from './recording.handler.js';

/** The parts of the service. It takes ownership of the node and closes it at shutdown. */
export interface MediaParts {
  config: MediaConfig;
  node: MediaNode;
  bus: Bus;
}

@Module({})
export class MediaModule implements OnApplicationShutdown {
  constructor(private readonly node: MediaNode) {}

  static register({ config, node, bus }: MediaParts): DynamicModule {
    return {
      module: MediaModule,
      imports: [
        HealthModule.register({ checks: { bus: () => bus.ping(), workers: () => checkWorkers(node) } }),
      ],
      controllers: [MediaHandler, PipeHandler, RecordingHandler],
      providers: [
        NodeState,
        NodeReporter,
        NodeEvents,
        NodeMetrics,
        WorkerMetrics,
        Neighbours,
        NextNodeWatch,
        { provide: MediaNode, useValue: node },
        { provide: configToken, useValue: config },
      ],
    };
  }

  /** Runs after the last request was answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.node.close();
  }
}

async function checkWorkers(node: MediaNode): Promise<void> {
  if (node.counts().workers === 0) {
    throw new Error('no media worker is running');
  }
}

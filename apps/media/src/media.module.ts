import { type DynamicModule, Module } from '@nestjs/common';
import { type Bus } from '@polyroom/bus';
import { type MediaNode } from '@polyroom/media-engine';
import { HealthModule, UsageModule } from '@polyroom/nest-service';
import { EngineModule } from './engine.module.js';
import { type MediaConfig } from './media.config.js';
import { NodeModule } from './node/node.module.js';
import { PipesModule } from './pipes/pipes.module.js';
import { RecordingModule } from './recording/recording.module.js';
import { SessionsModule } from './sessions/sessions.module.js';

/** Dependencies of the service. It takes ownership of the node and closes it at shutdown. */
export interface MediaParts {
  config: MediaConfig;
  node: MediaNode;
  bus: Bus;
}

@Module({})
export class MediaModule {
  static register({ config, node, bus }: MediaParts): DynamicModule {
    return {
      module: MediaModule,
      imports: [
        // Before the engine: global modules end in reverse order, and the last report has the engine's last figures.
        UsageModule.register(config.usageIntervalMs),
        EngineModule.forRoot(config, node),
        HealthModule.register({ checks: { bus: () => bus.ping(), workers: () => checkWorkers(node) } }),
        NodeModule,
        PipesModule,
        RecordingModule,
        SessionsModule,
      ],
    };
  }
}

async function checkWorkers(node: MediaNode): Promise<void> {
  if (node.counts().workers === 0) {
    throw new Error('no media worker is running');
  }
}

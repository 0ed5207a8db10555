import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import { MediaNode } from '@polyroom/media-engine';
import { type MediaConfig } from './media.config.js';
import { configToken } from './media-tokens.js';

/** The media engine and its configuration, for all modules. Owns the engine. */
@Module({})
export class EngineModule implements OnApplicationShutdown {
  constructor(private readonly node: MediaNode) {}

  static forRoot(config: MediaConfig, node: MediaNode): DynamicModule {
    return {
      module: EngineModule,
      global: true,
      providers: [
        { provide: MediaNode, useValue: node },
        { provide: configToken, useValue: config },
      ],
      exports: [MediaNode, configToken],
    };
  }

  /** Runs after the last request was answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.node.close();
  }
}

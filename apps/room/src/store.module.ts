import { type DynamicModule, Module } from '@nestjs/common';
import { RoomStore } from '@polyroom/room-store';
import { type RoomConfig } from './config.js';
import { StoreMetrics } from './store-metrics.js';
import { configToken } from './tokens.js';

/** The store of rooms and the configuration, for all modules. `main` closes the store after the bus. */
@Module({})
export class StoreModule {
  static forRoot(config: RoomConfig, store: RoomStore): DynamicModule {
    return {
      module: StoreModule,
      global: true,
      providers: [
        { provide: RoomStore, useValue: store },
        { provide: configToken, useValue: config },
        StoreMetrics,
      ],
      exports: [RoomStore, configToken],
    };
  }
}

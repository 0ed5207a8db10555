import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Bus } from '@polyroom/bus';

/** Provides the bus of the process to all modules. */
@Global()
@Module({})
export class BusModule {
  static forRoot(bus: Bus): DynamicModule {
    return { module: BusModule, providers: [{ provide: Bus, useValue: bus }], exports: [Bus] };
  }
}

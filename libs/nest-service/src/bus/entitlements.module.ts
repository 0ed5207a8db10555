import { Inject, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, EntitlementCache } from '@polyroom/bus';

/** The entitlements in force, cached for the process. */
@Module({
  providers: [
    { provide: EntitlementCache, useFactory: (bus: Bus) => new EntitlementCache(bus), inject: [Bus] },
  ],
  exports: [EntitlementCache],
})
export class EntitlementsModule implements OnModuleInit, OnModuleDestroy {
  constructor(@Inject(EntitlementCache) private readonly cache: EntitlementCache) {}

  onModuleInit(): void {
    this.cache.open();
  }

  onModuleDestroy(): void {
    this.cache.close();
  }
}

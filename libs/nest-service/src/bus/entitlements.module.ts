import { Module } from '@nestjs/common';
import { Bus, EntitlementCache } from '@polyroom/bus';

/** The entitlements in force, cached for the process. */
@Module({
  providers: [
    { provide: EntitlementCache, useFactory: (bus: Bus) => new EntitlementCache(bus), inject: [Bus] },
  ],
  exports: [EntitlementCache],
})
export class EntitlementsModule {}

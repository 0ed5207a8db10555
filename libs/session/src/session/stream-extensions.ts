import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, type BusSubscription } from '@polyroom/bus';
import { downlinkExtended } from '@polyroom/contracts';
import { SessionRegistry } from './session-registry.js';

/** Notifies clients that a stream which they play has one more kind. */
@Injectable()
export class StreamExtensions implements OnModuleInit, OnModuleDestroy {
  private subscription: BusSubscription | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly registry: SessionRegistry,
  ) {}

  onModuleInit(): void {
    this.subscription = this.bus.subscribe(downlinkExtended, {}, (fact) => {
      const session = this.registry.find(fact.session.sessionId);
      const isCurrent = session?.nodeId === fact.nodeId && session.downlinks.has(fact.streamId);
      if (session !== undefined && isCurrent) {
        const { consumer, streamId } = fact;
        session.connection.sendEvent('stream.extended', { streamId, consumer });
      }
    });
  }

  onModuleDestroy(): void {
    this.subscription?.close();
  }
}
